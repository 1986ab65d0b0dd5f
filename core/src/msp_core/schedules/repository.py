"""Where schedules keep what code does not say: switches, marks and slots.

OrgSchedules: partition organization or `GLOBAL`, row `{workflow}|{schedule}`. ScheduleSlots: the same
partitions, row `{reverse ms of due time}_{workflow}|{schedule}`. ScheduleMarks: partition `MARK`, row
`{workflow}|{schedule}|{digest}`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from msp_core.ids import OrgId, reverse_milliseconds
from msp_core.schedules.models import Mark, ScheduleSwitch, Slot
from msp_core.storage import Page, Storage, Stored, TableName, Where

_MILLISECOND = timedelta(milliseconds=1)


class ScheduleRepository:
    """Reads and writes the three tables; knows keys, not rules."""

    def __init__(self, storage: Storage) -> None:
        self._switches = storage.table(TableName.ORG_SCHEDULES, ScheduleSwitch, large_values=False)
        self._slots = storage.table(TableName.SCHEDULE_SLOTS, Slot, large_values=False)
        self._marks = storage.table(TableName.SCHEDULE_MARKS, Mark, large_values=False).partition("MARK")

    async def list_marks(self) -> dict[str, Stored[Mark]]:
        """Every mark by its key. One operation."""
        return {stored.row_key: stored async for stored in self._marks.iter()}

    async def insert_mark(self, key: str, mark: Mark) -> None:
        """Begin a schedule.

        Raises:
            Conflict: Somebody did.
        """
        await self._marks.insert(key, mark)

    async def replace_mark(self, before: Stored[Mark], mark: Mark) -> Stored[Mark]:
        """Change a mark.

        Raises:
            PreconditionFailed: Somebody changed it first.
            NotFound: It is gone.
        """
        return await self._marks.replace(before.row_key, mark, etag=before.etag)

    async def delete_mark(self, before: Stored[Mark]) -> None:
        """Forget a schedule.

        Raises:
            PreconditionFailed: Somebody changed the mark first.
        """
        await self._marks.delete(before.row_key, etag=before.etag)

    async def find_switch(self, org_id: OrgId, key: str) -> Stored[ScheduleSwitch] | None:
        """One switch, or None where nobody ever touched it."""
        return await self._switches.partition(org_id).find(key)

    async def list_switches(self, org_id: OrgId) -> dict[str, Stored[ScheduleSwitch]]:
        """An organization's switches by schedule."""
        return {stored.row_key: stored async for stored in self._switches.partition(org_id).iter()}

    async def list_switches_across_organizations(self) -> dict[tuple[str, str], ScheduleSwitch]:
        """All switches by organization and schedule; only what somebody ever touched has one."""
        rows = self._switches.iter_across_partitions()
        return {(stored.partition_key, stored.row_key): stored.value async for stored in rows}

    def iter_switches_across_organizations(self) -> AsyncIterator[Stored[ScheduleSwitch]]:
        """All switches, each with its organization as partition key."""
        return self._switches.iter_across_partitions()

    async def write_switch(
        self, org_id: OrgId, key: str, switch: ScheduleSwitch, *, etag: str | None = None
    ) -> Stored[ScheduleSwitch]:
        """Store a switch.

        Raises:
            PreconditionFailed: `etag` is given and the row is another by now.
        """
        partition = self._switches.partition(org_id)
        if etag is None:
            return await partition.upsert(key, switch)
        return await partition.replace(key, switch, etag=etag)

    async def insert_slot(self, org_id: OrgId, slot: Slot) -> Stored[Slot]:
        """Decide a slot, once.

        Raises:
            Conflict: It is decided.
        """
        return await self._slots.partition(org_id).insert(_row_key(slot.due_at, slot.key), slot)

    async def find_slot(self, org_id: OrgId, due_at: datetime, key: str) -> Stored[Slot] | None:
        """What was decided, or None."""
        return await self._slots.partition(org_id).find(_row_key(due_at, key))

    async def replace_slot(self, before: Stored[Slot], slot: Slot) -> None:
        """Change a decision.

        Raises:
            PreconditionFailed: Somebody did.
            NotFound: It is gone.
        """
        await self._slots.partition(before.partition_key).replace(before.row_key, slot, etag=before.etag)

    async def list_slots_since(self, org_id: OrgId, since: datetime) -> list[Slot]:
        """An organization's slots later than this moment, newest first."""
        where = Where.lt("RowKey", reverse_milliseconds(since))
        return [stored.value async for stored in self._slots.partition(org_id).iter(where=where)]

    async def list_slots(
        self, org_id: OrgId, *, conditions: Sequence[Where] = (), limit: int = 50, after: str | None = None
    ) -> Page[Slot]:
        """A page of an organization's slots, newest first."""
        where: Where | None = None
        for condition in conditions:
            where = condition if where is None else where & condition
        return await self._slots.partition(org_id).list_page(limit=limit, after=after, where=where)

    async def purge_slots(self, before: datetime, *, limit: int = 1000) -> int:
        """Delete up to `limit` slots that were due before this moment; reads the whole table.

        Returns:
            How many there were; fewer than `limit` means that none is left.
        """
        where = Where.gt("RowKey", reverse_milliseconds(before - _MILLISECOND))
        old = [stored async for stored in self._old_slots(where, limit)]
        for stored in old:
            await self._slots.partition(stored.partition_key).delete(stored.row_key)
        return len(old)

    def _old_slots(self, where: Where, limit: int) -> AsyncIterator[Stored[Slot]]:
        return self._slots.iter_across_partitions(where=where, limit=limit)


def _row_key(due_at: datetime, key: str) -> str:
    return f"{reverse_milliseconds(due_at)}_{key}"
