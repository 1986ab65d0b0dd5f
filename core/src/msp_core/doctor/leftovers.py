"""Rows that should be gone by now: idempotency keys, changes of secrets, records of deleted secrets.

A key without an answer or without its execution is no finding: the next request with it takes its place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import place, readable_rows, remove_derived
from msp_core.idempotency.models import ClaimedKey
from msp_core.idempotency.service import ANSWER_ROWS, KEPT
from msp_core.ids import OrgId
from msp_core.models import Model, UtcDatetime, utc_now
from msp_core.secrets.models import SecretChange, SecretRecord
from msp_core.secrets.names import vault_name
from msp_core.secrets.repository import CHANGES
from msp_core.storage import Storage, Stored, TableName, Where

PURGED_WITHIN: Final = timedelta(days=1)
"""Keys past their time go within the hour; a day later nobody purges."""

CHANGED_WITHIN: Final = timedelta(minutes=10)
"""Nobody changes a secret for so long."""

_LookAgain = Callable[[str, str, str], Awaitable[Diagnosis | None]]


class _Claim(Model):
    """What keys of both kinds have."""

    claimed_at: UtcDatetime


class IdempotencyKeys:
    """Keys of creating requests and of executions."""

    name = "idempotency keys"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        table = TableName.IDEMPOTENCY_KEYS
        self._found = storage.table(table, _Claim, large_values=False, select=True)
        # Deletes large answers with their rows.
        self._rows = storage.table(table, _Claim)
        self._answers = storage.table(table, ClaimedKey)
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Keys that should have been purged, and kept answers that cannot be read."""
        async for row in readable_rows(self._found):
            if isinstance(row, Suspect):
                yield row
            elif self._is_over(row):
                where = place(self._found.name, row.partition_key, row.row_key)
                yield Suspect(where, partial(self._look_again, where, row.partition_key, row.row_key))
        answers = Where.ge("RowKey", ANSWER_ROWS) & Where.lt("RowKey", ANSWER_ROWS[:-1] + ";")
        async for answer in readable_rows(self._answers, answers):
            if isinstance(answer, Suspect):
                yield answer

    async def _look_again(self, where: str, user_id: str, key: str) -> Diagnosis | None:
        row = await self._found.partition(user_id).find(key)
        if row is None or not self._is_over(row):
            return None
        return diagnosis(
            FindingKind.IDEMPOTENCY_KEY_LEFT_OVER,
            where,
            "A request used this Idempotency-Key more than two days ago; keys count for one day. The "
            "workflow engine purges them every hour: see that one runs.",
            "Deletes the key.",
            lambda: remove_derived(self._rows.partition(user_id), row),
        )

    def _is_over(self, row: Stored[_Claim]) -> bool:
        return row.value.claimed_at < self._now() - KEPT - PURGED_WITHIN


class SecretRows:
    """Table Secrets: marks of changes under way, and records against the vault; values are never read."""

    name = "records of secrets"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._vault = storage.vault
        self._changes = storage.table(TableName.SECRETS, SecretChange, large_values=False)
        self._records = storage.table(TableName.SECRETS, SecretRecord, large_values=False)
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Marks that nobody took away, and records of secrets that the vault does not have."""
        async for change in readable_rows(self._changes, Where.eq("PartitionKey", CHANGES)):
            if isinstance(change, Suspect):
                yield change
            elif self._is_over(change):
                yield self._suspect(change, self._look_at_change)
        names: frozenset[str] | None = None
        async for record in readable_rows(self._records, Where.ne("PartitionKey", CHANGES)):
            if isinstance(record, Suspect):
                yield record
                continue
            names = frozenset(await self._vault.list_names()) if names is None else names
            if vault_name(OrgId(record.partition_key), record.row_key) not in names:
                yield self._suspect(record, self._look_at_record)

    def _suspect(self, row: Stored[SecretChange] | Stored[SecretRecord], look_again: _LookAgain) -> Suspect:
        where = place(TableName.SECRETS, row.partition_key, row.row_key)
        return Suspect(where, partial(look_again, where, row.partition_key, row.row_key))

    async def _look_at_change(self, where: str, partition: str, key: str) -> Diagnosis | None:
        change = await self._changes.partition(partition).find(key)
        if change is None or not self._is_over(change):
            return None
        return diagnosis(
            FindingKind.SECRET_CHANGE_LEFT_OVER,
            where,
            "Whoever changed this secret crashed before they said that they were done. It keeps nobody from "
            "changing it; whether the value is the old or the new one, the vault knows.",
            "Removes the mark; the secret stays as it is.",
            lambda: remove_derived(self._changes.partition(partition), change),
        )

    async def _look_at_record(self, where: str, org_id: str, name: str) -> Diagnosis | None:
        # The record first: see `remove_derived`. The vault's value is written before, and deleted before.
        record = await self._records.partition(org_id).find(name)
        if record is None or vault_name(OrgId(org_id), name) in await self._vault.list_names():
            return None
        return diagnosis(
            FindingKind.SECRET_RECORD_LEFT_OVER,
            where,
            "This says who set a secret that the vault does not have: a deletion that stopped half-way, or "
            "one made in the vault itself.",
            "Removes the record; the vault decides which secrets there are.",
            lambda: remove_derived(self._records.partition(org_id), record),
        )

    def _is_over(self, change: Stored[SecretChange]) -> bool:
        return change.value.began_at < self._now() - CHANGED_WITHIN
