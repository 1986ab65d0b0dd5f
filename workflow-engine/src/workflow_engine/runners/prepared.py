"""A runner's promise, and what keeps it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from msp_automation.capabilities import Capabilities, RunSnapshot
from msp_automation.errors import ValidationError
from msp_automation.metadata import Catalog, DataProviderMetadata, WorkflowMetadata
from workflow_engine.runners.active_run import ActiveRun, NotStarted
from workflow_engine.runners.errors import NoRunnerAvailable, UnknownDeclaration
from workflow_engine.runners.models import Kind, RunError, RunOutcome, RunStatus
from workflow_engine.runners.runner import Runner

Metadata = WorkflowMetadata | DataProviderMetadata


class PreparedRun(Protocol):
    """A promise: the workflow is known, its parameters are right, and it can run now.

    Attributes:
        metadata: The declaration that will run.
        parameters: As JSON, typed and with defaults filled in: what a record keeps.
    """

    @property
    def metadata(self) -> Metadata:
        """The declaration that will run."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as JSON, defaults filled in."""

    async def run(self, snapshot: RunSnapshot, capabilities: Capabilities) -> RunOutcome:
        """Run it to its end; whatever author code does is an outcome, never an exception.

        Cancelling the task that awaits this cancels the run, and raises `CancelledError` once it has ended.
        """

    def cancel(self) -> None:
        """Ask the run to stop: `run` then returns an outcome, within about a second."""

    def release(self) -> None:
        """Give the runner back without running; harmless at any time."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One runner's yes to one offer."""

    runner: Runner
    run_id: int
    parameters: dict[str, Any]


class PoolRun:
    """A prepared run of a `RunnerPool`."""

    def __init__(
        self,
        metadata: Metadata,
        promise: Promise,
        *,
        start_seconds: float,
        again: Callable[[], Awaitable["PoolRun"]],
    ) -> None:
        self._start_seconds = start_seconds
        self._metadata = metadata
        self._promise = promise
        self._again = again
        self._active: ActiveRun | None = None
        self._is_cancelled = False
        self._is_used = False

    @property
    def metadata(self) -> Metadata:
        """The declaration that will run."""
        return self._metadata

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as JSON, defaults filled in."""
        return self._promise.parameters

    async def run(self, snapshot: RunSnapshot, capabilities: Capabilities) -> RunOutcome:
        """Run it to its end, on another runner if the first dies or is blocked before it begins."""
        if self._is_used:
            raise RuntimeError("A prepared run runs once.")
        self._is_used = True
        give_up_at = time.monotonic() + self._start_seconds
        promise: Promise | None = self._promise
        while promise is not None:
            if self._is_cancelled:
                promise.runner.withdraw(promise.run_id)
                break
            self._promise = promise
            try:
                return await promise.runner.run(promise.run_id, snapshot, capabilities, self._take_active)
            except NotStarted:
                self._active = None
            promise = await self._promise_until(give_up_at)
        return self._never_started()

    async def _promise_until(self, give_up_at: float) -> Promise | None:
        """Another runner's promise: the run has not begun anywhere, so it may begin there."""
        while time.monotonic() < give_up_at and not self._is_cancelled:
            try:
                return (await self._again())._promise
            except NoRunnerAvailable:
                continue
            except (UnknownDeclaration, ValidationError):
                # The file was changed meanwhile.
                break
        return None

    def cancel(self) -> None:
        """Ask the run to stop."""
        self._is_cancelled = True
        if self._active is not None:
            self._promise.runner.stop(self._active, RunStatus.CANCELLED)

    def release(self) -> None:
        """Give the runner back without running."""
        if not self._is_used:
            self._is_used = True
            self._promise.runner.withdraw(self._promise.run_id)

    def _take_active(self, run: ActiveRun) -> None:
        self._active = run

    def _never_started(self) -> RunOutcome:
        if self._is_cancelled:
            error = RunError(type="Cancelled", message="The run was cancelled before it began.")
            return RunOutcome(status=RunStatus.CANCELLED, error=error, has_begun=False)
        error = RunError(
            type="Interrupted",
            message="The run never began: no runner was free to begin it. Run it again.",
            details={"collateral": True},
            kinds=("Interrupted",),
        )
        return RunOutcome(status=RunStatus.INTERRUPTED, error=error, collateral=True, has_begun=False)


def find_metadata(catalog: Catalog, kind: Kind, name: str) -> Metadata:
    """The declaration of that name.

    Raises:
        UnknownDeclaration: There is none.
    """
    declared: list[Metadata] = [*(catalog.workflows if kind == "workflow" else catalog.data_providers)]
    for metadata in declared:
        if metadata.name == name:
            return metadata
    word = "workflow" if kind == "workflow" else "data provider"
    failed = f" {len(catalog.errors)} author files could not be loaded." if catalog.errors else ""
    raise UnknownDeclaration(f"There is no {word} {name!r}.{failed}")
