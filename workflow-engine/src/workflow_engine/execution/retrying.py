"""Another attempt: decided when a run has ended, waited for in the queue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from msp_automation.retries import is_worth_retrying
from msp_core.errors import Conflict, MspError, RetryableError
from msp_core.executions.attempts import delay_after_error, has_attempts_left
from msp_core.executions.models import AttemptEnd, Execution, ExecutionOutcome
from msp_core.executions.service import ExecutionService
from workflow_engine.execution.ending import end_of
from workflow_engine.execution.live import LiveRun, StopReason
from workflow_engine.execution.queueing import ExecutionQueue
from workflow_engine.runners.models import RunOutcome, RunStatus

_log = structlog.get_logger(__name__)

_PAUSE_SECONDS: Final = 1.0
_MOST_STARTS: Final = 5
"""How often a run that no runner begins goes back to the queue."""


class Retrying:
    """Puts a run that may be tried again back into the queue, whatever way it had come.

    Its claim is given up by the same conditional write that makes it wait, so that no two engines can
    make the next attempt.

    Args:
        may_begin_later: Somebody takes runs from the queue, so one that no runner could begin goes there.
    """

    def __init__(
        self, executions: ExecutionService, queue: ExecutionQueue, *, owner: str, may_begin_later: bool = True
    ) -> None:
        self._may_begin_later = may_begin_later
        self._executions = executions
        self._queue = queue
        self._owner = owner

    async def try_again(self, run: LiveRun, outcome: RunOutcome) -> Execution | None:
        """The execution as it waits for its next attempt; None where this was the last one."""
        reason = reason_to_retry(run, outcome, may_begin_later=self._may_begin_later)
        if reason is None:
            return None
        end = end_of(run, outcome)
        is_error = reason is not AttemptEnd.INTERRUPTED
        delay = delay_after_error(run.execution) if is_error else timedelta(0)
        run.log.note(_announcement(run.execution, end, delay))
        waiting = await self._give_back(run, end, reason, delay)
        if waiting is not None and not waiting.status.is_ended:
            await self._send(waiting)
        return waiting

    async def _give_back(
        self, run: LiveRun, end: ExecutionOutcome, reason: AttemptEnd, delay: timedelta
    ) -> Execution | None:
        """Make it wait, however long storage is away; None where it is no longer ours to give back."""
        while True:
            try:
                await run.record.full.flush()
                await run.log.flush()
                return await self._executions.try_again(
                    run.execution, self._owner, reason=reason, error=end.error, delay=delay
                )
            except RetryableError as error:
                run.note_trouble()
                _log.warning("retry_not_saved", execution_id=run.execution.execution_id, reason=error.message)
                await asyncio.sleep(_PAUSE_SECONDS)
            except Conflict:
                return None
            except MspError as error:
                _log.error("retry_given_up", execution_id=run.execution.execution_id, reason=error.message)
                return None

    async def _send(self, waiting: Execution) -> None:
        try:
            await self._queue.send(waiting)
        except MspError as error:
            # The record stands, and the reaper sends the message of a record that nobody took up.
            _log.warning("message_not_sent", execution_id=waiting.execution_id, reason=error.message)


def reason_to_retry(run: LiveRun, outcome: RunOutcome, *, may_begin_later: bool) -> AttemptEnd | None:
    """Why there is another attempt; None if there is none.

    Where no runner could begin it, nothing has been done that could be done twice: no author need allow that.

    A run that ended its own process, as far as can be told, counts as an error: it is tried again only where
    its author named `Interrupted`, since each attempt may take the runs beside it down.
    """
    execution = run.execution
    if run.stop_reason in {StopReason.CANCELLED, StopReason.LOST}:
        return None
    if not outcome.has_begun and may_begin_later and execution.attempt <= execution.retries + _MOST_STARTS:
        return AttemptEnd.INTERRUPTED
    if not has_attempts_left(execution):
        return None
    is_shutdown = run.stop_reason is StopReason.SHUTDOWN and outcome.status is RunStatus.CANCELLED
    if is_shutdown or (outcome.status is RunStatus.INTERRUPTED and outcome.collateral):
        return AttemptEnd.INTERRUPTED
    if outcome.error is None or not is_worth_retrying(outcome.error.kinds, run.workflow.retry_on):
        return None
    return AttemptEnd.TIMED_OUT if outcome.status is RunStatus.TIMED_OUT else AttemptEnd.ERROR


def _announcement(execution: Execution, end: ExecutionOutcome, delay: timedelta) -> str:
    what = "" if end.error is None else f": {end.error.type}: {end.error.message}"
    when = f"in {delay.total_seconds():.0f} s" if delay else "now"
    most = execution.retries + 1
    return f"Attempt {execution.attempt} of {most} failed{what[:1000]} The next one begins {when}."
