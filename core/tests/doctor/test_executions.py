"""Ends that were recorded and not settled, lists that show too little or too much, live rows left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from msp_core.doctor.models import FindingKind, Outcome
from msp_core.doctor.testing import Surgery
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.repository import day_of
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import execution_id_at, make_spec
from msp_core.ids import ExecutionId, execution_row_key
from msp_core.models import Model
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Partition, TableName
from msp_core.storage.testing import Network

SUCCESS = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result="x" * 40_000)
MISSING, GONE = FindingKind.EXECUTION_INDEX_MISSING, FindingKind.EXECUTION_INDEX_WITHOUT_EXECUTION


@pytest.fixture
async def scope(msp: Platform) -> OrgScope:
    return await msp.scope((await msp.organization()).id, *Permission)


@pytest.fixture
async def executions(msp: Platform) -> AsyncIterator[ExecutionService]:
    service = ExecutionService(msp.storage)
    yield service
    await service.drain()


async def ended(executions: ExecutionService, scope: OrgScope) -> ExecutionId:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    await executions.finish(started, SUCCESS)
    await executions.drain()
    return started.execution_id


def table(msp: Platform, name: TableName, key: str) -> Partition[Model]:
    return msp.storage.table(name, Model, large_values=False).partition(key)


async def test_an_end_whose_worker_died_before_the_lists_were_written_is_settled(
    msp: Platform,
    executions: ExecutionService,
    scope: OrgScope,
    network: Network,
    surgery: Surgery,
) -> None:
    await ended(executions, scope)
    started = await executions.start(scope, make_spec(), lease_owner="w")
    network.crash_after(2)  # the result's blob and the end itself
    await executions.finish(started, SUCCESS)
    await executions.drain()
    network.recover()

    assert await surgery.kinds() == [MISSING, MISSING, FindingKind.EXECUTION_OUTLIVED_ITS_END]
    # Settling the live row writes what the lists lack.
    assert await surgery.mend() == [FindingKind.EXECUTION_OUTLIVED_ITS_END]
    mine = await executions.list_for_user(scope.user, scope.user.id)
    assert [one.status for one in mine.items] == [ExecutionStatus.SUCCESS] * 2


@pytest.mark.parametrize("name", [TableName.USER_EXECUTIONS, TableName.EXECUTIONS_BY_DAY])
async def test_an_index_row_that_is_missing_is_written_as_it_was(
    msp: Platform, executions: ExecutionService, scope: OrgScope, surgery: Surgery, name: TableName
) -> None:
    ids = [await ended(executions, scope) for _ in range(7)]
    key = scope.user.id if name is TableName.USER_EXECUTIONS else day_of(ids[3])
    repository = executions.repository
    of_list = repository.ended_of_user(key) if name is TableName.USER_EXECUTIONS else repository.ended_on(key)
    before = (await of_list.get(execution_row_key(ids[3]))).value
    await table(msp, name, key).delete(execution_row_key(ids[3]))

    assert await surgery.mend() == [MISSING]
    assert (await of_list.get(execution_row_key(ids[3]))).value == before


@pytest.mark.parametrize("name", [TableName.USER_EXECUTIONS, TableName.EXECUTIONS_BY_DAY])
async def test_an_index_row_whose_execution_is_gone_is_removed(
    msp: Platform, executions: ExecutionService, scope: OrgScope, surgery: Surgery, name: TableName
) -> None:
    kept, gone = await ended(executions, scope), await ended(executions, scope)
    row_key = execution_row_key(gone)
    other = (
        table(msp, TableName.EXECUTIONS_BY_DAY, day_of(gone))
        if name is TableName.USER_EXECUTIONS
        else table(msp, TableName.USER_EXECUTIONS, scope.user.id)
    )
    await other.delete(row_key)
    await table(msp, TableName.WORKFLOW_EXECUTIONS, scope.org_id).delete(row_key)

    assert await surgery.mend() == [GONE]
    mine = await executions.list_for_user(scope.user, scope.user.id)
    assert [one.execution_id for one in mine.items] == [kept]


async def test_an_index_row_is_not_written_for_an_execution_that_was_purged_meanwhile(
    msp: Platform, executions: ExecutionService, scope: OrgScope, surgery: Surgery
) -> None:
    gone = await ended(executions, scope)
    await table(msp, TableName.USER_EXECUTIONS, scope.user.id).delete(execution_row_key(gone))
    mend = await surgery.only_mend()
    [summary] = [stored.value async for stored in executions.repository.ended_of(scope.org_id).iter()]
    await executions.repository.delete_ended(summary)

    assert await mend() is False
    assert await surgery.examine() == []


async def test_running_executions_are_no_finding_until_nobody_ends_them(
    executions: ExecutionService, scope: OrgScope, surgery: Surgery
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w", lease=timedelta(seconds=30))
    waiting = await executions.admit(scope, make_spec())
    surgery.advance(minutes=5)
    assert await surgery.examine() == []

    surgery.advance(minutes=6)
    findings = await surgery.examine(repair=True)
    assert {(one.kind, one.outcome) for one in findings} == {(FindingKind.EXECUTION_STALLED, Outcome.FOUND)}
    assert sorted(one.where.rpartition("_")[2] for one in findings) == sorted(
        [started.execution_id, waiting.execution_id]
    )


async def test_many_executions_are_compared_in_pieces(
    msp: Platform,
    executions: ExecutionService,
    scope: OrgScope,
    network: Network,
    surgery: Surgery,
) -> None:
    ids = [execution_id_at(surgery.moment - timedelta(hours=n), n) for n in range(260)]
    for start in range(0, len(ids), 100):
        for one in ids[start : start + 100]:
            started = await executions.start(scope, make_spec(execution_id=one), lease_owner="w")
            await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
        await executions.drain()
    lost = [ids[0], ids[130], ids[259]]
    for one in lost:
        await table(msp, TableName.USER_EXECUTIONS, scope.user.id).delete(execution_row_key(one))
        await table(msp, TableName.EXECUTIONS_BY_DAY, day_of(one)).delete(execution_row_key(one))
    network.page_rows = 50

    assert await surgery.mend() == [MISSING] * 6
