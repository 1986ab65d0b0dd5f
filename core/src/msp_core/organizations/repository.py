"""Organization rows, and the claims that keep a tenant to one organization.

Table Organizations: partition `ORG` holds organizations by id; partition `TENANT` holds, by tenant id,
which organization is linked to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from msp_core.errors import Conflict, NotFound
from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, TenantClaim
from msp_core.storage import Storage, Stored, TableName

_CLAIM_SETTLES_AFTER: Final = timedelta(minutes=1)


class TenantTaken(Conflict):
    """Another active organization is linked to the tenant."""

    def __init__(self) -> None:
        super().__init__("Another organization is already linked to this tenant.")


class OrganizationRepository:
    """Reads and writes organizations."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.ORGANIZATIONS, Organization, large_values=False).partition("ORG")
        self._claims = storage.table(TableName.ORGANIZATIONS, TenantClaim, large_values=False).partition(
            "TENANT"
        )

    async def find(self, org_id: OrgId) -> Stored[Organization] | None:
        """The organization, active or not, or None."""
        return await self._rows.find(org_id)

    async def find_by_tenant(self, tenant_id: str) -> Organization | None:
        """The active organization linked to the tenant, or None."""
        claim = await self._claims.find(tenant_id)
        stored = None if claim is None else await self._rows.find(claim.value.org_id)
        # The organization's own row decides; a claim without it is left over from an aborted change.
        return stored.value if stored is not None and stored.value.is_home_of(tenant_id) else None

    def iter_all(self) -> AsyncIterator[Stored[Organization]]:
        """Every organization, by id."""
        return self._rows.iter()

    async def insert(self, organization: Organization) -> Stored[Organization]:
        """Store a new organization.

        Raises:
            Conflict: There is one with this id.
        """
        return await self._rows.insert(organization.id, organization)

    async def replace(self, organization: Organization, *, etag: str) -> Stored[Organization]:
        """Store a changed organization.

        Raises:
            PreconditionFailed: Somebody changed it first.
        """
        return await self._rows.replace(organization.id, organization, etag=etag)

    async def claim_tenant(self, tenant_id: str, org_id: OrgId) -> None:
        """Make the tenant this organization's, before the organization's own row says so.

        The claim is a conditional write, so of two organizations that want one tenant at the same
        moment, one gets it. A claim whose holder is gone, inactive or linked elsewhere is void after a
        minute: until then its holder may be about to write its row.

        Raises:
            TenantTaken: Another organization has it.
        """
        claim = TenantClaim(org_id=org_id, claimed_at=utc_now())
        existing = await self._claims.find(tenant_id)
        try:
            if existing is None:
                await self._claims.insert(tenant_id, claim)
            elif existing.value.org_id == org_id or await self._is_void(existing.value, tenant_id):
                # One's own old claim is renewed too, so that nobody can find it void at this moment.
                await self._claims.replace(tenant_id, claim, etag=existing.etag)
            else:
                raise TenantTaken
        except (Conflict, NotFound) as lost:
            raise TenantTaken from lost

    async def release_tenant(self, tenant_id: str, org_id: OrgId) -> None:
        """Give the tenant up, if it is this organization's."""
        existing = await self._claims.find(tenant_id)
        if existing is None or existing.value.org_id != org_id:
            return
        try:
            await self._claims.delete(tenant_id, etag=existing.etag)
        except (Conflict, NotFound):
            return

    async def _is_void(self, claim: TenantClaim, tenant_id: str) -> bool:
        if claim.claimed_at > utc_now() - _CLAIM_SETTLES_AFTER:
            return False
        holder = await self._rows.find(claim.org_id)
        return holder is None or not holder.value.is_home_of(tenant_id)
