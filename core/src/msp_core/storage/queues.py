"""Queues of JSON messages, written as the Functions host reads them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msp_core.errors import NotFound, TooLarge
from msp_core.storage.keys import check_container

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

    from msp_core.storage.connection import Connection

T = TypeVar("T")

_MAX_PAYLOAD_BYTES: Final = 48 * 1024
"""64 KiB in base64."""

_MAX_BATCH: Final = 32


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """A message that is ours until its visibility runs out.

    Args:
        body: What was sent; None when it is no JSON object, so nothing of ours.
        dequeue_count: How often it was received, this time included.
        pop_receipt: Proof that we hold it; changes with every `extend`.
    """

    id: str
    body: dict[str, Any] | None
    dequeue_count: int
    pop_receipt: str


class Queue:
    """One queue; it is created when the first message is sent."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.name = check_container(name)
        self._connection = connection

    async def send(self, message: Mapping[str, Any], *, delay_seconds: int = 0) -> None:
        """Add a message; it may arrive more than once. One request.

        Args:
            delay_seconds: Nobody sees it before.

        Raises:
            TooLarge: It is larger than 48 KiB as JSON.
        """
        payload = json.dumps(message, separators=(",", ":")).encode()
        if len(payload) > _MAX_PAYLOAD_BYTES:
            raise TooLarge("A queue message has at most 48 KiB.")
        text = base64.b64encode(payload).decode()
        client = await self._client()

        async def send() -> None:
            await client.send_message(text, visibility_timeout=delay_seconds or None, time_to_live=-1)

        await self._call_creating(send, "send to")

    async def receive(self, *, max: int = 1, visibility_seconds: float = 30) -> list[QueueMessage]:
        """Take up to `max` messages, which nobody else sees for that long. One request.

        Args:
            max: 1 to 32.
            visibility_seconds: Whole seconds, at least 1.
        """
        client = await self._client()

        async def receive() -> list[QueueMessage]:
            pages = client.receive_messages(
                messages_per_page=min(max, _MAX_BATCH), visibility_timeout=int(visibility_seconds)
            ).by_page()
            try:
                return [_message(message) async for message in await anext(pages)]
            except StopAsyncIteration:
                return []

        try:
            return await self._call(receive, "receive from")
        except NotFound:
            return []

    async def delete(self, message: QueueMessage) -> bool:
        """Take a message away for good; False if it was no longer ours. One request."""
        client = await self._client()

        async def delete() -> None:
            await client.delete_message(message.id, message.pop_receipt)

        return await self._while_ours(delete, "delete from")

    async def extend(self, message: QueueMessage, seconds: float) -> QueueMessage | None:
        """Hold a message for that much longer from now; None if it was no longer ours. One request."""
        client = await self._client()
        held: list[QueueMessage] = []

        async def extend() -> None:
            updated = await client.update_message(
                message.id, message.pop_receipt, visibility_timeout=int(seconds)
            )
            held.append(
                QueueMessage(message.id, message.body, message.dequeue_count, str(updated.pop_receipt))
            )

        return held[-1] if await self._while_ours(extend, "hold in") else None

    async def length(self) -> int:
        """About how many messages there are, held ones included."""
        client = await self._client()

        async def properties() -> int:
            return int((await client.get_queue_properties()).approximate_message_count or 0)

        try:
            return await self._call(properties, "look into")
        except NotFound:
            return 0

    async def _client(self) -> QueueClient:
        return (await self._connection.queues()).get_queue_client(self.name)

    async def _call(self, send: Callable[[], Awaitable[T]], verb: str) -> T:
        from msp_core.storage.faults import bounded

        return await bounded(send, self._connection.settings.bounds, what=f"{verb} {self.name}")

    async def _while_ours(self, send: Callable[[], Awaitable[None]], verb: str) -> bool:
        from azure.core.exceptions import HttpResponseError

        async def attempt() -> bool:
            try:
                await send()
            except HttpResponseError as fault:
                # 404: deleted; 400: another pop receipt holds now.
                if fault.status_code in {400, 404}:
                    return False
                raise
            return True

        return await self._call(attempt, verb)

    async def _call_creating(self, send: Callable[[], Awaitable[None]], verb: str) -> None:
        try:
            await self._call(send, verb)
        except NotFound:
            client = await self._client()

            async def create() -> None:
                from azure.core.exceptions import ResourceExistsError

                try:
                    await client.create_queue()
                except ResourceExistsError:
                    return

            await self._call(create, "create")
            await self._call(send, verb)


def _message(message: Any) -> QueueMessage:
    return QueueMessage(
        str(message.id), _body(message.content), int(message.dequeue_count or 1), str(message.pop_receipt)
    )


def _body(content: str) -> dict[str, Any] | None:
    try:
        body = json.loads(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        return None
    return body if isinstance(body, dict) else None
