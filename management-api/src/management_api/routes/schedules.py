"""Schedules: what is ahead, what was, and the switch for each organization."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from management_api.auditing import Audit
from management_api.dependencies import Schedules
from management_api.history import HistoryOrAllScope, HistoryOrGlobalScope
from management_api.models.schedules import (
    ScheduleRead,
    ScheduleSlotRead,
    ScheduleSwitchRead,
    ScheduleSwitchWrite,
)
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.permissions.models import OrgScope
from msp_core.schedules.models import ScheduleSwitch, SlotState
from msp_core.schedules.service import ScheduleService
from msp_core.storage import Stored
from msp_http.authentication import AdminScope, PathConfigScope
from msp_http.etags import IfMatch, set_etag
from msp_http.paging import Paging, set_next_cursor

router = APIRouter(tags=["schedules"])

_NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
WorkflowInPath = Annotated[str, Path(alias="workflowName", max_length=100, pattern=_NAME)]
ScheduleInPath = Annotated[str, Path(alias="scheduleName", max_length=60, pattern=_NAME)]
WorkflowInQuery = Annotated[str | None, Query(alias="workflowName", max_length=100)]
ScheduleInQuery = Annotated[str | None, Query(alias="scheduleName", max_length=60)]

ORGANIZATIONS = "/api/organizations/{orgId}/schedules/{workflowName}/{scheduleName}"
PLATFORM = "/api/schedules/{workflowName}/{scheduleName}"


@router.get("/api/schedules")
async def list_schedules(
    scope: HistoryOrAllScope, schedules: Schedules, page: Paging, response: Response
) -> list[ScheduleRead]:
    """Schedules of an organization, or for admins of all: what is ahead, and runs expected and actual."""
    some = page_of(await schedules.list_covered(scope), page, response, key=lambda one: one.sort_key)
    return [ScheduleRead.of(one, one.switch_etag) for one in await schedules.describe(scope, some)]


@router.get("/api/schedules/slots")
async def list_schedule_slots(
    *,
    scope: HistoryOrGlobalScope,
    schedules: Schedules,
    page: Paging,
    workflow_name: WorkflowInQuery = None,
    schedule_name: ScheduleInQuery = None,
    state: Annotated[SlotState | None, Query()] = None,
    response: Response,
) -> list[ScheduleSlotRead]:
    """What became of each time a schedule of the organization was due, newest first."""
    found = await schedules.list_slots(
        scope,
        workflow_name=workflow_name,
        schedule_name=schedule_name,
        state=state,
        limit=page.limit,
        after=page.after,
    )
    set_next_cursor(response, page, found.next)
    return [ScheduleSlotRead.model_validate(stored.value) for stored in found.items]


@router.get(ORGANIZATIONS)
async def get_schedule_switch(
    workflow_name: WorkflowInPath,
    schedule_name: ScheduleInPath,
    scope: PathConfigScope,
    schedules: Schedules,
    response: Response,
) -> ScheduleSwitchRead:
    """Whether a schedule runs for an organization."""
    return await _get(workflow_name, schedule_name, scope, schedules, response)


@router.put(ORGANIZATIONS)
async def switch_schedule(
    *,
    workflow_name: WorkflowInPath,
    schedule_name: ScheduleInPath,
    body: ScheduleSwitchWrite,
    scope: PathConfigScope,
    schedules: Schedules,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> ScheduleSwitchRead:
    """Enable or disable a schedule for an organization; nothing that was due meanwhile is caught up."""
    names = (workflow_name, schedule_name)
    return await _switch(names, body, scope, schedules, audit, if_match=if_match, response=response)


@router.get(PLATFORM)
async def get_global_schedule_switch(
    workflow_name: WorkflowInPath,
    schedule_name: ScheduleInPath,
    scope: AdminScope,
    schedules: Schedules,
    response: Response,
) -> ScheduleSwitchRead:
    """Whether a schedule of a workflow without an organization runs."""
    return await _get(workflow_name, schedule_name, scope, schedules, response)


@router.put(PLATFORM)
async def switch_global_schedule(
    *,
    workflow_name: WorkflowInPath,
    schedule_name: ScheduleInPath,
    body: ScheduleSwitchWrite,
    scope: AdminScope,
    schedules: Schedules,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> ScheduleSwitchRead:
    """Enable or disable a schedule of a workflow without an organization."""
    names = (workflow_name, schedule_name)
    return await _switch(names, body, scope, schedules, audit, if_match=if_match, response=response)


async def _get(
    workflow_name: str, schedule_name: str, scope: OrgScope, schedules: ScheduleService, response: Response
) -> ScheduleSwitchRead:
    stored = await schedules.find_switch(scope, workflow_name, schedule_name)
    if stored is not None:
        return _answer(stored, response)
    return ScheduleSwitchRead(
        workflow_name=workflow_name,
        schedule_name=schedule_name,
        is_enabled=True,
        changed_at=None,
        changed_by=None,
        etag=None,
    )


async def _switch(
    names: tuple[str, str],
    body: ScheduleSwitchWrite,
    scope: OrgScope,
    schedules: ScheduleService,
    audit: Audit,
    *,
    if_match: str | None,
    response: Response,
) -> ScheduleSwitchRead:
    before = await schedules.find_switch(scope, *names)
    require_version(if_match, before)
    stored = await schedules.switch(scope, before, *names, is_enabled=body.is_enabled, etag=if_match)
    if stored is not before:
        await audit.record(scope, "schedule.switched", "/".join(names), before=before, after=stored)
    return _answer(stored, response)


def _answer(stored: Stored[ScheduleSwitch], response: Response) -> ScheduleSwitchRead:
    set_etag(response, stored.etag)
    return ScheduleSwitchRead.of_stored(stored)
