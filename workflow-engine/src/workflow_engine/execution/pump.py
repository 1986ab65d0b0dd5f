"""The local queue pump: what the Functions host does with its queue trigger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from msp_core.errors import MspError
from msp_core.storage import Queue, QueueMessage
from workflow_engine.background import Background
from workflow_engine.execution.consuming import Consuming

_log = structlog.get_logger(__name__)

IDLE_SECONDS: Final = 0.25
_MOST_TRIES: Final = 5
_BATCH: Final = 8


class QueuePump:
    """Takes messages with the host's rules.

    Messages are held while they are worked on; one that failed comes again after a while; after five tries
    it goes to the poison queue, and its execution ends. The copy there stays for whoever looks into it.

    Args:
        sent: Set when there is a message before the next round.
        visibility_seconds: How long a message is hidden at a time while it is worked on, and after a failure;
            also how soon the messages of an engine that died are taken up by another.
    """

    def __init__(
        self,
        consuming: Consuming,
        queue: Queue,
        poison: Queue,
        background: Background,
        *,
        sent: asyncio.Event | None = None,
        visibility_seconds: float = 30,
    ) -> None:
        self.sent = asyncio.Event() if sent is None else sent
        self._consuming = consuming
        self._queue = queue
        self._poison = poison
        self._background = background
        self._visibility_seconds = visibility_seconds
        self._room = asyncio.Semaphore(_BATCH)

    async def run(self) -> None:
        """Take messages as long as there are any, then come back after the next pause."""
        while True:
            async with self._room:
                messages = await self._queue.receive(max=1, visibility_seconds=self._visibility_seconds)
            if not messages:
                return
            for message in messages:
                await self._room.acquire()
                self._background.spawn(self._handle(message), name=f"message {message.id}")

    async def _handle(self, message: QueueMessage) -> None:
        try:
            if message.dequeue_count > _MOST_TRIES or message.body is None:
                await self._poison.send(message.body or {"unreadable": message.id})
                await self._queue.delete(message)
                await self._consuming.give_up(message.body or {})
            else:
                await self._work_on(message, message.body)
        except MspError as error:
            # Not deleted, so it comes again when its visibility runs out.
            _log.warning("message_failed", reason=error.message, tries=message.dequeue_count)
        finally:
            self._room.release()

    async def _work_on(self, message: QueueMessage, body: Mapping[str, Any]) -> None:
        held = _Held(self._queue, message, self._visibility_seconds)
        holding = asyncio.create_task(held.keep())
        try:
            await self._consuming.consume(body)
        except BaseException:
            await _stop(holding)
            await self._queue.extend(held.message, self._visibility_seconds)
            raise
        await _stop(holding)
        await self._queue.delete(held.message)


class _Held:
    """A message whose visibility is pushed on while it is worked on."""

    def __init__(self, queue: Queue, message: QueueMessage, seconds: float) -> None:
        self.message = message
        self._queue = queue
        self._seconds = seconds

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            with suppress(MspError):
                self.message = await self._queue.extend(self.message, self._seconds) or self.message


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
