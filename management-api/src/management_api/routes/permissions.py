"""Who may do what in which organization."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from management_api.auditing import Audit
from management_api.dependencies import Permissions
from management_api.models.permissions import PermissionGrantRequest, PermissionRead
from management_api.routes.users import UserInPath
from msp_core.ids import OrgId, UserId
from msp_http.authentication import AdminScope, Caller, OrganizationInPath

router = APIRouter(prefix="/api/permissions", tags=["permissions"])


@router.get("/users/{userId}")
async def list_user_permissions(
    user_id: UserInPath, caller: Caller, permissions: Permissions
) -> list[PermissionRead]:
    """Where one person may do what; for admins, and for the person."""
    found = await permissions.list_for_user(caller, UserId(user_id))
    return [PermissionRead.model_validate(grant) for grant in found]


@router.get("/organizations/{orgId}")
async def list_organization_permissions(
    org_id: OrganizationInPath, scope: AdminScope, permissions: Permissions
) -> list[PermissionRead]:
    """Who may do what in one organization."""
    found = await permissions.list_for_organization(scope, OrgId(org_id))
    return [PermissionRead.model_validate(grant) for grant in found]


@router.post("", status_code=201)
async def grant_permissions(
    body: PermissionGrantRequest, scope: AdminScope, permissions: Permissions, audit: Audit
) -> PermissionRead:
    """Set what somebody may do in an organization, from their next request on."""
    user_id, org_id = UserId(body.user_id), OrgId(body.org_id)
    before = await permissions.find(scope, user_id, org_id)
    grant = await permissions.grant(scope, user_id, org_id, body.permissions)
    await audit.record(
        scope, "permission.granted", grant.user_id, org_id=grant.org_id, before=before, after=grant
    )
    return PermissionRead.model_validate(grant)


@router.delete("", status_code=204)
async def revoke_permissions(
    scope: AdminScope,
    permissions: Permissions,
    audit: Audit,
    user_id: Annotated[str, Query(alias="userId")],
    org_id: Annotated[str, Query(alias="orgId")],
) -> None:
    """Take away all that somebody may do in an organization, from their next request on."""
    before = await permissions.find(scope, UserId(user_id), OrgId(org_id))
    await permissions.revoke(scope, UserId(user_id), OrgId(org_id))
    if before is not None:
        await audit.record(scope, "permission.revoked", before.user_id, org_id=before.org_id, before=before)
