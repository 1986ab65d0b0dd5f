"""Who may do what in which organization."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from management_api.auditing import Audit
from management_api.dependencies import Permissions, Users
from management_api.models.permissions import PermissionGrantRequest, PermissionRead
from management_api.once import Once
from management_api.paging import page_of
from management_api.routes.users import UserInPath
from management_api.versions import require_version
from msp_core.ids import OrgId, UserId
from msp_core.users.service import UserService
from msp_http.authentication import AdminScope, Caller, OrganizationInPath
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import never, refusals
from msp_http.paging import Paging

router = APIRouter(prefix="/api/permissions", tags=["permissions"])


@router.get("/users/{userId}", openapi_extra=never(404))
async def list_user_permissions(
    user_id: UserInPath, caller: Caller, permissions: Permissions, page: Paging, response: Response
) -> list[PermissionRead]:
    """Where one person may do what, by organization id; for admins, and for the person."""
    found = await permissions.list_stored_for_user(caller, UserId(user_id))
    part = page_of(found, page, response, key=lambda grant: grant.value.org_id)
    return [PermissionRead.of_stored(grant) for grant in part]


@router.get("/organizations/{orgId}")
async def list_organization_permissions(
    org_id: OrganizationInPath,
    scope: AdminScope,
    permissions: Permissions,
    page: Paging,
    response: Response,
) -> list[PermissionRead]:
    """Who may do what in one organization, by user id."""
    found = await permissions.list_for_organization(scope, OrgId(org_id))
    part = page_of(found, page, response, key=lambda grant: grant.user_id)
    return [PermissionRead.of_stored(grant) for grant in await permissions.find_all(scope, part)]


@router.post("", status_code=201, response_model=PermissionRead, responses=refusals(404))
async def grant_permissions(
    *,
    body: PermissionGrantRequest,
    scope: AdminScope,
    permissions: Permissions,
    users: Users,
    audit: Audit,
    if_match: IfMatch,
    once: Once,
    response: Response,
) -> PermissionRead | Response:
    """Set what somebody may do in an organization, from their next request on."""
    user_id, org_id = UserId(body.user_id), OrgId(body.org_id)

    async def grant(_: str) -> PermissionRead:
        before = await permissions.find(scope, user_id, org_id)
        require_version(if_match, before)
        stored = await permissions.grant(scope, user_id, org_id, body.permissions, etag=if_match)
        made = stored.value
        await audit.record(
            scope,
            "permission.granted",
            made.user_id,
            org_id=made.org_id,
            before=before,
            after=made,
            names=await _names(users, made.user_id),
        )
        set_etag(response, stored.etag)
        return PermissionRead.of_stored(stored)

    return await once.answer(scope, body, grant)


@router.delete("", status_code=204)
async def revoke_permissions(
    *,
    scope: AdminScope,
    permissions: Permissions,
    users: Users,
    audit: Audit,
    user_id: Annotated[str, Query(alias="userId")],
    org_id: Annotated[str, Query(alias="orgId")],
    if_match: IfMatch,
) -> None:
    """Take away all that somebody may do in an organization, from their next request on."""
    before = await permissions.find(scope, UserId(user_id), OrgId(org_id))
    if before is not None:
        require_version(if_match, before)
    await permissions.revoke(scope, UserId(user_id), OrgId(org_id), etag=None if before is None else if_match)
    if before is not None:
        gone = before.value
        await audit.record(
            scope,
            "permission.revoked",
            gone.user_id,
            org_id=gone.org_id,
            before=gone,
            names=await _names(users, gone.user_id),
        )


async def _names(users: UserService, user_id: UserId) -> dict[str, str]:
    user = await users.find(user_id)
    return {} if user is None else {"user": user.email}
