from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from msp_core.errors import Unavailable
from msp_core.executions.errors import LeaseLost
from msp_core.executions.models import AttemptEnd, ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, make_spec
from msp_core.permissions.models import OrgScope
from msp_core.storage import Storage
from msp_core.storage.testing import Network

LEASE = timedelta(seconds=30)
SUCCESS = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result=1)


async def test_an_execution_whose_worker_is_gone_ends_as_interrupted(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=29)
    assert (await executions.reap()).ended == []
    clock.advance(seconds=2)
    [ended] = (await executions.reap()).ended
    assert ended.execution_id == started.execution_id
    assert ended.status is ExecutionStatus.FAILED
    assert ended.error is not None
    assert ended.error.type == "Interrupted"
    assert "create_user" in ended.error.message
    assert await executions.get(scope, started.execution_id) == ended
    await executions.drain()
    result = await executions.reap()
    assert (result.ended, result.completed, result.requeue) == ([], [], [])


async def test_a_worker_that_was_thought_gone_learns_it_and_its_end_does_not_count(
    executions: ExecutionService, scope: OrgScope, clock: Clock, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=31)
    reaper = ExecutionService(storage, now=clock)
    await reaper.reap()
    await reaper.drain()
    with pytest.raises(LeaseLost):
        await executions.renew(scope.org_id, started.execution_id, "w")
    assert (await executions.finish(started, SUCCESS)).status is ExecutionStatus.FAILED


async def test_a_renewal_at_the_last_moment_keeps_the_execution(
    executions: ExecutionService, scope: OrgScope, clock: Clock, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=31)
    reaper = ExecutionService(storage, now=clock)
    stale = [row async for row in reaper.repository.iter_active_across_organizations()]
    await executions.renew(scope.org_id, started.execution_id, "w", LEASE)
    from msp_core.executions.models import ReapResult
    from msp_core.executions.reaping import ExecutionReaper

    result = ReapResult()
    await ExecutionReaper(reaper, now=clock)._put_right(stale[0], clock.moment, result, is_sure=True)
    assert result.ended == []
    assert (await executions.get(scope, started.execution_id)).status is ExecutionStatus.RUNNING


async def test_a_lease_that_ran_out_is_looked_at_twice(
    storage: Storage, scope: OrgScope, clock: Clock
) -> None:
    worker = ExecutionService(storage, now=clock)
    reaper = ExecutionService(storage, now=clock, patience=timedelta(seconds=12))
    alive, gone = [await worker.start(scope, make_spec(), lease_owner="w", lease=LEASE) for _ in range(2)]
    # Storage was away from everybody for as long as the lease holds, and is back.
    clock.advance(seconds=31)
    assert (await reaper.reap()).ended == []
    await worker.renew(scope.org_id, alive.execution_id, "w", LEASE)
    clock.advance(seconds=11)
    assert (await reaper.reap()).ended == []
    clock.advance(seconds=2)
    assert [one.execution_id for one in (await reaper.reap()).ended] == [gone.execution_id]
    await reaper.drain()


async def test_what_was_seen_before_storage_went_away_does_not_count(
    storage: Storage, scope: OrgScope, clock: Clock, network: Network
) -> None:
    reaper = ExecutionService(storage, now=clock, patience=timedelta(seconds=12))
    started = await reaper.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=31)
    await reaper.reap()
    network.is_down = True
    with pytest.raises(Unavailable):
        await reaper.reap()
    network.is_down = False
    clock.advance(seconds=60)
    assert (await reaper.reap()).ended == []
    clock.advance(seconds=13)
    assert [one.execution_id for one in (await reaper.reap()).ended] == [started.execution_id]
    await reaper.drain()


async def test_a_reaper_spares_what_it_runs_itself(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=31)
    assert (await executions.reap(spare={started.execution_id})).ended == []
    assert len((await executions.reap()).ended) == 1


async def test_what_may_be_tried_again_waits_until_its_attempts_are_used_up(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    admitted = await executions.admit(scope, make_spec(retries=2))
    for attempt in (1, 2):
        claimed = await executions.claim(scope.org_id, admitted.execution_id, f"w{attempt}", LEASE)
        assert claimed.attempt == attempt
        clock.advance(seconds=31)
        result = await executions.reap()
        assert [each.execution_id for each in result.requeue] == [admitted.execution_id]
        assert result.requeue[0].status is ExecutionStatus.PENDING
    await executions.claim(scope.org_id, admitted.execution_id, "w3", LEASE)
    clock.advance(seconds=31)
    result = await executions.reap()
    assert (result.requeue, [each.status for each in result.ended]) == ([], [ExecutionStatus.FAILED])
    [ended] = result.ended
    assert [(each.number, each.reason) for each in ended.attempts] == [
        (number, AttemptEnd.INTERRUPTED) for number in (1, 2, 3)
    ]
    assert all(each.error is not None and each.error.type == "Interrupted" for each in ended.attempts)


async def test_a_pending_execution_whose_message_was_lost_is_reported_and_not_each_time(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    admitted = await executions.admit(scope, make_spec())
    clock.advance(minutes=1)
    assert (await executions.reap()).requeue == []
    clock.advance(minutes=1.5)
    assert [each.execution_id for each in (await executions.reap()).requeue] == [admitted.execution_id]
    assert (await executions.reap()).requeue == []
    clock.advance(minutes=3)
    assert len((await executions.reap()).requeue) == 1


async def test_two_reapers_put_each_execution_right_once(
    executions: ExecutionService, scope: OrgScope, clock: Clock, storage: Storage
) -> None:
    for _ in range(4):
        await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
        await executions.admit(scope, make_spec())
    clock.advance(minutes=5)
    reapers = [ExecutionService(storage, now=clock) for _ in range(3)]
    results = await asyncio.gather(*(reaper.reap() for reaper in reapers))
    await asyncio.gather(*(reaper.drain() for reaper in reapers))
    requeued = [each.execution_id for result in results for each in result.requeue]
    ended = [each.execution_id for result in results for each in result.ended]
    assert (len(requeued), len(set(requeued))) == (4, 4)
    assert len(set(ended)) == len(ended) == 4


async def test_a_cancel_that_no_worker_saw_ends_as_cancelled(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(scope, make_spec(retries=2), lease_owner="w", lease=LEASE)
    await executions.request_cancel(scope, started.execution_id)
    clock.advance(seconds=31)
    assert [each.status for each in (await executions.reap()).ended] == [ExecutionStatus.CANCELLED]


@pytest.mark.parametrize("is_repeatable", [False, True])
async def test_an_end_that_was_only_half_recorded_is_completed(
    *,
    executions: ExecutionService,
    scope: OrgScope,
    admin: OrgScope,
    clock: Clock,
    network: Network,
    is_repeatable: bool,
) -> None:
    started = await executions.start(
        scope, make_spec(retries=int(is_repeatable)), lease_owner="w", lease=LEASE
    )
    # What a crash right after the first write leaves behind.
    ended = started.model_copy(
        update={
            "status": ExecutionStatus.SUCCESS,
            "result": 1,
            "completed_at": clock.moment,
            "duration_ms": 5,
        }
    )
    await executions.repository.insert_ended(ended)
    clock.advance(seconds=31)
    result = await executions.reap()
    await executions.drain()
    assert (result.ended, result.requeue) == ([], [])
    assert [each.result for each in result.completed] == [1]
    assert await executions.get(scope, started.execution_id) == ended
    for page in (
        await executions.list_for_user(scope.user, scope.user.id),
        await executions.list_across_organizations(admin),
        await executions.list_page(scope),
    ):
        assert [item.status for item in page.items] == [ExecutionStatus.SUCCESS]
    assert [row async for row in executions.repository.iter_active_across_organizations()] == []


async def test_a_live_row_that_could_not_be_deleted_is_cleared_up_later(
    executions: ExecutionService, scope: OrgScope, clock: Clock, network: Network
) -> None:
    from msp_core.storage.testing import Refused

    started = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    network.fail(*[Refused()] * 5, method="DELETE")
    await executions.finish(started, SUCCESS)
    await executions.drain()
    assert len([row async for row in executions.repository.iter_active_across_organizations()]) == 1
    clock.advance(seconds=31)
    assert len((await executions.reap()).completed) == 1
    await executions.drain()
    assert [row async for row in executions.repository.iter_active_across_organizations()] == []


async def test_a_reaper_without_storage_says_so(executions: ExecutionService, network: Network) -> None:
    network.is_down = True
    with pytest.raises(Unavailable):
        await executions.reap()
