"""Audit entries that are kept no longer."""

from __future__ import annotations

from datetime import datetime

from msp_core.ids import reverse_milliseconds
from msp_core.models import Model
from msp_core.storage import Storage, TableName, Where


class _Keys(Model):
    """An entry of which only the keys matter."""


class AuditRetention:
    """Deletes entries with their mirrors; may be interrupted anywhere and repeated.

    The whole table is looked through, not the list of all organizations: an entry whose mirror a crash
    prevented must go as well.
    """

    def __init__(self, storage: Storage) -> None:
        self._found = storage.table(TableName.AUDIT_LOG, _Keys, large_values=False, select=True)
        # Deletes large values with their rows.
        self._rows = storage.table(TableName.AUDIT_LOG, _Keys)

    async def purge(self, before: datetime, *, limit: int = 1000) -> int:
        """Delete up to `limit` rows from before this moment; an entry has two.

        Returns:
            How many there were; fewer than `limit` means that none is left.
        """
        # "`" is the character behind the "_" in `{reverse ms}_{id}`: the older, the greater.
        older = Where.ge("RowKey", reverse_milliseconds(before) + "`")
        gone = 0
        async for row in self._found.iter_across_partitions(where=older, limit=limit):
            await self._rows.partition(row.partition_key).delete(row.row_key)
            gone += 1
        return gone
