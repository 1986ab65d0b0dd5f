"""Who somebody is: their record, where they may do what, their roles."""

from __future__ import annotations

import asyncio

from management_api.models.me import MeRead, MyOrganization
from management_api.models.permissions import PermissionFlagsRead
from management_api.models.roles import RoleRead
from management_api.models.users import UserRead
from msp_core.ids import OrgId
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.models import PermissionFlags
from msp_core.permissions.service import PermissionService
from msp_core.roles.service import RoleService
from msp_core.users.models import User

_ALL = PermissionFlags(
    can_execute_workflows=True, can_manage_config=True, can_manage_forms=True, can_view_history=True
)
_NONE = PermissionFlags()


class Profiles:
    """Puts together what a person may know of themselves."""

    def __init__(
        self, organizations: OrganizationService, permissions: PermissionService, roles: RoleService
    ) -> None:
        self._organizations = organizations
        self._permissions = permissions
        self._roles = roles

    async def of(self, user: User) -> MeRead:
        """The profile of whoever asks.

        Args:
            user: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.
        """
        organizations, grants, roles = await asyncio.gather(
            self._organizations.list_for(user),
            self._permissions.list_for_user(user, user.id),
            self._roles.list_for_user(user.id),
        )
        granted: dict[OrgId, PermissionFlags] = {grant.org_id: grant for grant in grants}
        return MeRead(
            user=UserRead.of(user, None),
            is_admin=user.is_msp_admin,
            organizations=tuple(
                MyOrganization(
                    id=one.id,
                    name=one.name,
                    is_active=one.is_active,
                    permissions=PermissionFlagsRead.model_validate(
                        _ALL if user.is_msp_admin else granted.get(one.id, _NONE)
                    ),
                )
                for one in organizations
            ),
            roles=tuple(RoleRead.of(role, None) for role in roles),
        )
