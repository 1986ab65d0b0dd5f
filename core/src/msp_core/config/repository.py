"""Configuration rows: table OrgConfig, partition = organization or GLOBAL, row key `config:{key}`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from msp_core.config.models import ConfigItem, ConfigType
from msp_core.ids import GLOBAL, OrgId
from msp_core.storage import Storage, Stored, TableName, Where

_PREFIX: Final = "config:"


class ConfigRepository:
    """Reads and writes configuration values."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.ORG_CONFIG, ConfigItem, large_values=False)

    async def list_all(self, org_id: OrgId) -> list[ConfigItem]:
        """Every value of one organization (or GLOBAL), by key."""
        return [stored.value for stored in await self.list_stored(org_id)]

    async def list_stored(self, org_id: OrgId) -> list[Stored[ConfigItem]]:
        """The same with their versions."""
        return [stored async for stored in self._rows.partition(org_id).iter(prefix=_PREFIX)]

    async def find(self, org_id: OrgId, key: str) -> Stored[ConfigItem] | None:
        """One value as stored, or None."""
        return await self._rows.partition(org_id).find(_PREFIX + key)

    async def write(
        self, org_id: OrgId, item: ConfigItem, *, instead_of: Stored[ConfigItem] | None
    ) -> Stored[ConfigItem]:
        """Store a value in place of this version of it; None: where there is none yet.

        Raises:
            Conflict: There is one.
            PreconditionFailed: The row is another by now.
            NotFound: The row is gone.
        """
        partition = self._rows.partition(org_id)
        if instead_of is None:
            return await partition.insert(_PREFIX + item.key, item)
        return await partition.replace(_PREFIX + item.key, item, etag=instead_of.etag)

    async def upsert(self, org_id: OrgId, item: ConfigItem, *, etag: str | None = None) -> Stored[ConfigItem]:
        """Store a value whatever was there.

        Raises:
            PreconditionFailed: `etag` is given and the row is another by now.
        """
        partition = self._rows.partition(org_id)
        if etag is None:
            return await partition.upsert(_PREFIX + item.key, item)
        return await partition.replace(_PREFIX + item.key, item, etag=etag)

    async def delete(self, org_id: OrgId, key: str, *, etag: str | None = None) -> None:
        """Remove a value; without `etag` a repetition changes nothing."""
        await self._rows.partition(org_id).delete(_PREFIX + key, etag=etag)

    async def iter_own_across_organizations(self) -> AsyncIterator[tuple[OrgId, ConfigItem]]:
        """All values that organizations have of their own."""
        async for stored in self._rows.iter_across_partitions(where=Where.ne("PartitionKey", GLOBAL)):
            yield OrgId(stored.partition_key), stored.value

    async def list_secret_references(self, org_id: OrgId) -> list[ConfigItem]:
        """The values of one organization that name a secret."""
        where = Where.eq("type", ConfigType.SECRET_REF.value)
        return [
            stored.value async for stored in self._rows.partition(org_id).iter(prefix=_PREFIX, where=where)
        ]

    async def iter_secret_references_across_organizations(self) -> AsyncIterator[tuple[OrgId, ConfigItem]]:
        """All values of all organizations that name a secret."""
        where = Where.eq("type", ConfigType.SECRET_REF.value)
        async for stored in self._rows.iter_across_partitions(where=where):
            yield OrgId(stored.partition_key), stored.value
