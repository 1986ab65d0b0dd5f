"""Ended executions against their index rows, and live rows against the ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import chunks, grouped, insert_derived, keys_of, place, remove_derived, those_there
from msp_core.executions.models import ExecutionSummary
from msp_core.executions.repository import ExecutionRepository, day_of
from msp_core.ids import ExecutionId, OrgId, UserId
from msp_core.models import Model, UtcDatetime, utc_now
from msp_core.storage import Partition, Storage, Stored, TableName

STALLED_AFTER: Final = timedelta(minutes=10)
"""The reaper comes every few seconds; what it left for so long, it does not see."""


class _Owner(Model):
    """Of an ended execution: whose list shows it."""

    executed_by: UserId


class _Home(Model):
    """Of an index row: where the execution itself is."""

    organization_id: OrgId


class _Lease(Model):
    """Of a live row: until when somebody is expected to work on it."""

    lease_ends_at: UtcDatetime | None = None
    queued_at: UtcDatetime | None = None


class ExecutionIndexes:
    """WorkflowExecutions decides; UserExecutions and ExecutionsByDay show the same."""

    name = "ended executions and their index rows"

    def __init__(self, storage: Storage) -> None:
        self._repository = ExecutionRepository(storage)
        self._owners = storage.table(TableName.WORKFLOW_EXECUTIONS, _Owner, large_values=False, select=True)
        self._homes = {
            name: storage.table(name, _Home, large_values=False, select=True)
            for name in (TableName.USER_EXECUTIONS, TableName.EXECUTIONS_BY_DAY)
        }
        self._keys = {name: keys_of(storage, name) for name in self._homes}
        self._ended = keys_of(storage, TableName.WORKFLOW_EXECUTIONS)
        self._summaries = {
            name: storage.table(name, ExecutionSummary, large_values=False) for name in self._homes
        }

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Ends that an index lacks, then index rows whose execution is gone."""
        async for some in chunks(self._owners.iter_across_partitions()):
            for name, key_of in (
                (TableName.USER_EXECUTIONS, _by_user),
                (TableName.EXECUTIONS_BY_DAY, _by_day),
            ):
                for key, rows in grouped(some, key_of).items():
                    there = await those_there(self._keys[name].partition(key), (row.row_key for row in rows))
                    for row in rows:
                        if row.row_key not in there:
                            yield self._suspect(name, key, OrgId(row.partition_key), row.row_key)
        for name, table in self._homes.items():
            async for index_rows in chunks(table.iter_across_partitions()):
                for org_id, homed in grouped(index_rows, lambda row: row.value.organization_id).items():
                    there = await those_there(self._ended.partition(org_id), (row.row_key for row in homed))
                    for one in homed:
                        if one.row_key not in there:
                            yield self._suspect(name, one.partition_key, org_id, one.row_key)

    def _suspect(self, name: TableName, key: str, org_id: OrgId, row_key: str) -> Suspect:
        return Suspect(place(name, key, row_key), partial(self._look_again, name, key, org_id, row_key))

    async def _look_again(self, name: TableName, key: str, org_id: OrgId, row_key: str) -> Diagnosis | None:
        # The index row first: see `remove_derived`.
        partition = self._summaries[name].partition(key)
        index = await self._keys[name].partition(key).find(row_key)
        is_ended = partial(self._is_ended, org_id, row_key)
        if await is_ended():
            return None if index is not None else self._missing(name, partition, org_id, row_key)
        if index is None:
            return None
        return diagnosis(
            FindingKind.EXECUTION_INDEX_WITHOUT_EXECUTION,
            place(name, key, row_key),
            f"{name} lists an execution of {org_id} that is gone: a deletion that stopped half-way.",
            "Removes the row from the list.",
            lambda: remove_derived(self._keys[name].partition(key), index),
        )

    def _missing(
        self, name: TableName, partition: Partition[ExecutionSummary], org_id: OrgId, row_key: str
    ) -> Diagnosis:
        async def mend() -> bool:
            ended = await self._repository.find_ended(org_id, execution_of(row_key))
            if ended is None:
                return False
            return await insert_derived(
                partition, row_key, ended.summary(), partial(self._is_ended, org_id, row_key)
            )

        shown = "its person's list" if name is TableName.USER_EXECUTIONS else "lists over all organizations"
        return diagnosis(
            FindingKind.EXECUTION_INDEX_MISSING,
            place(name, partition.key, row_key),
            f"An execution of {org_id} has ended, and {shown} and its figures do not show it.",
            f"Writes its summary to {name}.",
            mend,
        )

    async def _is_ended(self, org_id: OrgId, row_key: str) -> bool:
        return await self._ended.partition(org_id).find(row_key) is not None


class LiveExecutions:
    """Rows of ActiveExecutions that should not be there any more."""

    name = "live executions"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._repository = ExecutionRepository(storage)
        self._leases = storage.table(TableName.ACTIVE_EXECUTIONS, _Lease, large_values=False, select=True)
        self._ended = keys_of(storage, TableName.WORKFLOW_EXECUTIONS)
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Live rows whose end is recorded, and those that nobody has worked on for long."""
        async for some in chunks(self._leases.iter_across_partitions()):
            for org_id, rows in grouped(some, lambda row: row.partition_key).items():
                ended = await those_there(self._ended.partition(org_id), (row.row_key for row in rows))
                for row in rows:
                    if row.row_key in ended or self._is_stalled(row.value):
                        yield Suspect(
                            place(TableName.ACTIVE_EXECUTIONS, org_id, row.row_key),
                            partial(self._look_again, OrgId(org_id), row.row_key),
                        )

    async def _look_again(self, org_id: OrgId, row_key: str) -> Diagnosis | None:
        live = await self._leases.partition(org_id).find(row_key)
        if live is None:
            return None
        where = place(TableName.ACTIVE_EXECUTIONS, org_id, row_key)
        if await self._ended.partition(org_id).find(row_key) is not None:
            return diagnosis(
                FindingKind.EXECUTION_OUTLIVED_ITS_END,
                where,
                "The end of this execution is recorded, and its live row is still there: whoever looks for "
                "running executions finds it.",
                "Writes what follows the end to the lists, then removes the live row; the end stays.",
                partial(self._settle, org_id, row_key),
            )
        if not self._is_stalled(live.value):
            return None
        return diagnosis(
            FindingKind.EXECUTION_STALLED,
            where,
            f"Nobody has worked on this execution for {STALLED_AFTER.total_seconds() / 60:.0f} minutes or "
            "more, and nothing has ended it.",
            "Nothing: the workflow engine ends it or runs it again within seconds. See that an engine runs.",
        )

    def _is_stalled(self, lease: _Lease) -> bool:
        expected = lease.lease_ends_at or lease.queued_at
        return expected is not None and expected < self._now() - STALLED_AFTER

    async def _settle(self, org_id: OrgId, row_key: str) -> bool:
        ended = await self._repository.find_ended(org_id, execution_of(row_key))
        if ended is None:
            return False
        await self._repository.settle([ended])
        return True


def execution_of(row_key: str) -> ExecutionId:
    """The execution that a row key stands for."""
    return ExecutionId(row_key.partition("_")[2])


def _by_user(row: Stored[_Owner]) -> str:
    return row.value.executed_by


def _by_day(row: Stored[_Owner]) -> str:
    return day_of(execution_of(row.row_key))
