"""Roles, and what they join."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from msp_core.ids import FormId, OrgId, RoleId, UserId
from msp_core.models import Model, UtcDatetime


class RoleDraft(Model):
    """What an admin gives to save a role."""

    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"
        ),
    ]
    description: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")] | None = None


class Role(Model):
    """A role of client users."""

    id: RoleId
    name: str
    description: str | None = None
    created_at: UtcDatetime
    created_by: UserId
    updated_at: UtcDatetime


class RoleMember(Model):
    """That a user has a role."""

    role_id: RoleId
    user_id: UserId
    added_at: UtcDatetime
    added_by: UserId


class FormGrant(Model):
    """That a role opens a form, which belongs to `org_id` or is global."""

    role_id: RoleId
    form_id: FormId
    org_id: OrgId
    added_at: UtcDatetime
    added_by: UserId
