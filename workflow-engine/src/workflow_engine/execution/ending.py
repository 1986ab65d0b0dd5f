"""How a run's outcome becomes the end of its execution."""

from __future__ import annotations

from typing import Final

from msp_core.executions.models import ExecutionError, ExecutionOutcome, ExecutionStatus
from msp_http.executions import TRACEBACK
from workflow_engine.execution.live import LiveRun, StopReason
from workflow_engine.runners.models import RunError, RunOutcome, RunStatus

_STATUS = {
    RunStatus.SUCCESS: ExecutionStatus.SUCCESS,
    RunStatus.FAILED: ExecutionStatus.FAILED,
    RunStatus.TIMED_OUT: ExecutionStatus.TIMED_OUT,
    RunStatus.CANCELLED: ExecutionStatus.CANCELLED,
    RunStatus.INTERRUPTED: ExecutionStatus.FAILED,
}

NOT_STORED: Final = "ResultNotStored"


def end_of(run: LiveRun, outcome: RunOutcome) -> ExecutionOutcome:
    """The end to record, redacted and bounded."""
    record = run.record
    is_shutdown = run.stop_reason is StopReason.SHUTDOWN and outcome.status is RunStatus.CANCELLED
    variables = record.clean_variables(outcome.variables)
    variables |= record.not_kept()
    if run.capabilities.secret_names:
        variables["secretsRead"] = sorted(run.capabilities.secret_names)
    if run.capabilities.files.saved:
        # A file that the author did not put into the result can still be found.
        variables["filesSaved"] = [file.model_dump() for file in run.capabilities.files.saved]
    return ExecutionOutcome(
        status=ExecutionStatus.FAILED if is_shutdown else _STATUS[outcome.status],
        result=None if outcome.result is None else record.clean_result(outcome.result),
        error=_shutdown_error() if is_shutdown else _error(run, outcome.error),
        progress=run.progress,
        checkpoints=record.checkpoints,
        integration_calls=record.calls,
        variables=variables,
    )


def without_contents(end: ExecutionOutcome, reason: str) -> ExecutionOutcome:
    """The same end for a run that left more, or other things, than can be stored."""
    return ExecutionOutcome(
        status=end.status,
        progress=end.progress,
        error=ExecutionError(
            type=NOT_STORED, message=f"The run ended, but what it left could not be stored. {reason}"
        ),
    )


def lost_outcome(error: Exception) -> RunOutcome:
    """The outcome of a run that the engine itself failed at, and so knows nothing more about."""
    return RunOutcome(
        status=RunStatus.INTERRUPTED,
        error=RunError(
            type="Interrupted",
            message=f"The engine failed while this ran ({type(error).__name__}); its log says how. "
            "What the run had done by then stays done.",
            kinds=("Interrupted",),
        ),
        collateral=True,
    )


def _error(run: LiveRun, error: RunError | None) -> ExecutionError | None:
    if error is None:
        return None
    details = dict(error.details or {})
    if error.traceback is not None:
        details[TRACEBACK] = error.traceback
    return ExecutionError(
        type=error.type,
        message=run.record.clean_text(error.message),
        details=run.record.clean_details(details),
    )


def _shutdown_error() -> ExecutionError:
    return ExecutionError(
        type="Interrupted",
        message="The engine was shut down while this ran. What it had done by then stays done; see its log.",
    )
