"""Schedules as people see and switch them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msp_core.catalog.repository import CatalogRepository
from msp_core.errors import NotFound
from msp_core.executions.repository import ExecutionRepository
from msp_core.ids import GLOBAL, OrgId
from msp_core.models import Model, UtcDatetime, utc_now
from msp_core.organizations.models import Organization
from msp_core.organizations.repository import OrganizationRepository
from msp_core.permissions.models import OrgScope, Permission
from msp_core.schedules.counting import Tally, Window
from msp_core.schedules.happened import CoveredSchedule, HappenedReader, LastRun
from msp_core.schedules.models import (
    DeclaredSchedule,
    Mark,
    ScheduleSwitch,
    Slot,
    SlotState,
    declared_schedules,
    schedule_key,
)
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Page, Storage, Stored, Where

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
_NEXT_RUNS: Final = 3
_ORGANIZATIONS_AT_ONCE: Final = 8
_ROW_KEYS_AT_ONCE: Final = 14


class NextRun(Model):
    """A time at which a schedule will be due; `local` is the same with the offset of its zone."""

    at: UtcDatetime
    local: str


class ScheduleState(Model):
    """One schedule in one organization: what is ahead, and what was.

    Args:
        switch_etag: Storage's, of its switch; None where nobody ever touched that.
    """

    workflow_name: str
    schedule_name: str
    organization_id: OrgId
    organization_name: str | None
    cron: str
    timezone: str
    description: str
    overlap: str
    is_enabled: bool
    switch_etag: str | None
    next_runs: tuple[NextRun, ...]
    last_run: LastRun | None
    last_day: Tally
    last_week: Tally


class ScheduleService:
    """What is declared comes from the catalog, what happened from the slots."""

    def __init__(
        self,
        storage: Storage,
        catalog: CatalogRepository,
        organizations: OrganizationRepository,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._schedules = ScheduleRepository(storage)
        self._executions = ExecutionRepository(storage)
        self._catalog = catalog
        self._organizations = organizations
        self._now = now

    async def list_covered(self, scope: OrgScope) -> list[CoveredSchedule]:
        """The schedules that run for the scope's organization; for an admin's `GLOBAL`, all there are."""
        scope.require(Permission.CAN_VIEW_HISTORY)
        declared = declared_schedules(await self._catalog.get())
        organizations: list[Organization]
        found: list[CoveredSchedule] = []
        if scope.org_id == GLOBAL:
            scope.require_admin()
            found = [CoveredSchedule(one, None) for one in declared if not one.workflow.requires_org]
            organizations = [stored.value async for stored in self._organizations.iter_all()]
        else:
            organizations = [] if scope.organization is None else [scope.organization]
        found += [
            CoveredSchedule(one, organization)
            for organization in organizations
            for one in declared
            if one.covers(organization)
        ]
        return sorted(found, key=lambda one: one.sort_key)

    async def describe(self, scope: OrgScope, some: Sequence[CoveredSchedule]) -> list[ScheduleState]:
        """What is ahead of these schedules and what was; for one page of `list_covered`.

        About five storage operations for each organization, or, where there are more than a few, about five
        in all and one for each thousand slots of the last week.
        """
        scope.require(Permission.CAN_VIEW_HISTORY)
        if not some:
            return []
        now, marks = self._now(), await self._schedules.list_marks()
        reader = HappenedReader(self._schedules, self._executions)
        happened = await reader.read(some, since=now - WEEK)
        times = _Times(now)
        return [
            times.state(
                one,
                marks.get(one.declared.mark_key),
                happened.switches.get(one.place),
                happened.slots.get(one.place, []),
                happened.last_runs.get(one.place),
            )
            for one in some
        ]

    async def list_slots(
        self,
        scope: OrgScope,
        *,
        workflow_name: str | None = None,
        schedule_name: str | None = None,
        state: SlotState | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[Slot]:
        """What became of each time a schedule of this organization was due, newest first."""
        scope.require(Permission.CAN_VIEW_HISTORY)
        wanted = {"workflowName": workflow_name, "scheduleName": schedule_name, "state": state}
        conditions = [Where.eq(column, str(value)) for column, value in wanted.items() if value is not None]
        return await self._schedules.list_slots(scope.org_id, conditions=conditions, limit=limit, after=after)

    async def find_switch(
        self, scope: OrgScope, workflow_name: str, schedule_name: str
    ) -> Stored[ScheduleSwitch] | None:
        """The switch of a schedule that runs for this organization; None where nobody ever touched it.

        Raises:
            NotFound: No such schedule runs for this organization.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        declared = await self._covering(scope, workflow_name, schedule_name)
        return await self._schedules.find_switch(scope.org_id, declared.key)

    async def switch(
        self,
        scope: OrgScope,
        before: Stored[ScheduleSwitch] | None,
        workflow_name: str,
        schedule_name: str,
        *,
        is_enabled: bool,
        etag: str | None = None,
    ) -> Stored[ScheduleSwitch]:
        """Switch a schedule on or off for this organization; what was due before stays as it is.

        Args:
            before: As `find_switch` found it.
            etag: Switch it only if the row is still this one.

        Raises:
            NotFound: No such schedule runs for this organization.
            PreconditionFailed: Somebody switched it first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        declared = await self._covering(scope, workflow_name, schedule_name)
        if before is not None and before.value.is_enabled == is_enabled:
            # To say it again must not make what is due now something from before.
            return before
        switch = ScheduleSwitch(
            workflow_name=workflow_name,
            schedule_name=schedule_name,
            is_enabled=is_enabled,
            changed_at=self._now(),
            changed_by=scope.user.id,
        )
        return await self._schedules.write_switch(scope.org_id, declared.key, switch, etag=etag)

    async def _covering(self, scope: OrgScope, workflow_name: str, schedule_name: str) -> DeclaredSchedule:
        key = schedule_key(workflow_name, schedule_name)
        for one in declared_schedules(await self._catalog.get()):
            is_here = (
                not one.workflow.requires_org
                if scope.organization is None
                else one.covers(scope.organization)
            )
            if one.key == key and is_here:
                return one
        raise NotFound("No such schedule runs for this organization.")


class _Times:
    """What the timetables say around one moment; equal ones are worked out once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._due: dict[tuple[str, str], list[datetime]] = {}

    def state(
        self,
        one: CoveredSchedule,
        mark: Stored[Mark] | None,
        stored_switch: Stored[ScheduleSwitch] | None,
        slots: Sequence[Slot],
        last_run: LastRun | None,
    ) -> ScheduleState:
        declared, organization = one.declared, one.organization
        timetable, schedule = declared.timetable, declared.schedule
        switch = None if stored_switch is None else stored_switch.value
        is_enabled = switch is None or switch.is_enabled
        zone = ZoneInfo(schedule.timezone)
        ahead = timetable.next(self.now, _NEXT_RUNS) if is_enabled else []
        begins = _begins(one, mark, switch)
        return ScheduleState(
            workflow_name=declared.workflow.name,
            schedule_name=schedule.name,
            organization_id=one.org_id,
            organization_name=None if organization is None else organization.name,
            cron=schedule.cron,
            timezone=schedule.timezone,
            description=timetable.describe(),
            overlap=schedule.overlap,
            is_enabled=is_enabled,
            switch_etag=None if stored_switch is None else stored_switch.etag,
            next_runs=tuple(NextRun(at=at, local=at.astimezone(zone).isoformat()) for at in ahead),
            last_run=last_run,
            last_day=self._window(declared, begins, DAY, is_enabled=is_enabled).tally(slots),
            last_week=self._window(declared, begins, WEEK, is_enabled=is_enabled).tally(slots),
        )

    def _window(
        self, declared: DeclaredSchedule, begins: datetime | None, length: timedelta, *, is_enabled: bool
    ) -> Window:
        since = self.now if begins is None else max(begins, self.now - length)
        return Window(since, self.now, self._week_of(declared), is_enabled)

    def _week_of(self, declared: DeclaredSchedule) -> list[datetime]:
        key = (declared.schedule.cron, declared.schedule.timezone)
        if key not in self._due:
            self._due[key] = list(declared.timetable.between(self.now - WEEK, self.now))
        return self._due[key]


def _begins(
    one: CoveredSchedule, mark: Stored[Mark] | None, switch: ScheduleSwitch | None
) -> datetime | None:
    """From when on the schedule could be due here; None if no engine has seen it yet."""
    if mark is None:
        return None
    moments = [mark.value.first_seen_at]
    if one.organization is not None:
        moments.append(one.organization.active_since or one.organization.created_at)
        if one.declared.schedule.tags and one.organization.tags_changed_at is not None:
            moments.append(one.organization.tags_changed_at)
    if switch is not None and switch.is_enabled:
        moments.append(switch.changed_at)
    return max(moments)
