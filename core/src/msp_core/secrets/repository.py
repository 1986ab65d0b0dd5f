"""Who set which secret when: table Secrets, partition = organization or GLOBAL, row key = name."""

from __future__ import annotations

from msp_core.ids import OrgId
from msp_core.secrets.models import SecretRecord
from msp_core.storage import Storage, TableName


class SecretRepository:
    """Reads and writes what is known of secrets besides their values."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.SECRETS, SecretRecord, large_values=False)

    async def list_all(self, org_id: OrgId) -> dict[str, SecretRecord]:
        """The records of one organization (or GLOBAL), by name."""
        return {stored.row_key: stored.value async for stored in self._rows.partition(org_id).iter()}

    async def write(self, org_id: OrgId, record: SecretRecord) -> None:
        """Store a record."""
        await self._rows.partition(org_id).upsert(record.name, record)

    async def delete(self, org_id: OrgId, name: str) -> None:
        """Remove a record; a repetition changes nothing."""
        await self._rows.partition(org_id).delete(name)
