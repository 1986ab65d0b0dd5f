"""The pool of runners: finds one that answers, watches them, replaces what is stuck or worn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Protocol

from msp_automation.metadata import Catalog
from workflow_engine.runners.bring_up import Arrival, BringUp, RunnerFailed
from workflow_engine.runners.errors import NoRunnerAvailable, UnknownDeclaration
from workflow_engine.runners.fleet import Fleet
from workflow_engine.runners.fork_client import ForkClient, ForkServerGone
from workflow_engine.runners.models import Kind, PoolSettings, PoolStatus, RunError, RunOutcome, RunStatus
from workflow_engine.runners.offers import Offers
from workflow_engine.runners.prepared import PoolRun, PreparedRun, find_metadata
from workflow_engine.runners.runner import Runner
from workflow_engine.runners.sources import fingerprint, is_shared
from workflow_engine.runners.watching import watch_sources

__all__ = [
    "NoRunnerAvailable",
    "OnCatalog",
    "PoolSettings",
    "PoolStatus",
    "PreparedRun",
    "RunError",
    "RunOutcome",
    "RunStatus",
    "RunnerPool",
    "Runners",
    "UnknownDeclaration",
]

logger = logging.getLogger(__name__)

OnCatalog = Callable[[Catalog], Awaitable[None]]

RESTART_SECONDS = 1.0


class Runners(Protocol):
    """What the engine needs to run author code; `RunnerPool`, or `InProcessPool` for debugging."""

    @property
    def catalog(self) -> Catalog:
        """What the author files declare."""

    async def start(self) -> None:
        """Import the author files."""

    async def close(self) -> None:
        """End everything that runs."""

    def status(self) -> PoolStatus:
        """The state of the runners."""

    async def prepare(
        self, kind: Kind, name: str, parameters: Mapping[str, Any], *, org_id: str | None = None
    ) -> PreparedRun:
        """Check the parameters and promise to run."""


class RunnerPool:
    """Warm runner processes for one folder of author files.

    Args:
        root: The folder that holds `workflows/`, `data_providers/` and `integrations/`.
        on_catalog: Called with each new catalog, the first one included.
    """

    def __init__(self, root: Path, settings: PoolSettings, *, on_catalog: OnCatalog | None = None) -> None:
        self._root = root.resolve()
        self._settings = settings
        self._on_catalog = on_catalog
        self._catalog = Catalog()
        self._fingerprint = ""
        self._newest_arrival = 0
        self._loading: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._fork = ForkClient(
            on_exit=self._exited, on_not_niced=self._not_niced, on_gone=self._fork_server_gone
        )
        self._bring_up = BringUp(
            self._root, settings, self._fork, on_start=self._add, on_change=self._runner_changed
        )
        self._fleet = Fleet(settings, bring_up=self._bring_up.bring_up, on_arrival=self._arrived)

    async def start(self) -> None:
        """Start the fork server and the first runner; returns once the catalog is known.

        Raises:
            RunnerFailed: No runner comes up, and no author file is to blame.
        """
        await self._fork.start()
        try:
            await self._load()
        except BaseException:
            await self.close()
            raise
        if self._settings.watch:
            self._spawn(self._watch())
        self._spawn(self._fleet.tend())

    async def close(self) -> None:
        """End every process of the pool; runs in flight end as interrupted."""
        await self._fleet.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._fork.close()
        self._fleet.end_all()
        # Transports and processes are let go in the loop's next turns.
        await asyncio.sleep(0.01)

    @property
    def catalog(self) -> Catalog:
        """What the author files declare, as of the newest generation that answers."""
        return self._catalog

    def status(self) -> PoolStatus:
        """The runners as they are now."""
        return self._fleet.status(len(self._catalog.errors))

    async def prepare(
        self, kind: Kind, name: str, parameters: Mapping[str, Any], *, org_id: str | None = None
    ) -> PreparedRun:
        """Find a runner that answers now, and have it check the parameters.

        Raises:
            ValidationError: The SDK's; the parameters are wrong (`details["fields"]`).
            UnknownDeclaration: No such workflow or data provider.
            NoRunnerAvailable: No runner answered within `prepare_seconds`.
        """
        return await self._prepare(kind, name, parameters, org_id)

    async def _prepare(
        self, kind: Kind, name: str, parameters: Mapping[str, Any], org_id: str | None
    ) -> PoolRun:
        metadata = find_metadata(self._catalog, kind, name)
        promise = await Offers(self._fleet, self._settings, kind, name, parameters).find(org_id)
        return PoolRun(
            metadata,
            promise,
            start_seconds=self._settings.start_seconds,
            again=lambda: self._prepare(kind, name, promise.parameters, org_id),
        )

    async def _load(self) -> None:
        """Start a runner with the files as they are now; once it is ready it is the newest generation."""
        self._arrived(await self._bring_up.bring_up(self._fleet.generation + 1))

    def _arrived(self, arrival: Arrival) -> None:
        """Let a runner join its generation, or begin a new one if it imported other files than the rest."""
        runner = arrival.runner
        if arrival.fingerprint == self._fingerprint:
            runner.generation = self._fleet.generation
        elif arrival.number < self._newest_arrival:
            runner.drain()  # it began before the files changed, and was slower than one that began after
        else:
            self._newest_arrival = arrival.number
            runner.generation = self._fleet.generation + 1
            self._fingerprint = arrival.fingerprint
            self._catalog = arrival.catalog
            self._fleet.promote(runner.generation)
            for error in arrival.catalog.errors:
                logger.warning("Author file %s, line %s: %s", error.source_file, error.line, error.message)
            if self._on_catalog is not None:
                self._spawn(self._tell_catalog(arrival.catalog))
        self._fleet.changed()

    async def _tell_catalog(self, catalog: Catalog) -> None:
        assert self._on_catalog is not None
        try:
            await self._on_catalog(catalog)
        except Exception:
            logger.exception("The new catalog could not be published.")

    async def _watch(self) -> None:
        async for changed in watch_sources(self._root, self._settings.debounce_seconds):
            if any(is_shared(self._root, path) for path in changed):
                self._bring_up.forget_exclusions()
            await self._reload()

    async def _reload(self) -> None:
        """Load the files anew, instead of a load that is under way with older ones."""
        if await asyncio.to_thread(fingerprint, self._root) == self._fingerprint:
            return
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self._spawn(self._reload_quietly())

    async def _reload_quietly(self) -> None:
        try:
            await self._load()
        except (RunnerFailed, ForkServerGone) as error:
            logger.error("The changed author files could not be loaded: %s", error)

    def _add(self, runner: Runner) -> None:
        self._fleet.add(runner)

    def _runner_changed(self) -> None:
        self._fleet.changed()

    def _exited(self, pid: int, status: int) -> None:
        if (runner := self._fleet.find(pid)) is not None:
            runner.exited(status)

    def _not_niced(self, pid: int) -> None:
        # It recovered, but we lack the privilege to give it its priority back.
        if (runner := self._fleet.find(pid)) is not None:
            runner.drain()

    def _fork_server_gone(self) -> None:
        logger.error("The fork server has ended; it is started again.")
        self._fleet.end_all()
        self._spawn(self._restart())

    async def _restart(self) -> None:
        await asyncio.sleep(RESTART_SECONDS)
        await self._fork.close()
        await self._fork.start()
        self._fleet.balance()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
