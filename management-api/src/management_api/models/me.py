"""The body of "who am I"."""

from __future__ import annotations

from management_api.models.base import Answer
from management_api.models.permissions import PermissionFlagsRead
from management_api.models.roles import RoleRead
from management_api.models.users import UserRead


class MyOrganization(Answer):
    """An organization the caller belongs to or may work for."""

    id: str
    name: str
    is_active: bool
    permissions: PermissionFlagsRead


class MeRead(Answer):
    """The caller: profile, organizations with permissions, roles."""

    user: UserRead
    is_admin: bool
    organizations: tuple[MyOrganization, ...]
    roles: tuple[RoleRead, ...]
