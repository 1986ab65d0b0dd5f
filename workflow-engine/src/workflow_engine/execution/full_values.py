"""What is too large for a run's record or its log: kept whole beside them, cut visibly in its place."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

WriteValue = Callable[[str, bytes], Awaitable[None]]

_SHOWN_CHARACTERS: Final = 1000


class FullValues:
    """Takes values that were redacted already, and writes them with the next flush.

    Args:
        write: Keeps one value under its id.
        attempt: Part of each id, so that attempts do not overwrite each other.
        most: How many are kept; those after it are cut for good, and their place says so.
        most_bytes: How much is kept in all.
    """

    def __init__(
        self, write: WriteValue, *, attempt: int = 1, most: int = 100, most_bytes: int = 64 * 1024 * 1024
    ) -> None:
        self._write = write
        self._attempt = attempt
        self._most = most
        self._left = most_bytes
        self._count = 0
        self._waiting: dict[str, bytes] = {}

    def cut(self, kind: str, value: Any) -> dict[str, Any]:
        """What stands in the value's place: its size, its beginning, and under which id the whole is kept.

        Args:
            kind: One word for the id, such as `checkpoint`.
        """
        text = json.dumps(value, default=str)
        note: dict[str, Any] = {
            "truncated": True,
            "bytes": len(text),
            "start": text[:_SHOWN_CHARACTERS],
            "fullValue": self._keep(kind, text.encode()),
        }
        return note

    def _keep(self, kind: str, content: bytes) -> str | None:
        if self._count >= self._most or len(content) > self._left:
            return None
        self._count += 1
        self._left -= len(content)
        value_id = f"{kind}-{self._attempt}-{self._count}"
        self._waiting[value_id] = content
        return value_id

    async def flush(self) -> None:
        """Write what waits; a failure leaves it for the next time.

        Raises:
            Unavailable: Storage is away.
        """
        for value_id, content in list(self._waiting.items()):
            await self._write(value_id, content)
            self._waiting.pop(value_id, None)
