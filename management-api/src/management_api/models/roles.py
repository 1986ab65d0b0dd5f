"""Bodies of roles."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.models import UtcDatetime
from msp_core.roles.models import RoleDraft
from msp_http.bodies import RequestBody


class RoleWrite(RoleDraft, RequestBody):
    """A role: client users who have it may run the forms it opens."""


class RoleRead(Versioned):
    """A role."""

    id: str
    name: str
    description: str | None
    created_at: UtcDatetime
    created_by: str
    updated_at: UtcDatetime


class RoleListed(RoleRead):
    """A role in the list of all."""

    user_count: Annotated[int, Field(description="How many people have it")]
    form_count: Annotated[int, Field(description="How many forms it opens")]


class RoleMemberRead(Answer):
    """That somebody has a role."""

    user_id: str
    added_at: UtcDatetime
    added_by: str


class RoleFormRead(Answer):
    """That a role opens a form, of an organization or a global one."""

    form_id: str
    org_id: str
    added_at: UtcDatetime
    added_by: str


class RoleDetail(RoleRead):
    """A role with its people and forms."""

    users: tuple[RoleMemberRead, ...]
    forms: tuple[RoleFormRead, ...]
