"""Idempotency keys past their time, those of creating requests and those of executions."""

from __future__ import annotations

from datetime import datetime

from msp_core.errors import PreconditionFailed
from msp_core.idempotency.service import KEPT
from msp_core.models import Model, UtcDatetime
from msp_core.storage import Storage, TableName, Where


class _Claim(Model):
    """What both kinds of rows have."""

    claimed_at: UtcDatetime


class KeyRetention:
    """Deletes keys that stand for nothing any more."""

    def __init__(self, storage: Storage) -> None:
        self._found = storage.table(TableName.IDEMPOTENCY_KEYS, _Claim, large_values=False, select=True)
        # Deletes large answers with their rows.
        self._rows = storage.table(TableName.IDEMPOTENCY_KEYS, _Claim)

    async def purge(self, now: datetime, *, limit: int = 1000) -> int:
        """Delete up to `limit` keys that were claimed 24 hours ago or earlier.

        A key that somebody claims afresh at this moment stays.

        Returns:
            How many there were; fewer than `limit` means that none is left.
        """
        expired = Where.le("claimedAt", now - KEPT)
        seen = 0
        async for row in self._found.iter_across_partitions(where=expired, limit=limit):
            seen += 1
            try:
                await self._rows.partition(row.partition_key).delete(row.row_key, etag=row.etag)
            except PreconditionFailed:
                continue
        return seen
