"""Client organizations: list, create, change, deactivate."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from msp_core.errors import Conflict, Invalid, PreconditionFailed
from msp_core.ids import GLOBAL, OrgId, new_id, parse_org_id
from msp_core.models import utc_now
from msp_core.organizations.copies import WarmCopies
from msp_core.organizations.models import (
    Organization,
    OrganizationCreate,
    OrganizationUpdate,
    TenantLink,
    TenantLinkStatus,
)
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope, PermissionGrant, no_access
from msp_core.permissions.repository import PermissionRepository
from msp_core.storage import Stored
from msp_core.users.models import User, UserType

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class OrganizationService:
    """The MSP's clients."""

    def __init__(
        self,
        organizations: OrganizationRepository,
        grants: PermissionRepository,
        stamps: Stamps,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._organizations = organizations
        self._grants = grants
        self._stamps = stamps
        self._warm: WarmCopies[OrgId, list[Stored[Organization]]] = WarmCopies(limit=1, clock=clock)

    async def list_for(self, user: User) -> list[Organization]:
        """The organizations this person may see, by name.

        Admins see all, inactive ones too; technicians the active ones where they have any permission;
        client users their own.

        Args:
            user: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.
        """
        return [stored.value for stored in await self.list_stored_for(user)]

    async def list_stored_for(self, user: User) -> list[Stored[Organization]]:
        """The same with their versions."""
        return [stored for stored, _ in await self.list_granted_to(user)]

    async def list_granted_to(self, user: User) -> list[tuple[Stored[Organization], PermissionGrant | None]]:
        """The same with what the person was granted in each; None where that is not what counts."""
        if user.user_type is UserType.ORG:
            own = None if user.org_id is None else await self._organizations.find(user.org_id)
            return [(own, None)] if own is not None and own.value.is_home_of(user.tenant_id) else []
        if user.is_msp_admin:
            return [(one, None) for one in _by_name(await self._every())]
        every, grants = await asyncio.gather(self._every(), self._grants.list_for_user(user.id))
        granted = {grant.org_id: grant for grant in grants if grant.permissions}
        return [
            (one, granted[one.value.id])
            for one in _by_name(every)
            if one.value.is_active and one.value.id in granted
        ]

    async def get(self, scope: OrgScope) -> Stored[Organization]:
        """The scope's organization as it is stored now.

        Raises:
            Forbidden: It is gone.
        """
        return await self._get(scope.org_id)

    async def get_any(self, scope: OrgScope, org_id: OrgId) -> Stored[Organization]:
        """Any organization, inactive ones too, for an admin.

        Raises:
            Forbidden: There is none such.
        """
        scope.require_admin()
        return await self._get(parse_org_id(org_id))

    async def create(
        self, scope: OrgScope, draft: OrganizationCreate, *, org_id: OrgId | None = None
    ) -> Stored[Organization]:
        """Make an organization.

        Args:
            org_id: A fixed id, for imports that must be repeatable; a fresh one otherwise.

        Raises:
            TenantTaken: Another active organization is linked to the tenant.
            Conflict: There is one with this id.
        """
        scope.require_admin()
        now, tenant_id = utc_now(), _parse_tenant_id(draft.tenant_id)
        organization = Organization(
            id=OrgId(new_id()) if org_id is None else parse_org_id(org_id),
            name=draft.name,
            tenant_id=tenant_id,
            tags=draft.tags,
            created_at=now,
            created_by=scope.user.id,
            updated_at=now,
            updated_by=scope.user.id,
            tenant_link=_fresh_link(tenant_id),
        )
        if tenant_id is not None:
            await self._organizations.claim_tenant(tenant_id, organization.id)
        stored = await self._organizations.insert(organization)
        await self._stamps.bump_organization(organization.id)
        return stored

    async def create_once(
        self, scope: OrgScope, draft: OrganizationCreate, *, org_id: OrgId
    ) -> Stored[Organization]:
        """Make an organization, or find the one that an earlier attempt made under this id.

        Raises:
            TenantTaken: Another active organization is linked to the tenant.
        """
        try:
            return await self.create(scope, draft, org_id=org_id)
        except Conflict:
            made = await self._organizations.find(org_id)
            if made is None:
                raise
            # Who reads the organization must see it from now on, as after `create`.
            await self._stamps.bump_organization(org_id)
            return made

    async def update(
        self, scope: OrgScope, org_id: OrgId, change: OrganizationUpdate, *, etag: str | None = None
    ) -> Stored[Organization]:
        """Rename, link, unlink, activate or deactivate; only properties that were given change.

        Raises:
            Forbidden: There is no such organization.
            TenantTaken: Another active organization is linked to the tenant.
            PreconditionFailed: The organization is not the one the caller saw.
        """
        scope.require_admin()
        before = await self._get(parse_org_id(org_id))
        if etag is not None and etag != before.etag:
            raise PreconditionFailed.changed(before.etag, "this organization")
        properties = _changed(change, before.value)
        after = before.value.model_copy(
            update={**properties, "updated_at": utc_now(), "updated_by": scope.user.id}
        )
        return await self._write(before, after)

    async def deactivate(
        self, scope: OrgScope, org_id: OrgId, *, etag: str | None = None
    ) -> Stored[Organization]:
        """Close an organization: from the next request on, nobody can act in it. Nothing is deleted.

        Raises:
            Forbidden: There is no such organization.
            PreconditionFailed: The organization is not the one the caller saw.
        """
        return await self.update(scope, org_id, OrganizationUpdate(is_active=False), etag=etag)

    async def record_link(self, scope: OrgScope, org_id: OrgId, link: TenantLink) -> Stored[Organization]:
        """Keep what a check of the tenant link found.

        Raises:
            Forbidden: There is no such organization.
            PreconditionFailed: The organization was changed while the check ran.
        """
        scope.require_admin()
        before = await self._get(parse_org_id(org_id))
        return await self._write(before, before.value.model_copy(update={"tenant_link": link}))

    async def _get(self, org_id: OrgId) -> Stored[Organization]:
        stored = None if org_id == GLOBAL else await self._organizations.find(org_id)
        if stored is None:
            raise no_access()
        return stored

    async def _every(self) -> list[Stored[Organization]]:
        now = self._warm.now()
        stamp = await self._stamps.read_organizations()
        copy = self._warm.find(GLOBAL, stamp=stamp, now=now)
        if copy is not None:
            return copy.value
        every = await self._warm.read_once(GLOBAL, stamp=stamp, read=self._read_every)
        self._warm.keep(GLOBAL, every, stamp=stamp, now=now)
        return every

    async def _read_every(self) -> list[Stored[Organization]]:
        return [stored async for stored in self._organizations.iter_all()]

    async def _write(self, before: Stored[Organization], after: Organization) -> Stored[Organization]:
        held = before.value.tenant_id if before.value.is_active else None
        wanted = after.tenant_id if after.is_active else None
        if wanted is not None and wanted != held:
            await self._organizations.claim_tenant(wanted, after.id)
        stored = await self._organizations.replace(after, etag=before.etag)
        if held is not None and held != wanted:
            await self._organizations.release_tenant(held, after.id)
        await self._stamps.bump_organization(after.id)
        return stored


def _by_name(organizations: Iterable[Stored[Organization]]) -> list[Stored[Organization]]:
    return sorted(organizations, key=lambda one: (one.value.name.casefold(), one.value.id))


def _changed(change: OrganizationUpdate, before: Organization) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if change.name is not None:
        properties["name"] = change.name
    if change.is_active is not None:
        properties["is_active"] = change.is_active
        if change.is_active and not before.is_active:
            properties["active_since"] = utc_now()
    if change.tags is not None and change.tags != before.tags:
        properties |= {"tags": change.tags, "tags_changed_at": utc_now()}
    if "tenant_id" in change.model_fields_set:
        tenant_id = _parse_tenant_id(change.tenant_id)
        if tenant_id != before.tenant_id:
            properties |= {"tenant_id": tenant_id, "tenant_link": _fresh_link(tenant_id)}
    return properties


def _fresh_link(tenant_id: str | None) -> TenantLink:
    status = TenantLinkStatus.NOT_LINKED if tenant_id is None else TenantLinkStatus.LINKED
    return TenantLink(status=status)


def _parse_tenant_id(text: str | None) -> str | None:
    if text is None:
        return None
    lowered = text.strip().lower()
    if _UUID.fullmatch(lowered) is None:
        raise Invalid.field(
            "tenantId", "must be the tenant's id (a UUID), as the Entra admin center shows it."
        )
    return lowered
