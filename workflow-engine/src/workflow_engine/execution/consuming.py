"""Queued executions: claim, run, finish; one message, one claim."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog

from msp_automation.errors import ValidationError
from msp_core.errors import Forbidden, Invalid, MspError, NotFound, RetryableError, Unavailable
from msp_core.executions.errors import ExecutionTaken
from msp_core.executions.models import Execution, ExecutionError, ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.ids import GLOBAL, ExecutionId, OrgId, parse_org_id
from msp_core.models import utc_now
from msp_core.permissions.actors import find_actor
from msp_core.users.models import User
from msp_core.users.service import UserService
from workflow_engine.execution.context import RunContext, RunContexts
from workflow_engine.execution.queueing import ExecutionQueue
from workflow_engine.execution.running import Running
from workflow_engine.runners.pool import PreparedRun, Runners

_log = structlog.get_logger(__name__)

_NOT_BEGUN: Final = (
    "The engine tried five times and something was away each time; its log says what. Start it again."
)
_PAUSE_SECONDS: Final = 0.5
_CLOCK_SKEW: Final = timedelta(seconds=5)


class Consuming:
    """Takes up executions that were admitted to the queue."""

    def __init__(
        self,
        *,
        pool: Runners,
        executions: ExecutionService,
        users: UserService,
        contexts: RunContexts,
        running: Running,
        queue: ExecutionQueue,
        owner: str,
        lease: timedelta,
    ) -> None:
        self._pool = pool
        self._executions = executions
        self._users = users
        self._contexts = contexts
        self._running = running
        self._queue = queue
        self._owner = owner
        self._lease = lease

    async def consume(self, message: Mapping[str, Any]) -> Execution | None:
        """Run the execution that a message names, to its recorded end.

        Returns:
            None when there is nothing to do: somebody else has it, or it has ended.

        Raises:
            Invalid: The message is none of ours.
            Unavailable: Nothing was claimed; the message should come again.
        """
        org_id, execution_id = _parse(message)
        waiting = await self._executions.find(org_id, execution_id)
        if waiting is None or waiting.status is not ExecutionStatus.PENDING or _is_early(waiting):
            return None
        try:
            context, prepared = await self._prepare(waiting)
        except RetryableError:
            raise
        except (ValidationError, MspError) as error:
            return await self._refuse(waiting, error)
        execution = await self._claim(waiting)
        if execution is None:
            prepared.release()
            return None
        run = await self._running.begin_claimed(execution, prepared, context)
        return await asyncio.shield(run.ended)

    async def give_up(self, message: Mapping[str, Any]) -> Execution | None:
        """End the execution of a message that could not be worked on in five tries, if it still waits.

        Returns:
            None when there is nothing to do: it runs, it has ended, or the message is none of ours.

        Raises:
            Unavailable: The message should come again.
        """
        try:
            org_id, execution_id = _parse(message)
        except Invalid:
            _log.error("message_not_ours", keys=sorted(message)[:10])
            return None
        waiting = await self._executions.find(org_id, execution_id)
        if waiting is None or waiting.status is not ExecutionStatus.PENDING or _is_early(waiting):
            return None
        _log.error("message_given_up", execution_id=execution_id)
        return await self._refuse(waiting, Unavailable(_NOT_BEGUN))

    async def _claim(self, execution: Execution) -> Execution | None:
        """Our claim; None if somebody else has it.

        One whose answer was lost is asked about until it is known. To give it up would leave an execution
        that is claimed and that nobody runs: the reaper would end it as interrupted, though it never began.
        """
        execution_id = execution.execution_id
        while True:
            try:
                return await self._executions.claim(
                    execution.organization_id, execution_id, self._owner, self._lease
                )
            except (ExecutionTaken, NotFound) as error:
                _log.info("message_without_work", execution_id=execution_id, reason=error.message)
                return None
            except RetryableError as error:
                if not self._executions.is_claim_unsure(execution_id):
                    raise
                _log.warning("claim_unsure", execution_id=execution_id, reason=error.message)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _prepare(self, execution: Execution) -> tuple[RunContext, PreparedRun]:
        """Everything that may fail before the claim: what fails after it would count as a try."""
        user = await self._caller_of(execution)
        context = await self._contexts.for_admitted(execution.organization_id, user)
        parameters = await self._queue.read_parameters(execution)
        prepared = await self._pool.prepare(
            "workflow", execution.workflow_name, parameters, org_id=execution.organization_id
        )
        return context, prepared

    async def _refuse(self, waiting: Execution, error: ValidationError | MspError) -> Execution | None:
        execution = await self._claim(waiting)
        return (
            None
            if execution is None
            else await self._forget(await self._executions.finish(execution, _refused(error)))
        )

    async def _forget(self, ended: Execution) -> Execution:
        with suppress(MspError):
            await self._queue.forget_parameters(ended)
        return ended

    async def _caller_of(self, execution: Execution) -> User:
        actor = find_actor(execution.executed_by, execution.executed_by_name)
        if actor is not None:
            return actor.user
        user = await self._users.find(execution.executed_by)
        if user is None or not user.is_active:
            raise Forbidden("Whoever asked for this run is no longer active here.")
        return user


def _refused(error: ValidationError | MspError) -> ExecutionOutcome:
    kind = error.code if isinstance(error, MspError) else type(error).__name__
    return ExecutionOutcome(
        status=ExecutionStatus.FAILED,
        error=ExecutionError(
            type=kind, message=f"The run could not begin. {error.message}", details=error.details
        ),
    )


def _is_early(waiting: Execution) -> bool:
    """Whether this is an earlier message delivered once more: the next attempt has one of its own."""
    due = waiting.next_attempt_at
    return due is not None and due > utc_now() + _CLOCK_SKEW


def _parse(message: Mapping[str, Any]) -> tuple[OrgId, ExecutionId]:
    org_id, execution_id = message.get("orgId"), message.get("executionId")
    if not isinstance(org_id, str) or not isinstance(execution_id, str):
        raise Invalid("This queue message names no execution.")
    return GLOBAL if org_id == GLOBAL else parse_org_id(org_id), ExecutionId(execution_id)
