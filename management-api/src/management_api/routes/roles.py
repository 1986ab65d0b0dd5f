"""Roles: which client users may run which forms."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from management_api.auditing import Audit
from management_api.dependencies import Roles
from management_api.models.roles import (
    RoleDetail,
    RoleFormRead,
    RoleListed,
    RoleMemberRead,
    RoleRead,
    RoleWrite,
)
from management_api.once import Once
from management_api.paging import page_of
from management_api.routes.forms import FormInPath
from management_api.routes.users import UserInPath
from management_api.versions import require_version
from msp_core.errors import NotFound
from msp_core.ids import RoleId, UserId
from msp_core.roles.models import Role
from msp_core.storage import Stored
from msp_http.authentication import AdminScope
from msp_http.etags import IfMatch, set_etag
from msp_http.paging import Paging

router = APIRouter(prefix="/api/roles", tags=["roles"])

RoleInPath = Annotated[RoleId, Path(alias="roleId", description="The role's id (uuid)")]


@router.get("")
async def list_roles(scope: AdminScope, roles: Roles, page: Paging, response: Response) -> list[RoleListed]:
    """All roles, by name, with how many people and forms each has."""
    found = page_of(await roles.list_stored(scope), page, response, key=_sort_key)
    counts = await asyncio.gather(*(roles.count(scope, one.value.id) for one in found))
    return [
        RoleListed(**dict(RoleRead.of_stored(one)), user_count=people, form_count=forms)
        for one, (people, forms) in zip(found, counts, strict=True)
    ]


@router.post("", status_code=201, response_model=RoleRead)
async def create_role(
    *, body: RoleWrite, scope: AdminScope, roles: Roles, audit: Audit, once: Once, response: Response
) -> RoleRead | Response:
    """Create a role that nobody has yet and that opens nothing."""

    async def create(role_id: str) -> RoleRead:
        stored = await roles.create(scope, body, role_id=RoleId(role_id))
        await audit.record(scope, "role.created", stored.value.id, after=stored)
        response.headers["Location"] = f"/api/roles/{stored.value.id}"
        return _answer(stored, response)

    return await once.answer(scope, body, create)


@router.get("/{roleId}")
async def get_role(role_id: RoleInPath, scope: AdminScope, roles: Roles, response: Response) -> RoleDetail:
    """A role with its people and the forms it opens."""
    stored = await roles.get(scope, role_id)
    members, forms = await asyncio.gather(
        roles.list_members(scope, role_id), roles.list_forms(scope, role_id)
    )
    return RoleDetail(
        **dict(_answer(stored, response)),
        users=tuple(RoleMemberRead.model_validate(one) for one in members),
        forms=tuple(RoleFormRead.model_validate(one) for one in forms),
    )


@router.put("/{roleId}")
async def update_role(
    *,
    role_id: RoleInPath,
    body: RoleWrite,
    scope: AdminScope,
    roles: Roles,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> RoleRead:
    """Rename or describe a role."""
    before = await roles.get(scope, role_id)
    require_version(if_match, before)
    stored = await roles.update(scope, role_id, body, etag=if_match)
    await audit.record(scope, "role.updated", role_id, before=before, after=stored)
    return _answer(stored, response)


@router.delete("/{roleId}", status_code=204)
async def delete_role(
    role_id: RoleInPath, scope: AdminScope, roles: Roles, audit: Audit, if_match: IfMatch
) -> None:
    """Take a role from everybody and delete it."""
    try:
        before = await roles.get(scope, role_id)
    except NotFound:
        return
    require_version(if_match, before)
    await roles.delete(scope, role_id, etag=if_match)
    await audit.record(scope, "role.deleted", role_id, before=before)


@router.put("/{roleId}/users/{userId}", status_code=204)
async def add_role_user(
    *,
    role_id: RoleInPath,
    user_id: UserInPath,
    scope: AdminScope,
    roles: Roles,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> None:
    """Give a client user a role, from their next request on."""
    before = await roles.find_member(scope, role_id, UserId(user_id))
    require_version(if_match, before)
    member = await roles.add_member(scope, role_id, UserId(user_id), etag=if_match)
    names = await roles.names_of(scope, role_id, user_id=UserId(user_id))
    await audit.record(scope, "role.userAdded", role_id, before=before, after=member, names=names)
    set_etag(response, member.etag)


@router.delete("/{roleId}/users/{userId}", status_code=204)
async def remove_role_user(
    *,
    role_id: RoleInPath,
    user_id: UserInPath,
    scope: AdminScope,
    roles: Roles,
    audit: Audit,
    if_match: IfMatch,
) -> None:
    """Take a role from somebody, from their next request on."""
    before = await roles.find_member(scope, role_id, UserId(user_id))
    if before is not None:
        require_version(if_match, before)
    await roles.remove_member(scope, role_id, UserId(user_id), etag=None if before is None else if_match)
    if before is not None:
        names = await roles.names_of(scope, role_id, user_id=UserId(user_id))
        await audit.record(scope, "role.userRemoved", role_id, before=before, names=names)


@router.put("/{roleId}/forms/{formId}", status_code=204)
async def add_role_form(
    *,
    role_id: RoleInPath,
    form_id: FormInPath,
    scope: AdminScope,
    roles: Roles,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> None:
    """Let a role open a form."""
    before = await roles.find_form(scope, role_id, form_id)
    require_version(if_match, before)
    grant = await roles.grant_form(scope, role_id, form_id, etag=if_match)
    names = await roles.names_of(scope, role_id, form_id=form_id)
    await audit.record(scope, "role.formAdded", role_id, before=before, after=grant, names=names)
    set_etag(response, grant.etag)


@router.delete("/{roleId}/forms/{formId}", status_code=204)
async def remove_role_form(
    *,
    role_id: RoleInPath,
    form_id: FormInPath,
    scope: AdminScope,
    roles: Roles,
    audit: Audit,
    if_match: IfMatch,
) -> None:
    """Close a form to a role, from the next request on."""
    before = await roles.find_form(scope, role_id, form_id)
    if before is not None:
        require_version(if_match, before)
    await roles.revoke_form(scope, role_id, form_id, etag=None if before is None else if_match)
    if before is not None:
        names = await roles.names_of(scope, role_id, form_id=form_id)
        await audit.record(scope, "role.formRemoved", role_id, before=before, names=names)


def _answer(stored: Stored[Role], response: Response) -> RoleRead:
    set_etag(response, stored.etag)
    return RoleRead.of_stored(stored)


def _sort_key(stored: Stored[Role]) -> str:
    return f"{stored.value.name.casefold()}\0{stored.value.id}"
