"""Typed tables: how rows travel and where; what may be done with them is in `partitions`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from msp_core.storage.codec import BLOB_SUFFIX, Codec, rows_of
from msp_core.storage.faults import ContainerMissing, bounded
from msp_core.storage.keys import check_key
from msp_core.storage.partitions import Partition
from msp_core.storage.results import M, Stored
from msp_core.storage.where import Where

if TYPE_CHECKING:
    from azure.data.tables.aio import TableClient

    from msp_core.storage.connection import Connection
    from msp_core.storage.large_values import LargeValues

T = TypeVar("T")

_MAX_TOP: Final = 1000


class Table(Generic[M]):
    """One table whose rows are all of one model.

    Args:
        large_values: Where texts go that are too large for a column; None refuses them with `TooLarge`.
        select: Queries ask for the model's columns only, where rows have more.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        model: type[M],
        large_values: LargeValues | None,
        *,
        select: bool = False,
    ) -> None:
        self.name = name
        self.codec = Codec(model)
        self.large_values = large_values
        self._select = ["PartitionKey", "RowKey", *self.codec.columns()] if select else None
        self._connection = connection
        self._client: TableClient | None = None

    def partition(self, key: str) -> Partition[M]:
        """The rows under one partition key, and no others.

        Raises:
            Invalid: Table Storage cannot hold such a key.
        """
        return Partition(self, check_key(key, what="partitionKey"))

    async def iter_across_partitions(
        self, *, where: Where | None = None, limit: int | None = None
    ) -> AsyncIterator[Stored[M]]:
        """All rows of all partitions in key order; reads the whole table, so for timers and repairs only."""
        seen = 0
        async for row in self.query(where, top=min(limit or _MAX_TOP, _MAX_TOP)):
            yield await self.stored(row)
            seen += 1
            if limit is not None and seen >= limit:
                return

    async def query(self, where: Where | None, *, top: int) -> AsyncIterator[dict[str, Any]]:
        """Raw rows; pages that are short or empty but not the last are simply passed over."""
        client = await self.client()
        if where is None:
            pages = client.list_entities(results_per_page=top, select=self._select).by_page()
        else:
            text, parameters = where.compile()
            pages = client.query_entities(
                text, parameters=parameters, results_per_page=top, select=self._select
            ).by_page()

        async def next_page() -> list[dict[str, Any]] | None:
            try:
                return [row async for answer in await anext(pages) for row in rows_of(answer)]
            except StopAsyncIteration:
                return None

        while True:
            try:
                page = await self.call(next_page, "query")
            except ContainerMissing:
                return
            if page is None:
                return
            for row in page:
                yield row

    async def client(self) -> TableClient:
        """The SDK's client of this table."""
        if self._client is None:
            self._client = await self._connection.tables(self.name)
        return self._client

    def forget_client(self) -> None:
        """Make a new client on the next call."""
        self._client = None

    async def call(
        self,
        send: Callable[[], Awaitable[T]],
        verb: str,
        settle: Callable[[], Awaitable[T | None]] | None = None,
    ) -> T:
        """One request within the bounds."""
        bounds = self._connection.settings.bounds
        return await bounded(send, bounds, what=f"{verb} {self.name}", settle=settle)

    async def call_creating(
        self,
        send: Callable[[], Awaitable[T]],
        verb: str,
        settle: Callable[[], Awaitable[T | None]] | None = None,
    ) -> T:
        """One request within the bounds; a table that is not there yet is created on the way."""
        try:
            return await self.call(send, verb, settle)
        except ContainerMissing:
            await self._create()
            return await self.call(send, verb, settle)

    async def _create(self) -> None:
        from azure.core.exceptions import ResourceExistsError

        client = await self.client()

        async def create() -> None:
            try:
                await client.create_table()
            except ResourceExistsError:
                return

        await self.call(create, "create")

    async def stored(self, row: dict[str, Any]) -> Stored[M]:
        """The row as its model, with large values fetched."""
        if self.large_values is not None and any(name.endswith(BLOB_SUFFIX) for name in row):
            row = await self.large_values.fetch(row)
        return self._stored(row)

    def _stored(self, row: dict[str, Any]) -> Stored[M]:
        return Stored(self.codec.decode(row), row["odata.etag"], row["PartitionKey"], row["RowKey"])
