"""Puts right what crashed workers and lost messages left behind."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from msp_core.errors import NotFound, PreconditionFailed
from msp_core.executions.attempts import attempt_of, has_attempts_left, waiting_again
from msp_core.executions.lifecycle import ExecutionLifecycle
from msp_core.executions.models import (
    AttemptEnd,
    Execution,
    ExecutionError,
    ExecutionOutcome,
    ExecutionStatus,
    ReapResult,
)
from msp_core.executions.repository import ExecutionRow
from msp_core.ids import ExecutionId
from msp_core.models import utc_now
from msp_core.storage import Stored, Where

INTERRUPTED: Final = "Interrupted"


@dataclass(frozen=True, slots=True)
class _Lapsed:
    """A running execution whose lease was found to have run out.

    Args:
        since: When that was found first, for this version of the row.
    """

    etag: str
    since: datetime


class ExecutionReaper:
    """Walks the live executions; any number of reapers may run at once.

    A lease that ran out is no proof that its worker is gone: storage may have been away from everybody. So a
    running execution is taken over when it is found unchanged once more after some patience, in which storage
    was there and a living worker would have renewed it.

    Args:
        queue_grace: How long a pending execution may wait for a worker before its message counts as lost.
        patience: How long between the two looks; more than the time between two heartbeats.
    """

    def __init__(
        self,
        executions: ExecutionLifecycle,
        *,
        queue_grace: timedelta = timedelta(minutes=2),
        patience: timedelta = timedelta(0),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._patience = patience
        self._lapsed: dict[ExecutionId, _Lapsed] = {}
        self._executions = executions
        self._repository = executions.repository
        self._queue_grace = queue_grace
        self._now = now

    async def reap(
        self, now: datetime | None = None, *, spare: Container[ExecutionId] = frozenset()
    ) -> ReapResult:
        """End what nobody works on any more; report what must be sent to the queue again.

        One storage operation when all is well, and a few for each execution put right. An execution whose
        worker is gone ends as Failed with error type `Interrupted`, or as Cancelled if that was asked for,
        or is pending again if its author allows another attempt. Where the end was recorded and only the
        clearing up is missing, that is done.

        Args:
            spare: What the caller knows to be alive, whatever its lease says.
        """
        moment = now or self._now()
        result = ReapResult()
        before, self._lapsed = self._lapsed, {}
        seen: dict[ExecutionId, _Lapsed] = {}
        lapsed = Where.lt("leaseEndsAt", moment) | Where.lt("queuedAt", moment - self._queue_grace)
        async for stored in self._repository.iter_active_across_organizations(lapsed):
            execution_id = stored.value.execution_id
            if execution_id in spare:
                continue
            first = before.get(execution_id)
            is_same = first is not None and first.etag == stored.etag
            seen[execution_id] = first if first is not None and is_same else _Lapsed(stored.etag, moment)
            await self._put_right(
                stored, moment, result, is_sure=moment - seen[execution_id].since >= self._patience
            )
        # Only after a whole pass: what was seen before storage went away says nothing.
        self._lapsed = seen
        return result

    async def _put_right(
        self, stored: Stored[ExecutionRow], now: datetime, result: ReapResult, *, is_sure: bool
    ) -> None:
        row = stored.value
        is_running = row.status is ExecutionStatus.RUNNING
        if is_running and row.lease_ends_at is not None and row.lease_ends_at >= now:
            return
        ended = await self._repository.find_ended(row.organization_id, row.execution_id)
        if ended is not None:
            # `finish` keeps the recorded end and does what was not done after it.
            result.completed.append(await self._executions.finish(ended, _same_end(ended)))
        elif is_running and not is_sure:
            return
        elif row.cancel_requested:
            await self._end(stored, ExecutionOutcome(status=ExecutionStatus.CANCELLED), result)
        elif not is_running:
            await self._requeue(stored, {"queued_at": now}, result)
        elif has_attempts_left(row):
            attempt = attempt_of(row, now, AttemptEnd.INTERRUPTED, _interrupted(row).error)
            await self._requeue(stored, waiting_again(row, attempt), result)
        else:
            await self._end(stored, _interrupted(row), result)

    async def _end(self, stored: Stored[ExecutionRow], outcome: ExecutionOutcome, result: ReapResult) -> None:
        # First a conditional write: a worker that renews at this very moment keeps its execution.
        taken = stored.value.model_copy(update={"lease_owner": None})
        try:
            row = (await self._repository.replace_active(taken, etag=stored.etag)).value
        except (PreconditionFailed, NotFound):
            return
        result.ended.append(await self._executions.finish(row, outcome))

    async def _requeue(
        self, stored: Stored[ExecutionRow], changes: dict[str, Any], result: ReapResult
    ) -> None:
        pending = stored.value.model_copy(update=changes)
        try:
            row = (await self._repository.replace_active(pending, etag=stored.etag)).value
        except (PreconditionFailed, NotFound):
            return
        result.requeue.append(await self._repository.filled(row))


def _same_end(ended: Execution) -> ExecutionOutcome:
    return ExecutionOutcome(status=ended.status, result=ended.result, error=ended.error)


def _interrupted(row: Execution) -> ExecutionOutcome:
    return ExecutionOutcome(
        status=ExecutionStatus.FAILED,
        error=ExecutionError(
            type=INTERRUPTED,
            message=(
                f"The worker that ran {row.workflow_name} went away before it ended. Check what it had done,"
                " then run it again."
            ),
            details={"attempt": row.attempt},
        ),
    )
