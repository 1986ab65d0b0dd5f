"""Walking tables in bounded memory, and writes that hold beside a running platform."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.errors import Conflict, NotFound
from msp_core.models import Model
from msp_core.storage import Partition, Storage, Stored, Table, TableName, Where
from msp_core.storage.codec import UnreadableRow

T = TypeVar("T")
K = TypeVar("K")
M = TypeVar("M", bound=Model)

CHUNK: Final = 200
"""How many rows are held and compared at once."""

_READS_AT_ONCE: Final = 16
_MAX_KNOWN: Final = 10_000
_WORTH_A_RANGE: Final = 4
_RANGE_ROWS: Final = 1000
_PAGE: Final = 1000


class Keys(Model):
    """A row of which only the keys matter."""


def keys_of(storage: Storage, name: TableName) -> Table[Keys]:
    """A table read for its keys, whatever its rows are."""
    return storage.table(name, Keys, large_values=False, select=True)


async def readable_rows(table: Table[M], where: Where | None = None) -> AsyncIterator[Stored[M] | Suspect]:
    """Every row of a table, or those that fit; an unreadable one comes as a suspect and stops nothing."""
    async for row in table.query(where, top=_PAGE):
        yield await _read(table, row)


async def _read(table: Table[M], row: dict[str, Any]) -> Stored[M] | Suspect:
    try:
        return await table.stored(row)
    except (NotFound, UnreadableRow):
        # Not found: its large value is lost, or the row was rewritten since the page was read.
        return unreadable(table, row["PartitionKey"], row["RowKey"])


def unreadable(table: Table[M], partition_key: str, row_key: str) -> Suspect:
    """A row that its model does not fit, or whose large value is gone."""
    where = place(table.name, partition_key, row_key)

    async def look_again() -> Diagnosis | None:
        try:
            await table.partition(partition_key).find(row_key)
        except (NotFound, UnreadableRow) as error:
            return diagnosis(
                FindingKind.ROW_UNREADABLE,
                where,
                f"This row cannot be read, and neither can lists that have it. {error.message}",
                "Nothing: only a person can tell what it should say. Restore it, or write it anew.",
            )
        return None

    return Suspect(where, look_again)


def place(table: str, partition_key: str, row_key: str) -> str:
    """Where a row lies, for people."""
    return f"{table}: {partition_key} / {row_key}"


async def chunks(rows: AsyncIterator[T], size: int = CHUNK) -> AsyncIterator[list[T]]:
    """The items in lists of up to `size`."""
    some: list[T] = []
    async for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The items by what `key` says of them."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


async def at_once(work: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """The results in order, with a bounded number of requests on the way."""
    gate = asyncio.Semaphore(_READS_AT_ONCE)

    async def one(each: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await each()

    return list(await asyncio.gather(*(one(each) for each in work)))


async def those_there(partition: Partition[Keys], wanted: Iterable[str]) -> set[str]:
    """Those of the wanted rows that are there.

    Keys that lie close together cost one range of the partition, others a read each.
    """
    keys = set(wanted)
    if len(keys) > _WORTH_A_RANGE:
        there: set[str] = set()
        left = _RANGE_ROWS
        between = Where.ge("RowKey", min(keys)) & Where.le("RowKey", max(keys))
        async for row in partition.iter(where=between):
            if row.row_key in keys:
                there.add(row.row_key)
            left -= 1
            if left == 0:
                break
        else:
            return there
        keys -= there
        return there | await _found_one_by_one(partition, keys)
    return await _found_one_by_one(partition, keys)


async def _found_one_by_one(partition: Partition[Keys], keys: Iterable[str]) -> set[str]:
    found = await at_once([partial(partition.find, key) for key in keys])
    return {row.row_key for row in found if row is not None}


class Known(Generic[K]):
    """Remembers which keys are there, for as many as memory should hold."""

    def __init__(self, is_there: Callable[[K], Awaitable[bool]]) -> None:
        self._is_there = is_there
        self._answers: OrderedDict[K, bool] = OrderedDict()

    def forget(self) -> None:
        """Ask afresh from here on."""
        self._answers.clear()

    async def has(self, key: K) -> bool:
        """As it was when the key was asked for first."""
        if key not in self._answers:
            self._answers[key] = await self._is_there(key)
            while len(self._answers) > _MAX_KNOWN:
                self._answers.popitem(last=False)
        return self._answers[key]

    async def has_now(self, key: K) -> bool:
        """As it is now."""
        return await self._is_there(key)


async def insert_derived(
    partition: Partition[M], row_key: str, value: M, still_holds: Callable[[], Awaitable[bool]]
) -> bool:
    """Write a row that follows from another one, unless somebody wrote it first.

    What it follows from is read again afterwards: were it gone, so goes the row. A writer who removes both
    removes the authority first, so either we see it gone here, or they remove our row too.

    Returns:
        Whether the row was missing, is written, and stays.
    """
    try:
        written = await partition.insert(row_key, value)
    except Conflict:
        return False
    return await _keep_while(partition, written, still_holds)


async def replace_derived(
    partition: Partition[M], before: Stored[M], value: M, still_holds: Callable[[], Awaitable[bool]]
) -> bool:
    """The same for a row that is there and says something else; only that very version is replaced."""
    try:
        written = await partition.replace(before.row_key, value, etag=before.etag)
    except (Conflict, NotFound):
        return False
    return await _keep_while(partition, written, still_holds)


async def remove_derived(partition: Partition[M], before: Stored[M]) -> bool:
    """Remove this very version of a row.

    The row must have been read before what it follows from was found missing: a writer who adds both writes
    the authority first, so their mirror is a newer version, which stays.

    Returns:
        Whether it was still that version.
    """
    try:
        await partition.delete(before.row_key, etag=before.etag)
    except (Conflict, NotFound):
        return False
    return True


async def _keep_while(
    partition: Partition[M], written: Stored[M], still_holds: Callable[[], Awaitable[bool]]
) -> bool:
    if await still_holds():
        return True
    await remove_derived(partition, written)
    return False
