"""Audit rows: table AuditLog, row key `{reverse ms}_{id}`, newest first.

Each entry lies in the partition of its organization (or GLOBAL), and again in `ALL`, where the newest of
all organizations are read in one query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from msp_core.audit.models import AuditEntry
from msp_core.ids import OrgId, reverse_milliseconds
from msp_core.storage import Page, Storage, TableName, Where

_ALL: Final = "ALL"


class AuditRepository:
    """Writes entries, never changes one, and reads them page by page."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.AUDIT_LOG, AuditEntry)

    async def insert(self, entry: AuditEntry) -> None:
        """Store an entry and its mirror."""
        row_key = f"{reverse_milliseconds(entry.at)}_{entry.id}"
        await asyncio.gather(
            self._rows.partition(entry.org_id).insert(row_key, entry),
            self._rows.partition(_ALL).insert(row_key, entry),
        )

    async def list_page(
        self, org_id: OrgId | None, *, limit: int, after: str | None, conditions: Sequence[Where]
    ) -> Page[AuditEntry]:
        """Some entries of one organization, or of all for None; newest first."""
        where: Where | None = None
        for condition in conditions:
            where = condition if where is None else where & condition
        partition = self._rows.partition(_ALL if org_id is None else org_id)
        return await partition.list_page(limit=limit, after=after, where=where)
