"""The executions that this engine runs at this moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from msp_automation.metadata import WorkflowMetadata
from msp_core.errors import Unavailable
from msp_core.executions.models import Execution, Progress
from msp_core.ids import ExecutionId, OrgId
from workflow_engine.execution.capabilities import RunCapabilities
from workflow_engine.execution.log import RunLog
from workflow_engine.execution.record import RunRecord
from workflow_engine.runners.pool import PreparedRun


class StopReason(StrEnum):
    """Why a run is told to stop before its end."""

    CANCELLED = "cancelled"
    SHUTDOWN = "shutdown"
    LOST = "lost"


class LiveRun:
    """One execution in this engine's hands, from its claim to its recorded end.

    `ended` resolves to the record as it was stored.
    """

    def __init__(
        self,
        execution: Execution,
        prepared: PreparedRun,
        *,
        log: RunLog,
        record: RunRecord,
        capabilities: RunCapabilities,
    ) -> None:
        self.execution = execution
        self.prepared = prepared
        self.log = log
        self.record = record
        self.capabilities = capabilities
        self.ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()
        self._trouble = asyncio.Event()
        self.stop_reason: StopReason | None = None
        self._shown = 0
        self._began_at = time.monotonic()

    @property
    def workflow(self) -> WorkflowMetadata:
        """What the author declared."""
        metadata = self.prepared.metadata
        assert isinstance(metadata, WorkflowMetadata)
        return metadata

    @property
    def progress(self) -> Progress | None:
        """How far it says it is."""
        return self.capabilities.progress

    def is_older_than(self, seconds: float) -> bool:
        """Whether it has been running here for longer than that."""
        return time.monotonic() - self._began_at > seconds

    @property
    def has_news(self) -> bool:
        """Whether the live row, which other engines and the Management API read, is behind."""
        return self.capabilities.news != self._shown and not self.ended.done()

    def note_shown(self, news: int) -> None:
        """The live row shows everything up to there."""
        self._shown = max(self._shown, news)

    def stop(self, reason: StopReason) -> None:
        """Ask the run to stop; the first reason counts."""
        if self.stop_reason is None:
            self.stop_reason = reason
            self.prepared.cancel()

    def end(self, ended: Execution) -> None:
        """Tell everybody who waits how it ended."""
        self.ended.set_result(ended)
        self.log.notify()

    def give_up(self) -> None:
        """Tell them that the end is not recorded, if it is not: the reaper will record one."""
        if not self.ended.done():
            self.ended.set_exception(
                Unavailable(
                    "The engine stopped before the end of this run was saved. Look at the execution later.",
                    details={"executionId": self.execution.execution_id},
                )
            )
            # Nobody may be waiting any more.
            self.ended.exception()
            self.log.notify()

    def note_trouble(self) -> None:
        """Tell everybody who waits that storage did not take the end this time."""
        self._trouble.set()
        self._trouble = asyncio.Event()

    async def wait(self, *, timeout_seconds: float) -> Execution:
        """The recorded end, or how it stands after so long.

        Raises:
            Unavailable: It is over, and storage does not take its end; it will be saved later.
        """
        trouble = asyncio.create_task(self._trouble.wait())
        either: set[asyncio.Future[Any]] = {self.ended, trouble}
        try:
            await asyncio.wait(either, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            trouble.cancel()
        if self.ended.done():
            return self.ended.result()
        if trouble.done() and not trouble.cancelled():
            raise Unavailable(
                "The run is over, but its result cannot be saved now. It will be as soon as storage answers.",
                retry_after_seconds=5,
                details={"executionId": self.execution.execution_id},
            )
        return self.execution


class LiveRuns:
    """Live runs by execution id."""

    def __init__(self) -> None:
        self._runs: dict[ExecutionId, LiveRun] = {}
        self._last_ended: dict[OrgId, float] = {}
        self._expected: dict[ExecutionId, set[asyncio.Event]] = {}

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[LiveRun]:
        return iter(list(self._runs.values()))

    def add(self, run: LiveRun) -> None:
        """Take a run in, and tell whoever waits for it."""
        self._runs[run.execution.execution_id] = run
        for event in self._expected.get(run.execution.execution_id, ()):
            event.set()

    def remove(self, run: LiveRun) -> None:
        """Let go of a run whose end is recorded."""
        self._runs.pop(run.execution.execution_id, None)
        self._last_ended[run.execution.organization_id] = time.monotonic()

    def last_ended(self, org_id: OrgId) -> float | None:
        """When a run of this organization last ended here, by the clock of this process."""
        return self._last_ended.get(org_id)

    def find(self, execution_id: ExecutionId) -> LiveRun | None:
        """The run of this execution, if it is ours."""
        return self._runs.get(execution_id)

    async def expect(self, execution_id: ExecutionId, *, timeout_seconds: float) -> None:
        """Wait until a run of this execution begins here, at most so long: it may begin elsewhere."""
        began = asyncio.Event()
        waiting = self._expected.setdefault(execution_id, set())
        waiting.add(began)
        try:
            async with asyncio.timeout(timeout_seconds):
                await began.wait()
        except TimeoutError:
            return
        finally:
            waiting.discard(began)
            if not waiting:
                self._expected.pop(execution_id, None)
