"""Grant rows: UserPermissions is what counts, OrgPermissions is its mirror."""

from __future__ import annotations

from msp_core.ids import OrgId, UserId
from msp_core.permissions.models import PermissionGrant
from msp_core.storage import Storage, Stored, TableName


class PermissionRepository:
    """Reads and writes grants, both ways of the index."""

    def __init__(self, storage: Storage) -> None:
        self._by_user = storage.table(TableName.USER_PERMISSIONS, PermissionGrant, large_values=False)
        self._by_organization = storage.table(TableName.ORG_PERMISSIONS, PermissionGrant, large_values=False)

    async def find(self, user_id: UserId, org_id: OrgId) -> Stored[PermissionGrant] | None:
        """The grant that every check asks for."""
        return await self._by_user.partition(user_id).find(org_id)

    async def list_for_user(self, user_id: UserId) -> list[PermissionGrant]:
        """All grants of one person."""
        return [stored.value async for stored in self._by_user.partition(user_id).iter()]

    async def list_for_organization(self, org_id: OrgId) -> list[PermissionGrant]:
        """All grants in one organization, as the mirror has them."""
        return [stored.value async for stored in self._by_organization.partition(org_id).iter()]

    async def write(self, grant: PermissionGrant) -> None:
        """Store a grant; a repetition changes nothing."""
        await self._by_user.partition(grant.user_id).upsert(grant.org_id, grant)
        await self._by_organization.partition(grant.org_id).upsert(grant.user_id, grant)

    async def delete(self, user_id: UserId, org_id: OrgId) -> None:
        """Remove a grant; a repetition changes nothing."""
        await self._by_user.partition(user_id).delete(org_id)
        await self._by_organization.partition(org_id).delete(user_id)
