"""All runners of a pool: which one gets work, which is replaced, and when more are needed."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine

from workflow_engine.runners.bring_up import Arrival, RunnerFailed
from workflow_engine.runners.fork_client import ForkServerGone
from workflow_engine.runners.models import PoolSettings, PoolStatus
from workflow_engine.runners.runner import Runner

logger = logging.getLogger(__name__)

# After a runner failed to come up, the next attempt waits this long.
RETRY_SECONDS = 1.0
# A runner beyond the wanted number that has had no work for so long is let go.
SURPLUS_IDLE_SECONDS = 3.0


class Fleet:
    """The runners that live, of the newest generation and of older ones that are draining.

    Args:
        bring_up: Starts one runner of a generation.
        on_arrival: Told of each runner that is ready, before it gets work.
    """

    def __init__(
        self,
        settings: PoolSettings,
        *,
        bring_up: Callable[[int], Coroutine[None, None, Arrival]],
        on_arrival: Callable[[Arrival], None],
    ) -> None:
        self.generation = 0
        self.is_closing = False
        self._settings = settings
        self._bring_up = bring_up
        self._on_arrival = on_arrival
        self._runners: set[Runner] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._failed_at = 0.0
        self._change: asyncio.Future[None] | None = None

    def add(self, runner: Runner) -> None:
        """Take in a runner that was just forked."""
        self._runners.add(runner)

    def promote(self, generation: int) -> None:
        """Make this generation the one that gets work, and drain the older ones."""
        self.generation = generation
        for runner in [runner for runner in self._runners if runner.generation < generation]:
            runner.drain()

    def choose(self, org_id: str | None, passed_over: set[Runner]) -> Runner | None:
        """The best runner for new work: quiet, with the fewest runs, warm for this organization."""
        able = [
            runner
            for runner in self._runners
            if runner.may_work and runner.generation == self.generation and runner not in passed_over
        ]
        return min(
            able,
            key=lambda runner: (
                runner.health.is_busy,
                runner.in_flight,
                runner.last_org != org_id,
                runner.pid,
            ),
            default=None,
        )

    def grow(self) -> None:
        """Start one more runner, if the maximum allows it and none is on its way."""
        if self._starting or self.is_closing or self._size() >= self._settings.max_runners:
            return
        self._start_one()

    def next_change(self) -> "asyncio.Future[None]":
        """Resolves when a runner comes, goes, recovers or has room again."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        return self._change

    def changed(self) -> None:
        """Wake whoever waits for a runner, and see whether more or fewer are needed."""
        for runner in [runner for runner in self._runners if runner.is_over]:
            self._runners.discard(runner)
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
        self.balance()

    def balance(self) -> None:
        """Replace what is stuck, busy or gone."""
        if self.is_closing or self.generation == 0 or time.monotonic() - self._failed_at < RETRY_SECONDS:
            return
        healthy = self._healthy()
        missing = self._settings.runners - len(healthy) - len(self._starting)
        for _ in range(min(missing, self._settings.max_runners - self._size())):
            self._start_one()

    async def tend(self) -> None:
        """Ask each runner how it is, for ever."""
        while True:
            now = time.monotonic()
            for runner in list(self._runners):
                runner.check(now)
                if self._is_worn(runner) or runner.is_haunted(now):
                    runner.drain()
            self._let_go(now)
            self.balance()
            await asyncio.sleep(self._settings.ping_seconds)

    def find(self, pid: int) -> Runner | None:
        """The runner with that process id."""
        return next((runner for runner in self._runners if runner.pid == pid), None)

    def end_all(self) -> None:
        """Take note that all processes are gone; new ones are started a little later."""
        self._failed_at = time.monotonic()
        for runner in list(self._runners):
            runner.end(None)
        self._runners.clear()

    async def close(self) -> None:
        """Start nothing any more."""
        self.is_closing = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)

    def status(self, discovery_errors: int) -> PoolStatus:
        """The runners as a health page shows them."""
        ordered = sorted(self._runners, key=lambda runner: (runner.generation, runner.pid))
        return PoolStatus(
            generation=self.generation,
            runners=[runner.status() for runner in ordered],
            ready=len(self._healthy()),
            wanted=self._settings.runners,
            maximum=self._settings.max_runners,
            discovery_errors=discovery_errors,
        )

    def _healthy(self) -> list[Runner]:
        return [
            runner
            for runner in self._runners
            if runner.is_ready
            and not runner.is_draining
            and not runner.health.is_wanting
            and runner.generation == self.generation
        ]

    def _let_go(self, now: float) -> None:
        """Drain one of those that were only needed for a while."""
        healthy = self._healthy()
        idle = [runner for runner in healthy if runner.has_been_idle(now, SURPLUS_IDLE_SECONDS)]
        if len(healthy) > self._settings.runners and idle:
            max(idle, key=lambda runner: runner.served).drain()

    def _size(self) -> int:
        return sum(runner.is_ready for runner in self._runners) + len(self._starting)

    def _is_worn(self, runner: Runner) -> bool:
        limit = self._settings.recycle_above_megabytes * 1_048_576
        return not runner.is_draining and (
            runner.served >= self._settings.recycle_after_runs or runner.health.rss_bytes > limit
        )

    def _start_one(self) -> None:
        task = asyncio.create_task(self._add_one())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _add_one(self) -> None:
        try:
            self._on_arrival(await self._bring_up(self.generation))
        except (RunnerFailed, ForkServerGone) as error:
            self._failed_at = time.monotonic()
            if not self.is_closing:
                logger.error("A runner could not be started: %s", error)
