"""The scope resolver: the only place that turns (person, organization, permission) into a scope."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from msp_core.errors import Forbidden, Invalid
from msp_core.identity.models import Principal
from msp_core.ids import GLOBAL, OrgId, parse_org_id
from msp_core.organizations.models import Organization
from msp_core.organizations.snapshot import OrganizationSnapshot
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.organizations.stamps import RequestStamps, Stamps
from msp_core.permissions.access import AccessReader
from msp_core.permissions.actors import Actor
from msp_core.permissions.models import ALL_PERMISSIONS, OrgScope, Permission, PermissionGrant, no_access
from msp_core.users.models import User, UserType
from msp_core.users.service import UserService


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a request is decided on."""

    user: User
    grant: PermissionGrant | None
    organization: Organization
    snapshot: OrganizationSnapshot
    stamps: RequestStamps

    def scope(self, permissions: frozenset[Permission]) -> OrgScope:
        return OrgScope(
            org_id=self.organization.id,
            organization=self.organization,
            user=self.user,
            permissions=permissions,
            is_admin=self.user.is_msp_admin,
            snapshot=self.snapshot,
            stamps=self.stamps,
        )


class ScopeResolver:
    """Decides who may act in which organization.

    The person, their grant and the organization come from warm copies that are checked against their stamps
    in each request, with one read; disabling and revoking write the stamp, so they work on the next request.
    """

    def __init__(
        self, users: UserService, access: AccessReader, snapshots: OrganizationSnapshots, stamps: Stamps
    ) -> None:
        self._users = users
        self._access = access
        self._snapshots = snapshots
        self._stamps = stamps

    async def resolve(
        self, principal: Principal, org_id: str | None, needs: Permission | None = None
    ) -> OrgScope:
        """The scope of one of the MSP's people in an organization.

        Args:
            org_id: As it came from outside.
            needs: The permission they must have there; None: any of the four. Admins have all.

        Raises:
            Invalid: `org_id` is missing or no UUID.
            Forbidden: There is no such organization, it is inactive, or the caller lacks what is needed:
                one and the same answer for all of them. Client users are always refused here.
            AccountDisabled: The caller's account is disabled.
            NoAccess: The caller's tenant is nobody's.
        """
        found = await self._read(principal, org_id)
        if found.user.user_type is not UserType.MSP:
            raise no_access()
        permissions = _permissions_of(found.user, found.grant)
        if not permissions or (needs is not None and needs not in permissions):
            raise no_access()
        return found.scope(permissions)

    async def resolve_member(self, principal: Principal, org_id: str | None) -> OrgScope:
        """The scope of anybody who has to do with an organization: as `resolve`, or its own people.

        A client user gets a scope without any of the four permissions, and only while the organization
        is linked to the tenant they signed in with.

        Raises:
            Invalid: `org_id` is missing or no UUID.
            Forbidden: As for `resolve`.
            AccountDisabled: The caller's account is disabled.
            NoAccess: The caller's tenant is nobody's.
        """
        found = await self._read(principal, org_id)
        user, organization = found.user, found.organization
        if user.user_type is UserType.MSP:
            permissions = _permissions_of(user, found.grant)
            if not permissions:
                raise no_access()
            return found.scope(permissions)
        if user.org_id != organization.id or not organization.is_home_of(principal.tenant_id):
            raise no_access()
        return found.scope(frozenset())

    async def resolve_admin(self, principal: Principal) -> OrgScope:
        """The platform-wide scope of an MSP admin; its organization id is `GLOBAL`.

        Raises:
            Forbidden: The caller is no admin.
            AccountDisabled: The caller's account is disabled.
            NoAccess: The caller's tenant is nobody's.
        """
        user = await self._user(principal)
        if not user.is_msp_admin:
            raise Forbidden("Only an MSP admin may do this.")
        return OrgScope(
            org_id=GLOBAL, organization=None, user=user, permissions=ALL_PERMISSIONS, is_admin=True
        )

    async def resolve_actor(self, actor: Actor, org_id: OrgId, permission: Permission) -> OrgScope:
        """The scope of a schedule or webhook in one organization: this permission, for one run.

        Args:
            org_id: `GLOBAL` for a workflow that needs no organization.
            permission: What the workflow asks for; whoever set the actor up was checked then.

        Raises:
            Forbidden: There is no such organization, or it is inactive.
        """
        snapshot = await self._snapshots.get(org_id)
        organization = None if snapshot is None else snapshot.organization
        is_there = org_id == GLOBAL or (organization is not None and organization.is_active)
        if snapshot is None or not is_there:
            raise no_access()
        return OrgScope(
            org_id=org_id,
            organization=organization,
            user=actor.user,
            permissions=frozenset({permission}),
            is_admin=False,
            snapshot=snapshot,
        )

    async def resolve_user(self, principal: Principal) -> User:
        """The caller's record, with the effective admin right; made, and the sign-in noted, as needed.

        Raises:
            AccountDisabled: The caller's account is disabled.
            NoAccess: The caller's tenant is nobody's.
        """
        return await self._users.sign_in(principal)

    async def _read(self, principal: Principal, org_id: str | None) -> _Reading:
        parsed = _parse(org_id)
        access_now, snapshot_now = self._access.now(), self._snapshots.now()
        stamps = await self._stamps.read_all(parsed, principal.user_id)
        access, snapshot = await asyncio.gather(
            self._access.get(principal.user_id, parsed, stamp=stamps.person, now=access_now),
            self._snapshots.get_as_of(parsed, stamp=stamps.pair, now=snapshot_now),
        )
        if access is None:
            user, grant = await self._users.sign_in(principal), None
        else:
            user, grant = self._users.admit(access.user, principal), access.grant
        organization = None if snapshot is None else snapshot.organization
        if snapshot is None or organization is None or not organization.is_active:
            raise no_access()
        return _Reading(user, grant, organization, snapshot, stamps)

    async def _user(self, principal: Principal) -> User:
        user = await self._users.find(principal.user_id)
        return await self._users.sign_in(principal) if user is None else self._users.admit(user, principal)


def _parse(org_id: str | None) -> OrgId:
    if org_id is None or not org_id.strip():
        raise Invalid.field("X-Organization-Id", "is missing: name the organization this is about.")
    return parse_org_id(org_id, field="X-Organization-Id")


def _permissions_of(user: User, grant: PermissionGrant | None) -> frozenset[Permission]:
    if user.is_msp_admin:
        return ALL_PERMISSIONS
    return frozenset() if grant is None else grant.permissions
