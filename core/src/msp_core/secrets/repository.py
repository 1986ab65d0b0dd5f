"""Who set which secret when: table Secrets, partition = organization or GLOBAL, row key = name.

Partition `CHANGING` holds a row, for moments, for each secret whose value is being changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from msp_core.errors import Conflict, NotFound, Unavailable
from msp_core.ids import OrgId, new_id
from msp_core.models import utc_now
from msp_core.secrets.models import SecretChange, SecretRecord
from msp_core.secrets.names import vault_name
from msp_core.storage import Storage, Stored, TableName

CHANGES: Final = "CHANGING"

# Longer than the slowest comparison and write; who holds it longer has crashed.
_CHANGE_LASTS: Final = timedelta(seconds=30)
_LOOK_AGAIN_SECONDS: Final = 0.05
_MOST_LOOKS: Final = 100


EndTurn = Callable[[], Coroutine[Any, Any, None]]


class SecretRepository:
    """Reads and writes what is known of secrets besides their values."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.SECRETS, SecretRecord, large_values=False)
        self._changes = storage.table(TableName.SECRETS, SecretChange, large_values=False).partition(CHANGES)

    async def list_all(self, org_id: OrgId) -> dict[str, Stored[SecretRecord]]:
        """The records of one organization (or GLOBAL), by name."""
        return {stored.row_key: stored async for stored in self._rows.partition(org_id).iter()}

    async def find(self, org_id: OrgId, name: str) -> Stored[SecretRecord] | None:
        """One record, or None."""
        return await self._rows.partition(org_id).find(name)

    async def write(self, org_id: OrgId, record: SecretRecord) -> Stored[SecretRecord]:
        """Store a record."""
        return await self._rows.partition(org_id).upsert(record.name, record)

    async def delete(self, org_id: OrgId, name: str) -> None:
        """Remove a record; a repetition changes nothing."""
        await self._rows.partition(org_id).delete(name)

    @asynccontextmanager
    async def exclusively(self, org_id: OrgId, name: str) -> AsyncIterator[EndTurn]:
        """Be the only one, over all processes, who changes this secret's value until the block ends.

        Key Vault has no conditional writes; a row that only one can insert takes their place.

        Returns:
            What ends the turn before the block does, beside other work.

        Raises:
            Unavailable: Others change it all the time.
        """
        held = await self._begin(vault_name(org_id, name))
        is_over = False

        async def end() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                await self._end(held)

        try:
            yield end
        finally:
            await end()

    async def _begin(self, key: str) -> Stored[SecretChange]:
        mine = SecretChange(id=new_id(), began_at=utc_now())
        for _ in range(_MOST_LOOKS):
            try:
                return await self._changes.insert(key, mine)
            except Conflict:
                other = await self._changes.find(key)
            try:
                if other is not None and other.value.began_at < utc_now() - _CHANGE_LASTS:
                    return await self._changes.replace(key, mine, etag=other.etag)
            except (Conflict, NotFound):
                pass  # somebody was quicker, or has just ended
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            mine = mine.model_copy(update={"began_at": utc_now()})
        raise Unavailable("This secret is being changed by somebody else.")

    async def _end(self, held: Stored[SecretChange]) -> None:
        try:
            await self._changes.delete(held.row_key, etag=held.etag)
        except (Conflict, NotFound):
            return  # it took too long, and somebody else has begun
