"""Bodies of permissions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.models import UtcDatetime
from msp_core.permissions import models as core
from msp_http.bodies import RequestBody


class PermissionFlagsWrite(core.PermissionFlags, RequestBody):
    """What somebody may do in one organization; what is left out they may not."""


class PermissionGrantRequest(RequestBody):
    """Who may do what, where; it replaces what was granted there before."""

    user_id: Annotated[str, Field(description="Tenant id and object id with a dot between")]
    org_id: str
    permissions: PermissionFlagsWrite


class PermissionFlagsRead(Answer):
    """What somebody may do in one organization."""

    can_execute_workflows: bool
    can_manage_config: bool
    can_manage_forms: bool
    can_view_history: bool


class PermissionRead(PermissionFlagsRead, Versioned):
    """One person's permissions in one organization."""

    user_id: str
    org_id: str
    granted_by: str
    granted_at: UtcDatetime
