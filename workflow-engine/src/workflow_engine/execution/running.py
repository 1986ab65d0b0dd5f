"""From a claimed execution to its recorded end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from msp_automation.capabilities import LogLine, RunSnapshot
from msp_automation.redaction import Redactor
from msp_core.errors import MspError, RetryableError
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.models import Execution
from msp_core.executions.service import ExecutionService
from msp_core.executions.values import ExecutionValueStore
from msp_core.files.executions import ExecutionFiles
from workflow_engine.background import Background
from workflow_engine.execution.capabilities import RunCapabilities
from workflow_engine.execution.context import RunContext
from workflow_engine.execution.ending import NOT_STORED, end_of, lost_outcome, without_contents
from workflow_engine.execution.files import FileLimits, RunFiles
from workflow_engine.execution.full_values import FullValues
from workflow_engine.execution.live import LiveRun, LiveRuns, StopReason
from workflow_engine.execution.log import RunLog
from workflow_engine.execution.queueing import ExecutionQueue
from workflow_engine.execution.record import RunRecord
from workflow_engine.execution.retrying import Retrying
from workflow_engine.execution.tokens import IntegrationTokens
from workflow_engine.runners.models import RunOutcome
from workflow_engine.runners.pool import PreparedRun

_log = structlog.get_logger(__name__)

_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 5.0
_STOP_SECONDS: Final = 5.0
_MOST_REFUSALS: Final = 8


class Running:
    """Runs what was claimed in tasks of their own: no request or message ends a run by going away."""

    def __init__(
        self,
        *,
        executions: ExecutionService,
        queue: ExecutionQueue,
        retrying: Retrying,
        logs: ExecutionLogStore,
        values: ExecutionValueStore,
        tokens: IntegrationTokens,
        live: LiveRuns,
        background: Background,
        files: ExecutionFiles,
        file_limits: FileLimits,
    ) -> None:
        self._files = files
        self._file_limits = file_limits
        self._executions = executions
        self._queue = queue
        self._retrying = retrying
        self._logs = logs
        self._values = values
        self._tokens = tokens
        self.live = live
        self._background = background

    def begin(
        self, execution: Execution, prepared: PreparedRun, context: RunContext, *, lines_before: int = 0
    ) -> LiveRun:
        """Start the run of an execution that is ours.

        Args:
            lines_before: Log lines that an earlier attempt left.
        """
        redactor = Redactor()
        org_id, execution_id = execution.organization_id, execution.execution_id
        full = FullValues(partial(self._values.write, org_id, execution_id), attempt=execution.attempt)
        log = RunLog(partial(self._append, execution), redactor, full, lines_before=lines_before)
        record = RunRecord(redactor, full)
        files = RunFiles(self._files, org_id, execution_id, self._file_limits)
        capabilities = RunCapabilities(
            context.binding, self._tokens, redactor, log=log, record=record, files=files
        )
        run = LiveRun(execution, prepared, log=log, record=record, capabilities=capabilities)
        self.live.add(run)
        self._background.spawn(self._carry(run, context), name=f"run {execution.execution_id}")
        return run

    async def begin_claimed(
        self, execution: Execution, prepared: PreparedRun, context: RunContext
    ) -> LiveRun:
        """The same for one that waited; a second attempt's log goes on where the first one's stopped."""
        lines_before = 0 if execution.attempt <= 1 else await self._count_lines(execution)
        return self.begin(execution, prepared, context, lines_before=lines_before)

    async def _count_lines(self, execution: Execution) -> int:
        # It is claimed: to let it go now would leave it to the reaper, as if it had been interrupted.
        while True:
            try:
                return await self._logs.last_sequence(execution.organization_id, execution.execution_id)
            except RetryableError as error:
                _log.warning("log_not_read", execution_id=execution.execution_id, reason=error.message)
                await asyncio.sleep(_FIRST_PAUSE_SECONDS)

    async def _append(self, execution: Execution, lines: Sequence[LogLine]) -> None:
        await self._logs.append(execution.organization_id, execution.execution_id, lines)

    async def _carry(self, run: LiveRun, context: RunContext) -> None:
        """Run it and record its end; `run.ended` is settled whatever happens."""
        flushing = asyncio.create_task(run.log.keep_flushing())
        try:
            outcome = await self._outcome_of(run, context)
            flushing.cancel()
            await run.capabilities.files.close()
            run.end(
                await self._find_what_others_made_of(run)
                or await self._retrying.try_again(run, outcome)
                or await self._finish(run, outcome)
            )
        finally:
            flushing.cancel()
            self.live.remove(run)
            run.give_up()

    async def _outcome_of(self, run: LiveRun, context: RunContext) -> RunOutcome:
        try:
            return await run.prepared.run(_snapshot(run, context), run.capabilities)
        except Exception as error:  # noqa: BLE001 - ours, not the author's; the run gets an end all the same
            _log.exception("run_lost", execution_id=run.execution.execution_id)
            return lost_outcome(error)

    async def _find_what_others_made_of(self, run: LiveRun) -> Execution | None:
        """The record of a run whose lease was lost: ours would be an end of somebody else's attempt."""
        execution = run.execution
        while run.stop_reason is StopReason.LOST:
            try:
                return await self._executions.find(execution.organization_id, execution.execution_id)
            except RetryableError as error:
                run.note_trouble()
                _log.warning("record_not_read", execution_id=execution.execution_id, reason=error.message)
                await asyncio.sleep(_LONGEST_PAUSE_SECONDS)
        return None

    async def _finish(self, run: LiveRun, outcome: RunOutcome) -> Execution:
        """Record the end, however long storage is away: what was accepted must not show Running for ever.

        What storage refuses is tried once more as it is, then a few times without what the run left.
        """
        end = end_of(run, outcome)
        execution = run.execution.model_copy(
            update={"input_data": run.record.clean_input(run.execution.input_data)}
        )
        pause, refusals = _FIRST_PAUSE_SECONDS, 0
        while True:
            try:
                await self._flush(run)
                ended = await self._executions.finish(execution, end)
            except RetryableError as error:
                run.note_trouble()
                _log.warning("end_not_saved", execution_id=run.execution.execution_id, reason=error.message)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except MspError as error:
                refusals += 1
                if refusals > _MOST_REFUSALS:
                    raise
                _log.error("end_refused", execution_id=run.execution.execution_id, reason=error.message)
                if refusals > 1 and (end.error is None or end.error.type != NOT_STORED):
                    end = without_contents(end, error.message)
                await asyncio.sleep(_FIRST_PAUSE_SECONDS)
            else:
                with suppress(MspError):
                    await self._queue.forget_parameters(ended)
                return ended

    async def _flush(self, run: LiveRun) -> None:
        try:
            await run.record.full.flush()
            await run.log.flush()
        except RetryableError:
            raise
        except MspError as error:
            _log.error("log_lost", execution_id=run.execution.execution_id, reason=error.message)

    async def stop_all(self, *, grace_seconds: float) -> None:
        """Give live runs a few seconds to end by themselves, then end the rest as interrupted."""
        await self._wait_for_all(grace_seconds)
        for run in self.live:
            run.stop(StopReason.SHUTDOWN)
        await self._wait_for_all(_STOP_SECONDS)

    async def _wait_for_all(self, seconds: float) -> None:
        if waiting := [run.ended for run in self.live]:
            await asyncio.wait(waiting, timeout=seconds)


def _snapshot(run: LiveRun, context: RunContext) -> RunSnapshot:
    return context.snapshot(
        execution_id=run.execution.execution_id,
        kind="workflow",
        name=run.execution.workflow_name,
        timeout_seconds=run.workflow.timeout_seconds,
        form_id=run.execution.form_id,
    )
