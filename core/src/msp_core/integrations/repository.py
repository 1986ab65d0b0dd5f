"""Integration rows: table Integrations, partition = organization or GLOBAL.

`integration:{type}` holds settings, `test:{type}` what the last test came to: a test of inherited
settings must not make a row that looks like settings of the organization's own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from msp_core.ids import OrgId
from msp_core.integrations.models import IntegrationRow, IntegrationTest
from msp_core.storage import Storage, Stored, TableName, Where

_SETTINGS: Final = "integration:"
_TEST: Final = "test:"


class IntegrationRepository:
    """Reads and writes integration settings and test results."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.INTEGRATIONS, IntegrationRow, large_values=False)
        self._tests = storage.table(TableName.INTEGRATIONS, IntegrationTest, large_values=False)

    async def list_all(self, org_id: OrgId) -> list[IntegrationRow]:
        """Every row of one organization (or GLOBAL), by type."""
        return [stored.value for stored in await self.list_stored(org_id)]

    async def list_stored(self, org_id: OrgId) -> list[Stored[IntegrationRow]]:
        """The same with their versions."""
        return [stored async for stored in self._rows.partition(org_id).iter(prefix=_SETTINGS)]

    async def find(self, org_id: OrgId, kind: str) -> Stored[IntegrationRow] | None:
        """One row as stored, or None."""
        return await self._rows.partition(org_id).find(_SETTINGS + kind)

    async def write(
        self, org_id: OrgId, row: IntegrationRow, *, etag: str | None = None
    ) -> Stored[IntegrationRow]:
        """Store settings.

        Raises:
            PreconditionFailed: `etag` is given and the row is another by now.
        """
        partition = self._rows.partition(org_id)
        if etag is None:
            return await partition.upsert(_SETTINGS + row.type, row)
        return await partition.replace(_SETTINGS + row.type, row, etag=etag)

    async def delete(self, org_id: OrgId, kind: str, *, etag: str | None = None) -> None:
        """Remove settings and the test result; without `etag` a repetition changes nothing."""
        await self._rows.partition(org_id).delete(_SETTINGS + kind, etag=etag)
        await self._tests.partition(org_id).delete(_TEST + kind)

    async def list_tests(self, org_id: OrgId) -> dict[str, IntegrationTest]:
        """The last test result of each type."""
        rows = self._tests.partition(org_id).iter(prefix=_TEST)
        return {stored.row_key.removeprefix(_TEST): stored.value async for stored in rows}

    async def write_test(self, org_id: OrgId, kind: str, result: IntegrationTest) -> None:
        """Keep what a test came to."""
        await self._tests.partition(org_id).upsert(_TEST + kind, result)

    async def iter_across_organizations(self) -> AsyncIterator[tuple[OrgId, IntegrationRow]]:
        """All settings of all organizations."""
        # The test results share the table; ";" is the character behind ":".
        where = Where.ge("RowKey", _SETTINGS) & Where.lt("RowKey", _SETTINGS[:-1] + ";")
        async for stored in self._rows.iter_across_partitions(where=where):
            yield OrgId(stored.partition_key), stored.value
