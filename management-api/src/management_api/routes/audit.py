"""The log of changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from management_api.dependencies import AuditLog
from management_api.models.audit import AuditEntryRead
from msp_core.ids import GLOBAL, OrgId, parse_org_id
from msp_core.users.models import parse_user_id
from msp_http.authentication import AdminScope
from msp_http.paging import Paging, set_next_cursor

router = APIRouter(prefix="/api/audit", tags=["audit"])


@router.get("")
async def list_audit(
    *,
    scope: AdminScope,
    audit: AuditLog,
    page: Paging,
    response: Response,
    actor: Annotated[str | None, Query(description="Changes by this user")] = None,
    action: Annotated[
        str | None, Query(max_length=100, description="Such as form.updated; form. for all of a thing")
    ] = None,
    organization: Annotated[str | None, Query(description="An organization's id, or GLOBAL")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="From then on")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Before then")] = None,
) -> list[AuditEntryRead]:
    """Changes, newest first."""
    found = await audit.list_page(
        scope,
        actor_id=None if actor is None else parse_user_id(actor, field="actor"),
        action=action,
        org_id=_home(organization),
        since=since,
        until=until,
        limit=page.limit,
        after=page.after,
    )
    set_next_cursor(response, page, found.next)
    return [AuditEntryRead.model_validate(stored.value) for stored in found.items]


def _home(organization: str | None) -> OrgId | None:
    if organization is None:
        return None
    return GLOBAL if organization == GLOBAL else parse_org_id(organization, field="organization")
