"""One partition of a typed table: the only way to its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic

from azure.core import MatchConditions
from azure.data.tables import UpdateMode

from msp_core.errors import MspError, NotFound, PreconditionFailed, TooLarge
from msp_core.storage.codec import BLOB_SUFFIX, BODY, WRITE_ID, body_of, rows_of
from msp_core.storage.keys import check_key
from msp_core.storage.results import Delete, Insert, M, Page, Replace, Stored, Upsert
from msp_core.storage.where import Where

if TYPE_CHECKING:
    from azure.data.tables.aio import TableClient

    from msp_core.storage.tables import Table

Operation = Insert[M] | Upsert[M] | Replace[M] | Delete

MAX_OPERATIONS: Final = 100
MAX_PAGE: Final = 1000
_MAX_TRANSACTION_BYTES: Final = 4 * 1024 * 1024
_MAX_ROWS_BY_KEY: Final = 14
_AFTER_ANY_KEY: Final = "\uffff"


class Partition(Generic[M]):
    """One partition; no call of it reaches a row under another partition key."""

    def __init__(self, table: Table[M], key: str) -> None:
        self.key = key
        self._table = table

    async def get(self, row_key: str) -> Stored[M]:
        """The row. One request.

        Raises:
            NotFound: There is none.
        """
        found = await self.find(row_key)
        if found is None:
            raise NotFound("There is no such record.", details={"table": self._table.name})
        return found

    async def find(self, row_key: str) -> Stored[M] | None:
        """The row, or None. One request."""
        row = await self._read(check_key(row_key, what="rowKey"))
        if row is None:
            return None
        try:
            return await self._table.stored(row)
        except NotFound:
            # Its large value went away between two reads: the row was rewritten or deleted meanwhile.
            row = await self._read(row_key)
            return None if row is None else await self._table.stored(row)

    async def find_many(self, row_keys: Sequence[str]) -> dict[str, Stored[M]]:
        """Those of the rows that are there, by row key. One request for up to 14 rows."""
        if not row_keys:
            return {}
        if len(row_keys) > _MAX_ROWS_BY_KEY:
            raise ValueError(f"{len(row_keys)} row keys; one query takes {_MAX_ROWS_BY_KEY}")
        keys = [check_key(key, what="rowKey") for key in row_keys]
        any_of = Where.eq("RowKey", keys[0])
        for key in keys[1:]:
            any_of |= Where.eq("RowKey", key)
        rows = self._table.query(Where.eq("PartitionKey", self.key) & any_of, top=len(keys))
        return {row["RowKey"]: await self._table.stored(row) async for row in rows}

    async def insert(self, row_key: str, value: M) -> Stored[M]:
        """Write a row that must not be there yet. One request.

        Raises:
            Conflict: It is there.
        """

        async def send(client: TableClient, row: dict[str, Any], body: dict[str, Any]) -> str:
            made = await client.create_entity(row, response_preference="return-no-content", **body)
            return str(made["etag"])

        return await self._write(row_key, value, "insert into", send)

    async def upsert(self, row_key: str, value: M) -> Stored[M]:
        """Write a row whatever was there. One request."""

        async def send(client: TableClient, row: dict[str, Any], body: dict[str, Any]) -> str:
            made = await client.upsert_entity(row, UpdateMode.REPLACE, **body)
            return str(made["etag"])

        return await self._write(row_key, value, "write to", send)

    async def merge(self, row_key: str, value: M, *, etag: str | None = None) -> Stored[M]:
        """Write the columns that `value` has, those that are not None, and leave the others. One request.

        Args:
            etag: Only into the version that it names; None makes the row if need be.

        Raises:
            PreconditionFailed: An `etag` was given and somebody changed the row first.
            NotFound: An `etag` was given and somebody deleted the row first.
        """

        async def send(client: TableClient, row: dict[str, Any], body: dict[str, Any]) -> str:
            if etag is None:
                made = await client.upsert_entity(row, UpdateMode.MERGE, **body)
            else:
                condition = MatchConditions.IfNotModified
                made = await client.update_entity(
                    row, UpdateMode.MERGE, etag=etag, match_condition=condition, **body
                )
            return str(made["etag"])

        return await self._write(row_key, value, "merge into", send)

    async def replace(self, row_key: str, value: M, *, etag: str) -> Stored[M]:
        """Write a row only if it is still the version that `etag` names. One request.

        Raises:
            PreconditionFailed: Somebody changed it first; `details["currentEtag"]` is their version.
            NotFound: Somebody deleted it first.
        """

        async def send(client: TableClient, row: dict[str, Any], body: dict[str, Any]) -> str:
            condition = MatchConditions.IfNotModified
            made = await client.update_entity(
                row, UpdateMode.REPLACE, etag=etag, match_condition=condition, **body
            )
            return str(made["etag"])

        try:
            stored = await self._write(row_key, value, "replace in", send)
        except PreconditionFailed as lost:
            raise await self._telling_version(row_key, lost) from None
        if self._table.large_values is not None:
            await self._table.large_values.forget_version(self.key, self._table.name, row_key, etag)
        return stored

    async def delete(self, row_key: str, *, etag: str | None = None) -> None:
        """Delete a row; one that is gone already is fine. One request (large values: more).

        Raises:
            PreconditionFailed: An `etag` was given and the row has changed since; as for `replace`.
        """
        check_key(row_key, what="rowKey")
        client = await self._table.client()
        options: dict[str, Any] = {}
        if etag is not None:
            options = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        has_large = False
        if self._table.large_values is not None:
            row = await self._read(row_key)
            has_large = row is not None and any(name.endswith(BLOB_SUFFIX) for name in row)
        try:
            await self._table.call(lambda: client.delete_entity(self.key, row_key, **options), "delete from")
        except PreconditionFailed as lost:
            raise await self._telling_version(row_key, lost) from None
        if has_large and self._table.large_values is not None:
            await self._table.large_values.delete_row(self.key, self._table.name, row_key)

    async def list_page(
        self,
        *,
        limit: int = 50,
        after: str | None = None,
        until: str | None = None,
        prefix: str | None = None,
        where: Where | None = None,
    ) -> Page[M]:
        """Up to `limit` rows in key order, however short the pages are that Azure answers with.

        Args:
            limit: 1 to 999.
            after: Row key to start behind; it need not exist.
            until: Row key to stop before.
            prefix: Only row keys that start so.
        """
        if not 1 <= limit < MAX_PAGE:
            raise ValueError(f"limit is {limit}; it must be between 1 and {MAX_PAGE - 1}")
        condition = self._range(after, until, prefix, where)
        rows: list[dict[str, Any]] = []
        async for row in self._table.query(condition, top=limit + 1):
            rows.append(row)
            if len(rows) > limit:
                break
        has_more = len(rows) > limit
        items = await self._stored_rows(rows[:limit])
        return Page(items, rows[limit - 1]["RowKey"] if has_more else None)

    async def iter(
        self, *, prefix: str | None = None, where: Where | None = None
    ) -> AsyncIterator[Stored[M]]:
        """All rows in key order, read page by page."""
        async for row in self._table.query(self._range(None, None, prefix, where), top=MAX_PAGE):
            yield await self._table.stored(row)

    async def transact(self, operations: Sequence[Operation[M]]) -> None:
        """Carry out all operations or none. One request.

        Raises:
            Conflict: An inserted row is there.
            PreconditionFailed: A row is not the version it had to be.
            NotFound: A row to replace or delete is not there.
            TooLarge: More than 100 operations, 4 MiB, or a value that belongs into a blob.
        """
        if not operations:
            return
        if len(operations) > MAX_OPERATIONS:
            raise TooLarge(f"A transaction has at most {MAX_OPERATIONS} operations.")
        parts = [self._part(operation) for operation in operations]
        if sum(len(str(part[1])) for part in parts) > _MAX_TRANSACTION_BYTES // 2:
            raise TooLarge("A transaction carries at most 4 MiB.")
        client = await self._table.client()

        async def send() -> bool:
            await client.submit_transaction(parts)
            return True

        async def settle() -> bool | None:
            for part in parts:
                if WRITE_ID in part[1]:
                    return await self._is_ours(part[1]["RowKey"], part[1][WRITE_ID])
            return None

        await self._table.call_creating(send, "transaction in", settle)

    def _part(self, operation: Operation[M]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        row: dict[str, Any] = {
            "PartitionKey": self.key,
            "RowKey": check_key(operation.row_key, what="rowKey"),
        }
        conditions: dict[str, Any] = {}
        if isinstance(operation, Replace | Delete) and operation.etag is not None:
            conditions = {"etag": operation.etag, "match_condition": MatchConditions.IfNotModified}
        if isinstance(operation, Delete):
            return "delete", row, conditions
        columns, large = self._table.codec.encode(operation.value)
        if large:
            raise TooLarge(f"{', '.join(large)} is too large to be part of a transaction.")
        row.update(columns)
        if isinstance(operation, Insert):
            return "create", row, {}
        verb = "upsert" if isinstance(operation, Upsert) else "update"
        return verb, row, {"mode": UpdateMode.REPLACE, **conditions}

    async def _write(
        self,
        row_key: str,
        value: M,
        verb: str,
        send: Callable[[TableClient, dict[str, Any], dict[str, Any]], Awaitable[str]],
    ) -> Stored[M]:
        keys = {"PartitionKey": self.key, "RowKey": check_key(row_key, what="rowKey")}
        columns, large = self._table.codec.encode(value)
        pointers: dict[str, str] = {}
        if large:
            if self._table.large_values is None:
                raise TooLarge(f"{', '.join(large)} is larger than this record takes.")
            pointers = await self._table.large_values.write(
                self.key, self._table.name, row_key, columns[WRITE_ID], large
            )
        client = await self._table.client()
        body = {BODY: body_of({**keys, **columns, **pointers})}

        async def settle() -> str | None:
            found = await self._ours(row_key, columns[WRITE_ID])
            return None if found is None else str(found["odata.etag"])

        etag = await self._table.call_creating(lambda: send(client, keys, body), verb, settle)
        if pointers and self._table.large_values is not None:
            self._table.large_values.remember_version(etag, list(pointers.values()))
        return Stored(value, etag, self.key, row_key)

    async def _telling_version(self, row_key: str, lost: PreconditionFailed) -> PreconditionFailed:
        """The version that won, for who lost; nobody else pays for this read."""
        try:
            row = await self._read(row_key)
        except MspError:
            return lost
        return PreconditionFailed.changed(None if row is None else str(row["odata.etag"]))

    async def _is_ours(self, row_key: str, write_id: str) -> bool | None:
        return True if await self._ours(row_key, write_id) is not None else None

    async def _ours(self, row_key: str, write_id: str) -> dict[str, Any] | None:
        client = await self._table.client()
        [row] = rows_of(await client.get_entity(self.key, row_key))
        return row if row.get(WRITE_ID) == write_id else None

    async def _read(self, row_key: str) -> dict[str, Any] | None:
        client = await self._table.client()
        try:
            answer = await self._table.call(lambda: client.get_entity(self.key, row_key), "read from")
        except NotFound:
            return None
        return rows_of(answer)[0]

    async def _stored_rows(self, rows: list[dict[str, Any]]) -> list[Stored[M]]:
        if self._table.large_values is None:
            return [await self._table.stored(row) for row in rows]
        return list(await asyncio.gather(*(self._table.stored(row) for row in rows)))

    def _range(self, after: str | None, until: str | None, prefix: str | None, where: Where | None) -> Where:
        condition = Where.eq("PartitionKey", self.key)
        if after is not None:
            condition &= Where.gt("RowKey", check_key(after, what="cursor"))
        if until is not None:
            condition &= Where.lt("RowKey", check_key(until, what="until"))
        if prefix is not None:
            check_key(prefix, what="prefix")
            condition &= Where.ge("RowKey", prefix) & Where.lt("RowKey", prefix + _AFTER_ANY_KEY)
        return condition if where is None else condition & where
