"""Permissions, grants, and the scope that every org-scoped service asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from msp_core.errors import Forbidden
from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime
from msp_core.organizations.models import Organization
from msp_core.organizations.snapshot import OrganizationSnapshot
from msp_core.organizations.stamps import RequestStamps
from msp_core.users.models import User, UserType


class Permission(StrEnum):
    """What a technician may be allowed to do in one organization."""

    CAN_EXECUTE_WORKFLOWS = "canExecuteWorkflows"
    CAN_MANAGE_CONFIG = "canManageConfig"
    CAN_MANAGE_FORMS = "canManageForms"
    CAN_VIEW_HISTORY = "canViewHistory"


ALL_PERMISSIONS = frozenset(Permission)


class PermissionFlags(Model):
    """The four switches."""

    can_execute_workflows: bool = False
    can_manage_config: bool = False
    can_manage_forms: bool = False
    can_view_history: bool = False

    @property
    def permissions(self) -> frozenset[Permission]:
        """The switches that are on."""
        switches = (
            (self.can_execute_workflows, Permission.CAN_EXECUTE_WORKFLOWS),
            (self.can_manage_config, Permission.CAN_MANAGE_CONFIG),
            (self.can_manage_forms, Permission.CAN_MANAGE_FORMS),
            (self.can_view_history, Permission.CAN_VIEW_HISTORY),
        )
        return frozenset(permission for is_on, permission in switches if is_on)


class PermissionGrant(PermissionFlags):
    """What one technician may do in one organization, and who said so."""

    user_id: UserId
    org_id: OrgId
    granted_by: UserId
    granted_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class OrgScope:
    """Proof that `user` may act in `org_id`, with these permissions and no others.

    Only `ScopeResolver` makes one (a test reads the sources for it). Services take it instead of a bare
    organization id, so no call can name an organization that nobody checked.

    Args:
        org_id: `GLOBAL` for an admin's platform-wide scope.
        organization: None exactly when `org_id` is `GLOBAL`.
        snapshot: The organization's warm copy that the check was made against; a run uses it as it is.
        stamps: The stamps it was checked against, for other warm copies of the same organization; None
            where none were read.
    """

    org_id: OrgId
    organization: Organization | None
    user: User
    permissions: frozenset[Permission]
    is_admin: bool
    snapshot: OrganizationSnapshot | None = None
    stamps: RequestStamps | None = None

    def has(self, permission: Permission) -> bool:
        """Whether the holder may do this here."""
        return self.is_admin or permission in self.permissions

    @property
    def is_client_user(self) -> bool:
        """Whether the holder is one of the organization's own people, not the MSP's."""
        return self.user.user_type is UserType.ORG

    def require(self, permission: Permission) -> None:
        """Raise unless the holder may do this here.

        Raises:
            Forbidden: They may not.
        """
        if not self.has(permission):
            raise no_access()

    def require_admin(self) -> None:
        """Raise unless the holder is an MSP admin.

        Raises:
            Forbidden: They are not.
        """
        if not self.is_admin:
            raise Forbidden("Only an MSP admin may do this.")


def no_access() -> Forbidden:
    """The one answer for organizations that are unknown, inactive or not the caller's to use."""
    return Forbidden("You may not do this in that organization, or there is no such organization.")
