"""Tasks that outlive the request that started them, none of them lost from sight."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any, TypeVar

import structlog

from msp_core.errors import MspError

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class Background:
    """Holds on to running tasks: the event loop itself keeps only weak references."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(
        self, work: Coroutine[Any, Any, T], *, name: str, context: Context | None = None
    ) -> asyncio.Task[T]:
        """Run `work` beside the caller; a failure that nobody awaits is logged."""
        task = asyncio.create_task(work, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def every(
        self,
        seconds: float,
        work: Callable[[], Awaitable[None]],
        *,
        name: str,
        delay_seconds: float = 0,
        nudge: asyncio.Event | None = None,
    ) -> asyncio.Task[None]:
        """Do `work` now and then again `seconds` after each time it ended, until closed.

        Args:
            delay_seconds: Begin later, with what the first requests should not wait for.
            nudge: Set by whoever knows that there is work before that; also while `work` is at it.
        """
        sooner = asyncio.Event() if nudge is None else nudge

        async def loop() -> None:
            await asyncio.sleep(delay_seconds)
            while True:
                sooner.clear()
                try:
                    await work()
                except MspError as error:
                    _log.warning("background_round_failed", task=name, reason=error.message)
                except Exception:  # noqa: BLE001 - the outermost loop of a trigger: one bad round must not end all
                    _log.exception("background_round_failed", task=name)
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await sooner.wait()

        return self.spawn(loop(), name=name)

    async def drain(self, *, timeout_seconds: float) -> None:
        """Wait until every task has ended by itself, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_seconds)

    async def close(self) -> None:
        """Cancel what is left and wait for it."""
        while self._tasks:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(self._tasks, timeout=5)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("background_task_failed", task=task.get_name(), exc_info=error)
