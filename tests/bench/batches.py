"""Many rows in few requests: what the seeding of the large bars writes with."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Generic, Self

from msp_core.storage import Insert, Table
from msp_core.storage.results import M

_ROWS = 100
_AT_ONCE = 2


class Batches(Generic[M]):
    """Inserts rows into a table, one entity-group transaction for a hundred of one partition.

    To be left as a context manager: that sends the rest and waits for everything.
    """

    def __init__(self, table: Table[M]) -> None:
        self._table = table
        self._waiting: dict[str, list[Insert[M]]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._sending = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._sending.__aenter__()
        return self

    async def add(self, partition_key: str, row_key: str, value: M) -> None:
        """Insert a row with the next transaction of its partition."""
        rows = self._waiting.setdefault(partition_key, [])
        rows.append(Insert(row_key, value))
        if len(rows) == _ROWS:
            await self._send(partition_key)

    async def _send(self, partition_key: str) -> None:
        rows = self._waiting.pop(partition_key)
        await self._room.acquire()
        task = self._sending.create_task(self._table.partition(partition_key).transact(rows))
        task.add_done_callback(lambda _: self._room.release())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            for partition_key in list(self._waiting):
                await self._send(partition_key)
        await self._sending.__aexit__(kind, error, trace)
