"""The pool for debugging: author code runs in the engine's own process, where breakpoints hold.

A run has no time limit while somebody debugs. One endless loop stops everything here, and nothing is
isolated: never for production.
"""

import asyncio
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msp_automation.capabilities import Capabilities, RunSnapshot
from msp_automation.context import OrganizationContext, install_log_capture
from msp_automation.debugger import wait_at_most, watch_breakpoints
from msp_automation.discovery import Discovered, discover
from msp_automation.integrations.network import close_network
from msp_automation.metadata import Catalog
from msp_automation.outcomes import Definition, run_to_outcome
from workflow_engine.runners.active_run import stopped
from workflow_engine.runners.models import (
    Kind,
    PoolSettings,
    PoolStatus,
    RunnerStatus,
    RunOutcome,
    RunStatus,
)
from workflow_engine.runners.pool import OnCatalog
from workflow_engine.runners.prepared import Metadata, PreparedRun, find_metadata
from workflow_engine.runners.sources import fingerprint
from workflow_engine.runners.watching import watch_sources

logger = logging.getLogger(__name__)


class InProcessPool:
    """`RunnerPool`'s interface without runner processes.

    Args:
        root: The folder that holds `workflows/`, `data_providers/` and `integrations/`.
        on_catalog: Called with each new catalog, the first one included.

    Attributes:
        keeps_limits: Whether runs end at their time limit while nobody debugs.
    """

    def __init__(self, root: Path, settings: PoolSettings, *, on_catalog: OnCatalog | None = None) -> None:
        self.keeps_limits = settings.keeps_limits
        self._root = root.resolve()
        self._settings = settings
        self._on_catalog = on_catalog
        self._discovered = Discovered(catalog=Catalog())
        self._fingerprint = ""
        self._generation = 0
        self._in_flight = 0
        self._served = 0
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Import the author files, and watch them where that is set."""
        install_log_capture()
        watch_breakpoints()
        await self._load()
        if self._settings.watch:
            self._watch = asyncio.create_task(self._keep_loading())

    async def close(self) -> None:
        """Watch no longer, and close the connections that runs shared."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await close_network()

    @property
    def catalog(self) -> Catalog:
        """What the author files declare."""
        return self._discovered.catalog

    def status(self) -> PoolStatus:
        """This process as the one runner."""
        runner = RunnerStatus(
            pid=os.getpid(),
            generation=self._generation,
            state="ready",
            in_flight=self._in_flight,
            served=self._served,
            lag_ms=0,
            rss_megabytes=0,
        )
        return PoolStatus(
            generation=self._generation,
            runners=[runner],
            ready=1,
            wanted=1,
            maximum=1,
            discovery_errors=len(self.catalog.errors),
        )

    async def prepare(
        self, kind: Kind, name: str, parameters: Mapping[str, Any], *, org_id: str | None = None
    ) -> PreparedRun:
        """Check the parameters here.

        Raises:
            ValidationError: The SDK's; the parameters are wrong (`details["fields"]`).
            UnknownDeclaration: No such workflow or data provider.
        """
        metadata = self.metadata_of(kind, name)
        found = self._discovered
        definition: Definition = found.workflows[name] if kind == "workflow" else found.providers[name]
        arguments = definition.validate(parameters)
        return InProcessRun(self, metadata, definition, arguments)

    def metadata_of(self, kind: Kind, name: str) -> Metadata:
        """The declaration that a run goes by.

        Raises:
            UnknownDeclaration: No such workflow or data provider.
        """
        return find_metadata(self.catalog, kind, name)

    async def execute(
        self, run: "InProcessRun", snapshot: RunSnapshot, capabilities: Capabilities
    ) -> dict[str, Any]:
        """Run one prepared run to the outcome of its author code."""
        context = OrganizationContext(snapshot, capabilities, integration_types=self._discovered.integrations)
        self._in_flight += 1
        try:
            return await run_to_outcome(run.definition, context, run.arguments, self._root)
        finally:
            self._in_flight -= 1
            self._served += 1

    async def _load(self) -> None:
        self._fingerprint = fingerprint(self._root)
        # In this thread on purpose: a debugger's breakpoints at module level hold, and signals work.
        self._discovered = discover(self._root)
        self._generation += 1
        if self._on_catalog is not None:
            await self._on_catalog(self.catalog)

    async def _keep_loading(self) -> None:
        async for _ in watch_sources(self._root, self._settings.debounce_seconds):
            if fingerprint(self._root) != self._fingerprint:
                await self._load()


class InProcessRun:
    """A prepared run of an `InProcessPool`."""

    def __init__(
        self, pool: InProcessPool, metadata: Metadata, definition: Definition, arguments: dict[str, Any]
    ) -> None:
        self.definition = definition
        self.arguments = arguments
        self._pool = pool
        self._metadata = metadata
        self._parameters = definition.to_json(arguments)
        self._task: asyncio.Task[dict[str, Any]] | None = None
        self._is_cancelled = False

    @property
    def metadata(self) -> Metadata:
        """The declaration that will run."""
        return self._metadata

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as JSON, defaults filled in."""
        return self._parameters

    async def run(self, snapshot: RunSnapshot, capabilities: Capabilities) -> RunOutcome:
        """Run it to its end; code that cannot be cancelled is left behind, running."""
        self._task = asyncio.create_task(self._pool.execute(self, snapshot, capabilities))
        if self._is_cancelled:
            self._task.cancel()
        limit = snapshot.timeout_seconds if self._pool.keeps_limits else None
        try:
            has_ended = await wait_at_most(self._task, limit)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if not has_ended:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1.0)
            return self._stopped(RunStatus.TIMED_OUT, snapshot)
        if self._is_cancelled or self._task.cancelled():
            return self._stopped(RunStatus.CANCELLED, snapshot)
        return RunOutcome.model_validate(self._task.result())

    def _stopped(self, status: RunStatus, snapshot: RunSnapshot) -> RunOutcome:
        return stopped(status, timeout_seconds=snapshot.timeout_seconds, stack=[], variables={})

    def cancel(self) -> None:
        """Ask the run to stop."""
        self._is_cancelled = True
        if self._task is not None:
            self._task.cancel()

    def release(self) -> None:
        """Nothing is held."""
