"""Who somebody is: their record, where they may do what, their roles."""

from __future__ import annotations

import asyncio

from management_api.models.me import MeRead, MyOrganization
from management_api.models.permissions import PermissionFlagsRead
from management_api.models.roles import RoleRead
from management_api.models.users import UserRead
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.models import PermissionFlags
from msp_core.roles.service import RoleService
from msp_core.users.models import User

_ALL = PermissionFlagsRead(
    can_execute_workflows=True, can_manage_config=True, can_manage_forms=True, can_view_history=True
)


class Profiles:
    """Puts together what a person may know of themselves."""

    def __init__(self, organizations: OrganizationService, roles: RoleService) -> None:
        self._organizations = organizations
        self._roles = roles

    async def of(self, user: User) -> MeRead:
        """The profile of whoever asks.

        Args:
            user: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.
        """
        organizations, roles = await asyncio.gather(
            self._organizations.list_granted_to(user), self._roles.list_for_user(user.id)
        )
        return MeRead(
            user=UserRead.of(user, None),
            is_admin=user.is_msp_admin,
            organizations=tuple(
                MyOrganization(
                    id=one.value.id,
                    name=one.value.name,
                    is_active=one.value.is_active,
                    permissions=_ALL if user.is_msp_admin else _flags(grant),
                )
                for one, grant in organizations
            ),
            roles=tuple(RoleRead.of(role, None) for role in roles),
        )


def _flags(grant: PermissionFlags | None) -> PermissionFlagsRead:
    return PermissionFlagsRead.model_validate(PermissionFlags() if grant is None else grant)
