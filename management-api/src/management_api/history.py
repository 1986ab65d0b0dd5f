"""Whose executions a request is about: one organization's, or for admins those of all."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header, Query, Request
from pydantic import AwareDatetime

from management_api.dependencies import services_of
from msp_core.executions.models import ExecutionFilters, ExecutionStatus, Trigger
from msp_core.forms.repository import parse_form_id
from msp_core.ids import GLOBAL
from msp_core.permissions.models import OrgScope, Permission
from msp_core.users.models import parse_user_id
from msp_http.authentication import OrganizationHeader, SignedIn

ALL_ORGANIZATIONS: Final = "*"

OrganizationOrAll = Annotated[
    str | None,
    Header(
        alias="X-Organization-Id",
        description="The organization's id (uuid); for admins also `*`, all organizations",
    ),
]


async def resolve_history(
    request: Request, principal: SignedIn, organization: OrganizationOrAll = None
) -> OrgScope:
    """The scope of the history that is asked for; `GLOBAL` stands for all organizations."""
    scopes = services_of(request).scopes
    if organization == ALL_ORGANIZATIONS:
        return await scopes.resolve_admin(principal)
    return await scopes.resolve(principal, organization, Permission.CAN_VIEW_HISTORY)


HistoryOrAllScope = Annotated[OrgScope, Depends(resolve_history)]


async def resolve_history_or_global(
    request: Request, principal: SignedIn, organization: OrganizationHeader = None
) -> OrgScope:
    """The scope of one organization's history; for admins also of what runs without one, by `GLOBAL`."""
    scopes = services_of(request).scopes
    if organization == GLOBAL:
        return await scopes.resolve_admin(principal)
    return await scopes.resolve(principal, organization, Permission.CAN_VIEW_HISTORY)


HistoryOrGlobalScope = Annotated[OrgScope, Depends(resolve_history_or_global)]


async def resolve_reader(
    request: Request, principal: SignedIn, organization: OrganizationHeader = None
) -> OrgScope:
    """The scope of anybody of the organization; for admins also of runs without one, by `GLOBAL`."""
    scopes = services_of(request).scopes
    if organization == GLOBAL:
        return await scopes.resolve_admin(principal)
    return await scopes.resolve_member(principal, organization)


ReaderScope = Annotated[OrgScope, Depends(resolve_reader)]


async def execution_filters(
    *,
    status: Annotated[ExecutionStatus | None, Query()] = None,
    workflow_name: Annotated[str | None, Query(alias="workflowName", max_length=200)] = None,
    form_id: Annotated[str | None, Query(alias="formId")] = None,
    user_id: Annotated[str | None, Query(alias="userId")] = None,
    trigger: Annotated[Trigger | None, Query()] = None,
    started_from: Annotated[AwareDatetime | None, Query(alias="from", description="Then or later")] = None,
    started_to: Annotated[AwareDatetime | None, Query(alias="to", description="Then or earlier")] = None,
) -> ExecutionFilters:
    """Read the query of the list."""
    return ExecutionFilters(
        status=status,
        workflow_name=workflow_name,
        form_id=None if form_id is None else parse_form_id(form_id),
        user_id=None if user_id is None else parse_user_id(user_id),
        trigger=trigger,
        started_from=started_from,
        started_to=started_to,
    )


Filters = Annotated[ExecutionFilters, Depends(execution_filters)]
