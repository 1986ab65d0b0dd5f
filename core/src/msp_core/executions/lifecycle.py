"""The life of an execution: started or admitted, claimed, renewed, perhaps cancelled, ended once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msp_automation.capabilities import IntegrationCall
from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed, Unavailable
from msp_core.executions.attempts import attempt_of, attempts_at_end, waiting_again
from msp_core.executions.errors import ExecutionEnded, ExecutionTaken, LeaseLost, no_such_execution
from msp_core.executions.models import (
    AttemptEnd,
    Execution,
    ExecutionError,
    ExecutionOutcome,
    ExecutionSpec,
    ExecutionStatus,
    Progress,
)
from msp_core.executions.repository import ExecutionRepository, ExecutionRow
from msp_core.executions.settling import Settling
from msp_core.ids import ExecutionId, OrgId, is_execution_id
from msp_core.models import utc_now
from msp_core.permissions.models import Permission
from msp_core.storage import Storage, Stored, Where

if TYPE_CHECKING:
    from msp_core.permissions.models import OrgScope

DEFAULT_LEASE: Final = timedelta(seconds=30)
_RACES: Final = 8


class ExecutionLifecycle:
    """What may become of an execution, and who may make it so.

    A live execution is one row in ActiveExecutions, changed only under its ETag; its end is one row
    inserted into WorkflowExecutions. So of two workers one wins, and there is one end.
    """

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self.repository = ExecutionRepository(storage)
        self._now = now
        self._held: dict[ExecutionId, Stored[ExecutionRow]] = {}
        self._unsure: set[ExecutionId] = set()
        self._settling = Settling(self.repository)

    async def start(
        self,
        scope: OrgScope,
        spec: ExecutionSpec,
        *,
        lease_owner: str,
        lease: timedelta = DEFAULT_LEASE,
    ) -> Execution:
        """Record an execution that its caller runs at once, as Running. One storage operation.

        Args:
            lease_owner: Names the worker among all workers.
            lease: How long the claim holds without a heartbeat.

        Raises:
            Conflict: There is an execution with this id.
            TooLarge: The input cannot be stored.
        """
        now = self._now()
        execution = _new(scope, spec, now).model_copy(
            update={
                "status": ExecutionStatus.RUNNING,
                "attempt": 1,
                "lease_owner": lease_owner,
                "lease_ends_at": now + lease,
            }
        )
        self._held[spec.execution_id] = await self.repository.insert_active(execution)
        return execution

    async def admit(self, scope: OrgScope, spec: ExecutionSpec, *, is_held: bool = False) -> Execution:
        """Record an execution that waits, as Pending. One storage operation.

        The caller sends the queue message after this returned: what was accepted cannot vanish, since the
        reaper reports pending executions that nobody claims.

        Args:
            is_held: It waits for another run; no message is due before `release`.

        Raises:
            Conflict: There is an execution with this id.
            TooLarge: The input cannot be stored.
        """
        now = self._now()
        execution = _new(scope, spec, now).model_copy(update={"queued_at": None if is_held else now})
        await self.repository.insert_active(execution)
        return execution

    async def release(self, held: Stored[ExecutionRow]) -> Execution | None:
        """Let an execution that was held go to the queue. One storage operation.

        Returns:
            What the caller sends the queue message of; None if somebody was faster or it was cancelled.
        """
        released = held.value.model_copy(update={"queued_at": self._now()})
        try:
            row = (await self.repository.replace_active(released, etag=held.etag)).value
        except (PreconditionFailed, NotFound):
            return None
        return await self.repository.filled(row)

    async def claim(
        self, org_id: OrgId, execution_id: ExecutionId, owner: str, lease: timedelta = DEFAULT_LEASE
    ) -> Execution:
        """Mark a pending execution as ours, so that no other worker runs it. Two storage operations.

        The claim is a conditional write on the row's ETag: of several workers racing for one execution, one
        wins and the others get `ExecutionTaken`.

        Args:
            owner: Names the worker among all workers.
            lease: How long the claim holds without a heartbeat.

        Raises:
            NotFound: This organization has no such execution.
            ExecutionTaken: Another worker holds it, or it has ended or was cancelled.
            Unavailable: Storage is away. If `is_claim_unsure` then, the claim may have been carried out, or
                may be yet: call this again until it is known, or the execution is nobody's.
        """
        for _ in range(_RACES):
            try:
                stored = await self._find_live(org_id, execution_id)
            except (NotFound, ExecutionTaken):
                self._unsure.discard(execution_id)
                raise
            row = stored.value
            is_unsure = execution_id in self._unsure
            # Before anything is awaited: of two tasks that are unsure, one takes it.
            self._unsure.discard(execution_id)
            is_ours = is_unsure and row.lease_owner == owner and execution_id not in self._held
            if row.status is not ExecutionStatus.PENDING and not is_ours:
                raise ExecutionTaken("Another worker runs this execution already.")
            if row.cancel_requested:
                await self.finish(row, _cancelled_before_start())
                raise ExecutionTaken("This execution was cancelled before it started.")
            try:
                held = await self._take(stored, owner, lease)
            except (PreconditionFailed, NotFound) as lost:
                if is_unsure:
                    # Perhaps it was our own earlier write that came late.
                    self._unsure.add(execution_id)
                    continue
                raise ExecutionTaken("Another worker was faster.") from lost
            return await self.repository.filled(held.value)
        raise _too_many_races()

    def is_claim_unsure(self, execution_id: ExecutionId) -> bool:
        """Whether the answer to a claim of ours was lost, so that nobody can know yet whose it is."""
        return execution_id in self._unsure

    async def _take(self, stored: Stored[ExecutionRow], owner: str, lease: timedelta) -> Stored[ExecutionRow]:
        """Write the claim; of one that may have been carried out unheard, keep that in mind."""
        row, now = stored.value, self._now()
        is_first = row.status is ExecutionStatus.PENDING
        claimed = row.model_copy(
            update={
                "status": ExecutionStatus.RUNNING,
                "started_at": now,
                "attempt": row.attempt + 1 if is_first else row.attempt,
                "integration_calls": [],
                "variables": {},
                "lease_owner": owner,
                "lease_ends_at": now + lease,
                "queued_at": None,
                "next_attempt_at": None,
            }
        )
        try:
            held = await self.repository.replace_active(claimed, etag=stored.etag)
        except Unavailable:
            self._unsure.add(row.execution_id)
            raise
        self._held[row.execution_id] = held
        return held

    async def renew(
        self,
        org_id: OrgId,
        execution_id: ExecutionId,
        owner: str,
        lease: timedelta = DEFAULT_LEASE,
        *,
        progress: Progress | None = None,
        checkpoints: Mapping[str, Any] | None = None,
        integration_calls: Sequence[IntegrationCall] | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> bool:
        """Hold our claim for longer, show how far it is, and learn whether somebody asked us to stop.

        One storage operation; three when the row was changed since our last one. A cancel request and a
        renewal are both conditional writes, so neither can overwrite the other.

        Returns:
            Whether a cancel was requested.

        Raises:
            LeaseLost: The execution is no longer ours: stop working on it.
        """
        for _ in range(_RACES):
            stored = self._held.get(execution_id) or await self.repository.find_active(org_id, execution_id)
            if stored is None or stored.value.lease_owner != owner:
                self._held.pop(execution_id, None)
                raise LeaseLost("This execution is no longer ours.")
            changes: dict[str, Any] = {"lease_ends_at": self._now() + lease}
            if progress is not None:
                changes["progress"] = progress
            if checkpoints is not None:
                changes["checkpoints"] = dict(checkpoints)
            if integration_calls is not None:
                changes["integration_calls"] = list(integration_calls)
            if variables is not None:
                changes["variables"] = dict(variables)
            try:
                held = await self.repository.replace_active(
                    stored.value.model_copy(update=changes), etag=stored.etag
                )
            except PreconditionFailed:
                self._held.pop(execution_id, None)
                continue
            except NotFound as gone:
                self._held.pop(execution_id, None)
                raise LeaseLost("This execution is no longer ours.") from gone
            self._held[execution_id] = held
            return held.value.cancel_requested
        raise _too_many_races()

    async def try_again(
        self,
        execution: Execution,
        owner: str,
        *,
        reason: AttemptEnd,
        error: ExecutionError | None,
        delay: timedelta = timedelta(0),
    ) -> Execution:
        """Let a running execution of ours wait for its next attempt. One storage operation.

        The caller sends the queue message after this returned, as after `admit`. Safe to repeat after
        `Unavailable`.

        Returns:
            The execution as it waits; as cancelled, if somebody had asked for that.

        Raises:
            LeaseLost: The execution is no longer ours.
        """
        org_id, execution_id = execution.organization_id, execution.execution_id
        for _ in range(_RACES):
            stored = self._held.pop(execution_id, None)
            stored = stored or await self.repository.find_active(org_id, execution_id)
            if stored is None:
                raise LeaseLost("This execution is no longer ours.")
            row = stored.value
            if any(each.number == execution.attempt for each in row.attempts):
                return await self.repository.filled(row)  # the answer to our own write was lost
            if row.lease_owner != owner:
                raise LeaseLost("This execution is no longer ours.")
            if row.cancel_requested:
                return await self.finish(row, ExecutionOutcome(status=ExecutionStatus.CANCELLED))
            attempt = attempt_of(row, self._now(), reason, error)
            waiting = row.model_copy(update=waiting_again(row, attempt, delay))
            try:
                held = await self.repository.replace_active(waiting, etag=stored.etag)
            except (PreconditionFailed, NotFound):
                continue
            return await self.repository.filled(held.value)
        raise _too_many_races()

    async def request_cancel(self, scope: OrgScope, execution_id: ExecutionId) -> Execution:
        """Ask an execution to stop; one that nobody claimed yet ends at once. Three storage operations.

        Whoever may execute workflows here may stop any execution here; others stop their own.

        Raises:
            NotFound: This organization has no such execution, or it is not the caller's to stop.
            ExecutionEnded: There is nothing left to stop.
        """
        for _ in range(_RACES):
            # The end first: the live row stays for a moment after it was recorded.
            ended = await self._find_ended(scope.org_id, execution_id)
            if ended is not None:
                if not _may(scope, Permission.CAN_EXECUTE_WORKFLOWS, ended):
                    raise no_such_execution(execution_id)
                raise ExecutionEnded(f"This execution has ended already: {ended.status}.")
            try:
                stored = await self._find_live(scope.org_id, execution_id)
            except ExecutionTaken:
                continue
            if not _may(scope, Permission.CAN_EXECUTE_WORKFLOWS, stored.value):
                raise no_such_execution(execution_id)
            if not stored.value.cancel_requested:
                try:
                    stored = await self.repository.replace_active(
                        stored.value.model_copy(update={"cancel_requested": True}), etag=stored.etag
                    )
                except (PreconditionFailed, NotFound):
                    continue
            if stored.value.status is ExecutionStatus.PENDING:
                return await self.finish(stored.value, _cancelled_before_start())
            return await self.repository.filled(stored.value)
        raise _too_many_races()

    async def list_cancel_requests(self, owner: str) -> list[ExecutionId]:
        """Which of a worker's executions somebody asked to stop. One storage operation for all of them."""
        where = Where.eq("leaseOwner", owner) & Where.eq("cancelRequested", True)
        found = self.repository.iter_active_across_organizations(where)
        return [stored.value.execution_id async for stored in found]

    async def finish(self, execution: Execution, outcome: ExecutionOutcome) -> Execution:
        """Record the end of an execution, once.

        One storage operation. What lists by person and by day show follows behind the answer, then the live
        row goes: three operations, shared by ends that come close together. If an end is recorded already,
        that one stands. Safe to repeat after `Unavailable`.

        Returns:
            The end that is recorded: this one, or the one that was first.
        """
        if not outcome.status.is_ended:
            raise Invalid(f"{outcome.status} is no end of an execution.")
        if isinstance(execution, ExecutionRow):
            execution = await self.repository.filled(execution)
        ended = self._ended(execution, outcome)
        try:
            await self.repository.insert_ended(ended)
        except Conflict:
            first = await self.repository.find_ended(execution.organization_id, execution.execution_id)
            if first is None:
                raise
            ended = first
        self._held.pop(execution.execution_id, None)
        self._settling.add(ended)
        return ended

    async def get(self, scope: OrgScope, execution_id: ExecutionId) -> Execution:
        """An execution with everything it has. One storage operation when it has ended, two while it lives.

        Whoever may view history here sees all executions here; others see their own.

        Raises:
            NotFound: This organization has no such execution, or it is not the caller's to see.
        """
        execution = await self.find(scope.org_id, execution_id)
        if execution is None or not _may(scope, Permission.CAN_VIEW_HISTORY, execution):
            raise no_such_execution(execution_id)
        return execution

    async def find(self, org_id: OrgId, execution_id: ExecutionId) -> Execution | None:
        """An execution for the platform's own use, whoever may see it; None if there is none."""
        if not is_execution_id(execution_id):
            return None
        ended = await self.repository.find_ended(org_id, execution_id)
        if ended is not None:
            return ended
        live = await self.repository.find_active(org_id, execution_id)
        if live is not None:
            return await self.repository.filled(live.value)
        # It may have ended between the two reads.
        return await self.repository.find_ended(org_id, execution_id)

    async def drain(self) -> None:
        """Wait for what goes on behind answers already given; for the end of a process."""
        await self._settling.drain()

    async def _find_ended(self, org_id: OrgId, execution_id: ExecutionId) -> Execution | None:
        if not is_execution_id(execution_id):
            return None
        return await self.repository.find_ended(org_id, execution_id)

    async def _find_live(self, org_id: OrgId, execution_id: ExecutionId) -> Stored[ExecutionRow]:
        if not is_execution_id(execution_id):
            raise no_such_execution(execution_id)
        stored = await self.repository.find_active(org_id, execution_id)
        if stored is not None:
            return stored
        if await self.repository.find_ended(org_id, execution_id) is None:
            raise no_such_execution(execution_id)
        raise ExecutionTaken("This execution has ended already.")

    def _ended(self, execution: Execution, outcome: ExecutionOutcome) -> Execution:
        now = self._now()
        duration = max(0, round((now - execution.started_at).total_seconds() * 1000))
        has_run = execution.attempt > 0
        return execution.model_copy(
            update={
                "status": outcome.status,
                "result": outcome.result,
                "error": outcome.error,
                "progress": outcome.progress or execution.progress,
                "checkpoints": outcome.checkpoints or execution.checkpoints,
                "integration_calls": outcome.integration_calls or execution.integration_calls,
                "variables": outcome.variables or execution.variables,
                "completed_at": now,
                "duration_ms": duration if has_run else None,
                "lease_owner": None,
                "lease_ends_at": None,
                "queued_at": None,
                "next_attempt_at": None,
                "attempts": attempts_at_end(execution, outcome.status, outcome.error, now),
            }
        )


def _new(scope: OrgScope, spec: ExecutionSpec, now: datetime) -> Execution:
    return Execution(
        execution_id=spec.execution_id,
        workflow_name=spec.workflow_name,
        organization_id=scope.org_id,
        form_id=spec.form_id,
        executed_by=scope.user.id,
        executed_by_name=scope.user.display_name or scope.user.email,
        trigger=spec.trigger,
        status=ExecutionStatus.PENDING,
        started_at=now,
        content_hash=spec.content_hash,
        input_data=spec.input_data,
        ip_address=spec.ip_address,
        timeout_seconds=spec.timeout_seconds,
        retries=spec.retries,
        retry_delay_seconds=spec.retry_delay_seconds,
        parameters_apart=spec.parameters_apart,
    )


def _may(scope: OrgScope, permission: Permission, execution: Execution) -> bool:
    return scope.has(permission) or execution.executed_by == scope.user.id


def _cancelled_before_start() -> ExecutionOutcome:
    return ExecutionOutcome(status=ExecutionStatus.CANCELLED)


def _too_many_races() -> Conflict:
    return Conflict("This execution is being changed by several at once. Try again.")
