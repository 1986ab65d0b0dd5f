"""What follows the end of an execution, done behind the answer and for many at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from msp_core.errors import MspError
from msp_core.executions.models import Execution
from msp_core.executions.repository import ExecutionRepository

_AT_ONCE: Final = 100


class Settling:
    """Writes the index rows of ended executions, then takes their live rows away.

    An end is durable once its own row is written. The rest can wait, since the live row stays until it is
    done: should this process die first, the reaper finds that row and does the same. Ends that come close
    together share their storage operations.

    Args:
        linger: How long the first of several ends waits for the others. Measured against Azurite: of 20 rows
            in one transaction each costs half of what it costs alone.
    """

    def __init__(
        self, repository: ExecutionRepository, *, linger: timedelta = timedelta(milliseconds=250)
    ) -> None:
        self._repository = repository
        self._linger = linger
        self._waiting: list[Execution] = []
        self._task: asyncio.Task[None] | None = None
        self._in_a_hurry = asyncio.Event()

    def add(self, ended: Execution) -> None:
        """Settle this execution soon."""
        self._waiting.append(ended)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._settle())

    async def drain(self) -> None:
        """Settle everything added without lingering, and wait for that; what fails is left to the reaper."""
        self._in_a_hurry.set()
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})
        self._in_a_hurry.clear()

    async def _settle(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._in_a_hurry.wait(), self._linger.total_seconds())
            some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                await self._repository.settle(some)
            except MspError:
                # The live rows are still there: the reaper finds them once their leases have run out.
                continue
