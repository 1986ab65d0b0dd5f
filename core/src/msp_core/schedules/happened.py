"""What storage knows of many schedules in many organizations, read together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from msp_core.executions.models import ExecutionStatus, ExecutionSummary
from msp_core.executions.repository import ExecutionRepository
from msp_core.ids import GLOBAL, ExecutionId, OrgId, execution_row_key
from msp_core.models import Model, UtcDatetime
from msp_core.organizations.models import Organization
from msp_core.schedules.models import DeclaredSchedule, ScheduleSwitch, Slot, SlotState
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Stored, Where

Place = tuple[OrgId, str]
"""An organization and a schedule's key."""

_AT_ONCE: Final = 16
_FEW: Final = 4
_ROW_KEYS_AT_ONCE: Final = 14
_MOST_RUNS: Final = 999


@dataclass(frozen=True, slots=True)
class CoveredSchedule:
    """A schedule and one organization that it runs for; None for one that runs without."""

    declared: DeclaredSchedule
    organization: Organization | None

    @property
    def org_id(self) -> OrgId:
        """Whose partition its rows are in."""
        return GLOBAL if self.organization is None else self.organization.id

    @property
    def place(self) -> Place:
        """Names it among all schedules of all organizations."""
        return self.org_id, self.declared.key

    @property
    def sort_key(self) -> str:
        """By organization, then workflow, then schedule."""
        name = "" if self.organization is None else self.organization.name.casefold()
        return f"{name}\0{self.org_id}\0{self.declared.key}"


class LastRun(Model):
    """The newest run. `status` is None if its record is gone or is just being written."""

    execution_id: ExecutionId
    due_at: UtcDatetime
    status: ExecutionStatus | None
    started_at: UtcDatetime | None


class Happened(NamedTuple):
    """What is stored of some schedules; slots are newest first."""

    switches: Mapping[Place, Stored[ScheduleSwitch]]
    slots: Mapping[Place, Sequence[Slot]]
    last_runs: Mapping[Place, LastRun]


class HappenedReader:
    """Reads it for one page: of a few organizations each for itself, of many together what lies together."""

    def __init__(self, schedules: ScheduleRepository, executions: ExecutionRepository) -> None:
        self._schedules = schedules
        self._executions = executions
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def read(self, some: Sequence[CoveredSchedule], *, since: datetime) -> Happened:
        """Everything about these schedules; slots later than `since`."""
        org_ids = list(dict.fromkeys(one.org_id for one in some))
        are_few = len(org_ids) <= _FEW
        switches, slots = await asyncio.gather(
            self._switches(org_ids) if are_few else self._switches_of_all(),
            self._slots(org_ids, since),
        )
        fired = await asyncio.gather(*(self._last_fired(one, slots.get(one.place, [])) for one in some))
        wanted = {
            one.place: slot
            for one, slot in zip(some, fired, strict=True)
            if slot is not None and slot.execution_id is not None
        }
        runs = {} if are_few else await self._runs_by_schedule(some, wanted)
        runs |= await self._runs_by_organization(wanted, known=runs)
        last_runs = {place: _last_run(slot, runs) for place, slot in wanted.items()}
        return Happened(switches, slots, {place: run for place, run in last_runs.items() if run is not None})

    async def _switches(self, org_ids: Iterable[OrgId]) -> dict[Place, Stored[ScheduleSwitch]]:
        each = await asyncio.gather(*(self._schedules.list_switches(org_id) for org_id in org_ids))
        found = zip(org_ids, each, strict=True)
        return {(org_id, key): switch for org_id, some in found for key, switch in some.items()}

    async def _switches_of_all(self) -> dict[Place, Stored[ScheduleSwitch]]:
        rows = self._schedules.iter_switches_across_organizations()
        return {(OrgId(row.partition_key), row.row_key): row async for row in rows}

    async def _slots(self, org_ids: Sequence[OrgId], since: datetime) -> dict[Place, list[Slot]]:
        async def read(org_id: OrgId) -> list[Slot]:
            async with self._gate:
                return await self._schedules.list_slots_since(org_id, since)

        found: dict[Place, list[Slot]] = {}
        for org_id, slots in zip(org_ids, await asyncio.gather(*map(read, org_ids)), strict=True):
            for slot in slots:
                found.setdefault((org_id, slot.key), []).append(slot)
        return found

    async def _last_fired(self, one: CoveredSchedule, slots: Sequence[Slot]) -> Slot | None:
        for slot in slots:
            if slot.state is SlotState.FIRED:
                return slot
        # Monthly ones, and those that were off for a while.
        wanted = {
            "workflowName": one.declared.workflow.name,
            "scheduleName": one.declared.schedule.name,
            "state": SlotState.FIRED.value,
        }
        conditions = [Where.eq(column, value) for column, value in wanted.items()]
        async with self._gate:
            page = await self._schedules.list_slots(one.org_id, conditions=conditions, limit=1)
        return page.items[0].value if page.items else None

    async def _runs_by_schedule(
        self, some: Sequence[CoveredSchedule], wanted: Mapping[Place, Slot]
    ) -> dict[ExecutionId, ExecutionSummary]:
        """Those that lie in the lists of who ran them: the newest runs of a schedule are close together."""
        declared = {one.declared.key: one.declared for one in some}
        of_schedule: dict[str, list[str]] = {}
        for (_, key), slot in wanted.items():
            of_schedule.setdefault(key, []).append(_row_key(slot))
        parts = await asyncio.gather(
            *(self._runs_of(declared[key], keys) for key, keys in of_schedule.items())
        )
        return {execution_id: run for part in parts for execution_id, run in part.items()}

    async def _runs_of(
        self, declared: DeclaredSchedule, keys: Sequence[str]
    ) -> dict[ExecutionId, ExecutionSummary]:
        actor_id = declared.actor.user.id
        live = Where.eq("executedBy", actor_id)
        # Live ones first: what ends meanwhile is then found among the ended ones.
        rows = self._executions.iter_active_summaries_across_organizations(live)
        found = {row.value.execution_id: row.value async for row in rows}
        newest_first = Where.ge("RowKey", min(keys)) & Where.le("RowKey", max(keys))
        page = await self._executions.ended_of_user(actor_id).list_page(limit=_MOST_RUNS, where=newest_first)
        return found | {row.value.execution_id: row.value for row in page.items}

    async def _runs_by_organization(
        self, wanted: Mapping[Place, Slot], *, known: Mapping[ExecutionId, ExecutionSummary]
    ) -> dict[ExecutionId, ExecutionSummary]:
        keys: dict[OrgId, list[str]] = {}
        for (org_id, _), slot in wanted.items():
            if slot.execution_id not in known:
                keys.setdefault(org_id, []).append(_row_key(slot))
        parts = await asyncio.gather(*(self._find_runs(org_id, some) for org_id, some in keys.items()))
        return {execution_id: run for part in parts for execution_id, run in part.items()}

    async def _find_runs(self, org_id: OrgId, keys: Sequence[str]) -> dict[ExecutionId, ExecutionSummary]:
        found: dict[ExecutionId, ExecutionSummary] = {}
        for start in range(0, len(keys), _ROW_KEYS_AT_ONCE):
            some = keys[start : start + _ROW_KEYS_AT_ONCE]
            # Live ones first, as above.
            for partition in (self._executions.active_of(org_id), self._executions.ended_of(org_id)):
                async with self._gate:
                    rows = await partition.find_many(some)
                found |= {row.value.execution_id: row.value for row in rows.values()}
        return found


def _row_key(slot: Slot) -> str:
    assert slot.execution_id is not None
    return execution_row_key(slot.execution_id)


def _last_run(slot: Slot, runs: Mapping[ExecutionId, ExecutionSummary]) -> LastRun | None:
    if slot.execution_id is None:
        return None
    run = runs.get(slot.execution_id)
    return LastRun(
        execution_id=slot.execution_id,
        due_at=slot.due_at,
        status=None if run is None else run.status,
        started_at=None if run is None else run.started_at,
    )
