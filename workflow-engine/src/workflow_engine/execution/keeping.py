"""What keeps executions honest while they run and after an engine is gone: heartbeat and reaper."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from msp_core.errors import MspError, NotFound
from msp_core.executions.errors import ExecutionTaken
from msp_core.executions.service import ExecutionService
from workflow_engine.execution.live import LiveRun, LiveRuns, StopReason
from workflow_engine.execution.queueing import ExecutionQueue

_log = structlog.get_logger(__name__)

SHOW_SECONDS: Final = 0.5
CANCEL_SECONDS: Final = 0.75
_CALLS_SHOWN: Final = 50
"""The newest ones; the record has all of them at the end."""


class Keeping:
    """Renews the leases of this engine's runs, and ends executions whose engine let its lease run out."""

    def __init__(
        self,
        executions: ExecutionService,
        live: LiveRuns,
        queue: ExecutionQueue,
        *,
        owner: str,
        lease: timedelta,
    ) -> None:
        self._executions = executions
        self._live = live
        self._queue = queue
        self._owner = owner
        self._lease = lease

    async def beat(self) -> None:
        """Renew the lease of each live run, and stop those that somebody asked to stop."""
        await asyncio.gather(*(self._renew(run) for run in self._live))

    async def show(self) -> None:
        """Bring the rows of those runs up to date that have told of progress, a checkpoint or a call."""
        await asyncio.gather(*(self._renew(run) for run in self._live if run.has_news))

    async def heed_cancels(self) -> None:
        """Stop the runs that somebody asked another engine to stop; a heartbeat would see it too late."""
        if not any(run.is_older_than(CANCEL_SECONDS) for run in self._live):
            return
        for execution_id in await self._executions.list_cancel_requests(self._owner):
            if (run := self._live.find(execution_id)) is not None:
                run.stop(StopReason.CANCELLED)

    async def _renew(self, run: LiveRun) -> None:
        execution, news = run.execution, run.capabilities.news
        try:
            await run.record.full.flush()
            is_cancelled = await self._executions.renew(
                execution.organization_id,
                execution.execution_id,
                self._owner,
                self._lease,
                progress=run.progress,
                checkpoints=run.record.live_checkpoints(),
                integration_calls=run.record.calls[-_CALLS_SHOWN:],
                variables=run.record.live_variables,
            )
            run.note_shown(news)
        except (ExecutionTaken, NotFound):
            # Somebody else ended it: what it still did would be recorded nowhere.
            if not run.ended.done():
                _log.warning("lease_lost", execution_id=execution.execution_id)
                run.stop(StopReason.LOST)
        except MspError as error:
            _log.warning("heartbeat_failed", execution_id=execution.execution_id, reason=error.message)
        else:
            if is_cancelled:
                run.stop(StopReason.CANCELLED)

    async def reap(self) -> None:
        """End what no engine holds any more, complete half-written ends, and send lost messages again."""
        # After storage was away, the leases of our own live runs may have lapsed too; they are not for us to
        # end, whether storage takes the heartbeat or not.
        await self.beat()
        result = await self._executions.reap(spare={run.execution.execution_id for run in self._live})
        for execution in result.requeue:
            await self._queue.send(execution)
        for execution in (*result.ended, *result.completed):
            await self._queue.forget_parameters(execution)
        if result.ended or result.completed or result.requeue:
            _log.info(
                "reaped",
                ended=[execution.execution_id for execution in result.ended],
                completed=[execution.execution_id for execution in result.completed],
                requeued=[execution.execution_id for execution in result.requeue],
            )
