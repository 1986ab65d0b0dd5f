"""Whose history somebody may view, over all organizations."""

from __future__ import annotations

import asyncio

from msp_core.errors import Forbidden
from msp_core.organizations.models import Organization
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.service import PermissionService
from msp_core.users.models import User, UserType


class HistoryReach:
    """Decides anew in each request: a right that was revoked counts no longer."""

    def __init__(self, organizations: OrganizationService, permissions: PermissionService) -> None:
        self._organizations = organizations
        self._permissions = permissions

    async def organizations_of(self, caller: User) -> list[Organization]:
        """Those whose history the caller may view: an admin's all, a technician's where they have the right.

        Args:
            caller: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.

        Raises:
            Forbidden: The caller is a client user.
        """
        require_msp(caller)
        if caller.is_msp_admin:
            return await self._organizations.list_for(caller)
        grants, visible = await asyncio.gather(
            self._permissions.list_for_user(caller, caller.id), self._organizations.list_for(caller)
        )
        granted = {grant.org_id for grant in grants if grant.can_view_history}
        return [one for one in visible if one.id in granted]


def require_msp(caller: User) -> None:
    """Refuse client users what is about several organizations."""
    if caller.user_type is not UserType.MSP:
        raise Forbidden("Only the MSP's own people may see this.")
