"""Brings runners up: forks them, has them import the author files, and leaves out a file that never ends."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msp_automation.metadata import Catalog, DiscoveryError
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.fork_client import ForkClient
from workflow_engine.runners.models import PoolSettings
from workflow_engine.runners.runner import Runner, RunnerEnded
from workflow_engine.runners.sources import file_digest

logger = logging.getLogger(__name__)

MOST_TRIES_WITHOUT_CULPRIT = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """A runner that is ready, and what it found.

    Attributes:
        number: Counts the starts: of two runners that found different files, the higher one is right.
    """

    number: int
    runner: Runner
    catalog: Catalog
    fingerprint: str


class RunnerFailed(Exception):
    """No runner comes up, and no author file is to blame."""


class BringUp:
    """Starts runners for one folder of author files."""

    def __init__(
        self,
        root: Path,
        settings: PoolSettings,
        fork: ForkClient,
        *,
        on_start: Callable[[Runner], None],
        on_change: Callable[[], None],
    ) -> None:
        self._root = root
        self._settings = settings
        self._fork = fork
        self._on_start = on_start
        self._on_change = on_change
        self._numbers = itertools.count(1)
        self._excluded: dict[str, tuple[str, str]] = {}

    async def bring_up(self, generation: int) -> Arrival:
        """Start one runner and wait for its catalog.

        Raises:
            RunnerFailed: It dies or hangs outside of any import.
            ForkServerGone: There is no fork server.
        """
        failures = 0
        while True:
            number = next(self._numbers)
            runner = Runner(generation, self._fork, self._settings, self._on_change)
            await runner.start(
                {
                    "root": str(self._root),
                    "excluded": self._exclusions(),
                    "memory_bytes": self._settings.memory_megabytes * 1_048_576,
                }
            )
            self._on_start(runner)
            try:
                frame = await self._wait_for_catalog(runner)
            except RunnerEnded as ended:
                culprit = await runner.where_it_imports(self._root)
                failures += culprit is None
                if failures >= MOST_TRIES_WITHOUT_CULPRIT:
                    raise RunnerFailed(f"No runner comes up: {ended}.") from ended
                self._exclude(culprit, str(ended))
            else:
                catalog = self._name_excluded(Catalog.model_validate(frame["catalog"]))
                return Arrival(number, runner, catalog, frame["fingerprint"])
            finally:
                if not runner.is_ready:
                    runner.kill("it did not come up")

    def forget_exclusions(self) -> None:
        """Try every file again: a helper that several of them import has changed."""
        self._excluded.clear()

    async def _wait_for_catalog(self, runner: Runner) -> Frame:
        limit = self._settings.discovery_seconds
        try:
            return await asyncio.wait_for(asyncio.shield(runner.catalog), limit)
        except TimeoutError:
            raise RunnerEnded(f"it took longer than {limit:g} s") from None

    def _exclude(self, file: str | None, reason: str) -> None:
        if file is None:
            return
        logger.error("Author file %s is left out: %s.", file, reason)
        message = (
            f"Importing this file was cut off: {reason}. "
            "Move work that waits, loops or ends the process into a function."
        )
        self._excluded[file] = (file_digest(self._root / file), message)

    def _name_excluded(self, catalog: Catalog) -> Catalog:
        """Put our own words for what was cut off in the place of the import error it became."""
        excluded = self._exclusions()
        told = [error for error in catalog.errors if error.source_file not in excluded]
        told += [DiscoveryError(source_file=file, message=message) for file, message in excluded.items()]
        return catalog.model_copy(update={"errors": sorted(told, key=lambda error: error.source_file)})

    def _exclusions(self) -> dict[str, str]:
        """What is left out now; a file that was edited since gets another chance."""
        for file, (digest, _) in list(self._excluded.items()):
            if file_digest(self._root / file) != digest:
                del self._excluded[file]
        return {file: message for file, (_, message) in self._excluded.items()}
