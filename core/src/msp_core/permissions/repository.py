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
        return [stored.value for stored in await self.list_stored_for_user(user_id)]

    async def list_stored_for_user(self, user_id: UserId) -> list[Stored[PermissionGrant]]:
        """The same with their versions, by organization."""
        return [stored async for stored in self._by_user.partition(user_id).iter()]

    async def list_for_organization(self, org_id: OrgId) -> list[PermissionGrant]:
        """All grants in one organization, as the mirror has them."""
        return [stored.value async for stored in self._by_organization.partition(org_id).iter()]

    async def write(self, grant: PermissionGrant, *, etag: str | None = None) -> Stored[PermissionGrant]:
        """Store a grant; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
            NotFound: `etag` is given and somebody took the grant away first.
        """
        mine = self._by_user.partition(grant.user_id)
        if etag is None:
            stored = await mine.upsert(grant.org_id, grant)
        else:
            stored = await mine.replace(grant.org_id, grant, etag=etag)
        await self._by_organization.partition(grant.org_id).upsert(grant.user_id, grant)
        return stored

    async def delete(self, user_id: UserId, org_id: OrgId, *, etag: str | None = None) -> None:
        """Remove a grant; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        await self._by_user.partition(user_id).delete(org_id, etag=etag)
        await self._by_organization.partition(org_id).delete(user_id)
