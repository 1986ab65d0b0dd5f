"""What became of an execution: wait for its end, read its log while it runs, stop it."""

from __future__ import annotations

import time
from typing import Final

from msp_automation.capabilities import LogLine
from msp_core.errors import NotFound
from msp_core.executions.errors import no_such_execution
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.models import Execution, ExecutionStatus, Progress
from msp_core.executions.service import ExecutionService
from msp_core.ids import ExecutionId
from msp_core.models import Model
from msp_core.permissions.models import OrgScope, Permission
from workflow_engine.execution.live import LiveRun, LiveRuns, StopReason
from workflow_engine.execution.queueing import ExecutionQueue

_POLL_SECONDS: Final = 0.5
_LINES_PER_ANSWER: Final = 500


class LogAnswer(Model):
    """What there is to tell of an execution since `after`.

    `done` means that it has ended and that these are its last lines.
    """

    items: list[LogLine]
    next: int
    done: bool
    status: ExecutionStatus
    progress: Progress | None = None


class Following:
    """Follows executions, those of this engine in memory and those of others through storage.

    Args:
        poll_seconds: How often storage is asked about an execution that no run here is for.
    """

    def __init__(
        self,
        executions: ExecutionService,
        logs: ExecutionLogStore,
        live: LiveRuns,
        queue: ExecutionQueue,
        *,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._poll_seconds = poll_seconds
        self._queue = queue
        self._executions = executions
        self._logs = logs
        self._live = live

    async def find(self, scope: OrgScope, execution_id: ExecutionId) -> Execution | None:
        """The execution as it is now; None when there is none."""
        try:
            return await self._executions.get(scope, execution_id)
        except NotFound:
            return None

    async def wait(self, scope: OrgScope, execution: Execution, *, seconds: float) -> Execution:
        """Its end, or how it stands after so many seconds, wherever it runs.

        Raises:
            Unavailable: The run is over and storage does not take its end; it will be saved later.
        """
        deadline = time.monotonic() + seconds
        while not execution.status.is_ended:
            run = self._live.find(execution.execution_id)
            left = deadline - time.monotonic()
            if left <= 0:
                break
            if run is not None and not run.ended.done():
                execution = await run.wait(timeout_seconds=left)
                continue
            await self._live.expect(execution.execution_id, timeout_seconds=min(self._poll_seconds, left))
            execution = await self._executions.get(scope, execution.execution_id)
        return execution

    async def read_log(
        self, scope: OrgScope, execution_id: ExecutionId, *, after: int, wait_seconds: float
    ) -> LogAnswer:
        """Log lines after a number, held back until there is something new, at most so long.

        Raises:
            NotFound: There is no such execution here, or it is not the caller's to see.
        """
        deadline = time.monotonic() + wait_seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            run = self._live.find(execution_id)
            is_here = run is not None and run.execution.organization_id == scope.org_id
            if run is not None and is_here and after >= run.log.lines_before:
                _require_reader(scope, run.execution)
                return await _read_live(run, after=after, wait_seconds=left)
            answer = await self._read_stored(scope, execution_id, after=after)
            if answer.items or answer.done or left == 0:
                return answer
            await self._live.expect(execution_id, timeout_seconds=min(self._poll_seconds, left))

    async def _read_stored(self, scope: OrgScope, execution_id: ExecutionId, *, after: int) -> LogAnswer:
        # The record first: lines written before an end that was read are then all there.
        execution = await self._executions.get(scope, execution_id)
        page = await self._logs.read(scope.org_id, execution_id, after, _LINES_PER_ANSWER)
        return LogAnswer(
            items=page.items,
            next=page.next,
            done=execution.status.is_ended and len(page.items) < _LINES_PER_ANSWER,
            status=execution.status,
            progress=execution.progress,
        )

    async def cancel(self, scope: OrgScope, execution_id: ExecutionId) -> Execution:
        """Ask a pending or running execution to stop; one that runs here stops at once.

        Raises:
            NotFound: There is no such execution here, or it is not the caller's to stop.
            ExecutionEnded: There is nothing left to stop.
        """
        execution = await self._executions.request_cancel(scope, execution_id)
        run = self._live.find(execution_id)
        if run is not None:
            run.stop(StopReason.CANCELLED)
        elif execution.status.is_ended:
            await self._queue.forget_parameters(execution)
        return execution


def _require_reader(scope: OrgScope, execution: Execution) -> None:
    if execution.executed_by != scope.user.id and not scope.has(Permission.CAN_VIEW_HISTORY):
        raise no_such_execution(execution.execution_id)


async def _read_live(run: LiveRun, *, after: int, wait_seconds: float) -> LogAnswer:
    if not run.ended.done() and not run.log.after(after, 1):
        await run.log.wait_for_news(timeout_seconds=wait_seconds)
    lines = run.log.after(after, _LINES_PER_ANSWER)
    has_ended = run.ended.done() and run.ended.exception() is None
    status = run.ended.result().status if has_ended else run.execution.status
    return LogAnswer(
        items=lines,
        next=lines[-1].sequence if lines else after,
        done=status.is_ended and len(lines) < _LINES_PER_ANSWER,
        status=status,
        progress=run.progress,
    )
