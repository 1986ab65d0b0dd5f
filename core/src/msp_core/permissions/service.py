"""Granting and revoking, and reading both directions of the index."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msp_core.errors import Forbidden, Invalid, NotFound
from msp_core.ids import OrgId, UserId, parse_org_id
from msp_core.models import utc_now
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope, PermissionFlags, PermissionGrant, no_access
from msp_core.permissions.repository import PermissionRepository
from msp_core.storage import Stored
from msp_core.users.models import User, UserType, parse_user_id
from msp_core.users.repository import UserRepository


class PermissionService:
    """What technicians may do where."""

    def __init__(
        self,
        grants: PermissionRepository,
        users: UserRepository,
        organizations: OrganizationRepository,
        stamps: Stamps,
    ) -> None:
        self._stamps = stamps
        self._grants = grants
        self._users = users
        self._organizations = organizations

    async def grant(
        self,
        scope: OrgScope,
        user_id: UserId,
        org_id: OrgId,
        flags: PermissionFlags,
        *,
        etag: str | None = None,
    ) -> Stored[PermissionGrant]:
        """Set what a technician may do in an organization, from their next request on.

        Raises:
            NotFound: There is no such user.
            Invalid: The user is a client user; those get roles.
            Forbidden: The caller is no admin, or there is no such organization.
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        scope.require_admin()
        user_id, org_id = parse_user_id(user_id), parse_org_id(org_id)
        user, organization = await asyncio.gather(self._users.find(user_id), self._organizations.find(org_id))
        if user is None:
            raise NotFound("There is no such user. A user appears here after signing in once.")
        if organization is None:
            raise no_access()
        if user.value.user_type is not UserType.MSP:
            raise Invalid.field("userId", "is a client user. Client users get roles, not permissions.")
        grant = PermissionGrant(
            user_id=user_id,
            org_id=org_id,
            granted_by=scope.user.id,
            granted_at=utc_now(),
            can_execute_workflows=flags.can_execute_workflows,
            can_manage_config=flags.can_manage_config,
            can_manage_forms=flags.can_manage_forms,
            can_view_history=flags.can_view_history,
        )
        stored = await self._grants.write(grant, etag=etag)
        await self._stamps.bump(user_id)
        return stored

    async def find(self, scope: OrgScope, user_id: UserId, org_id: OrgId) -> Stored[PermissionGrant] | None:
        """The grant as it stands, for an admin."""
        scope.require_admin()
        return await self._grants.find(parse_user_id(user_id), parse_org_id(org_id))

    async def revoke(
        self, scope: OrgScope, user_id: UserId, org_id: OrgId, *, etag: str | None = None
    ) -> None:
        """Take away everything a technician may do in an organization; fine if there was nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        scope.require_admin()
        user_id = parse_user_id(user_id)
        await self._grants.delete(user_id, parse_org_id(org_id), etag=etag)
        await self._stamps.bump(user_id)

    async def list_for_user(self, caller: User, user_id: UserId) -> list[PermissionGrant]:
        """Where one person may do what; for admins, and for the person.

        Args:
            caller: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.

        Raises:
            Forbidden: The caller is neither.
        """
        return [stored.value for stored in await self.list_stored_for_user(caller, user_id)]

    async def list_stored_for_user(self, caller: User, user_id: UserId) -> list[Stored[PermissionGrant]]:
        """The same with their versions, by organization."""
        user_id = parse_user_id(user_id)
        if not caller.is_msp_admin and caller.id != user_id:
            raise Forbidden("Only an MSP admin may see other people's permissions.")
        return await self._grants.list_stored_for_user(user_id)

    async def find_all(
        self, scope: OrgScope, grants: Sequence[PermissionGrant]
    ) -> list[Stored[PermissionGrant]]:
        """What these grants say by the table that counts, in the same order, for admins.

        The list of an organization comes from a mirror, which has no version of its own to hand out and
        may for moments show a grant that is gone.
        """
        scope.require_admin()
        found = await asyncio.gather(*(self._grants.find(one.user_id, one.org_id) for one in grants))
        return [one for one in found if one is not None]

    async def list_for_organization(self, scope: OrgScope, org_id: OrgId) -> list[PermissionGrant]:
        """Who may do what in one organization, for admins.

        Raises:
            Forbidden: The caller is no admin.
        """
        scope.require_admin()
        return await self._grants.list_for_organization(parse_org_id(org_id))
