"""People who have signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from management_api.auditing import Audit
from management_api.dependencies import Users
from management_api.models.users import UserRead, UserUpdate
from management_api.versions import require_version
from msp_core.storage import Stored
from msp_core.users.models import User, UserType, parse_user_id
from msp_http.authentication import AdminScope
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import refusals
from msp_http.paging import Paging, set_next_cursor

router = APIRouter(prefix="/api/users", tags=["users"])

UserInPath = Annotated[str, Path(alias="userId", description="Tenant id and object id, a dot between")]


@router.get("")
async def list_users(
    scope: AdminScope,
    users: Users,
    page: Paging,
    response: Response,
    user_type: Annotated[UserType | None, Query(alias="type", description="Only these")] = None,
) -> list[UserRead]:
    """People who have signed in, by id."""
    found = await users.list_page(scope, limit=page.limit, after=page.after, user_type=user_type)
    set_next_cursor(response, page, found.next)
    return [UserRead.of_stored(stored) for stored in found.items]


@router.get("/{userId}")
async def get_user(user_id: UserInPath, scope: AdminScope, users: Users, response: Response) -> UserRead:
    """One person."""
    return _answer(await users.get(scope, parse_user_id(user_id)), response)


@router.patch("/{userId}", responses=refusals(409))
async def update_user(
    *,
    user_id: UserInPath,
    body: UserUpdate,
    scope: AdminScope,
    users: Users,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> UserRead:
    """Enable or disable somebody, or make them an admin or not; it holds from their next request on."""
    before = await users.get(scope, parse_user_id(user_id))
    require_version(if_match, before)
    stored = await users.update(scope, before.value.id, body, etag=if_match)
    await audit.record(scope, "user.updated", stored.value.id, before=before, after=stored)
    return _answer(stored, response)


def _answer(stored: Stored[User], response: Response) -> UserRead:
    set_etag(response, stored.etag)
    return UserRead.of_stored(stored)
