from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from msp_automation.capabilities import IntegrationCall
from msp_core.errors import Conflict, Invalid, NotFound, Unavailable
from msp_core.executions.errors import ExecutionEnded, ExecutionTaken, LeaseLost
from msp_core.executions.models import (
    Execution,
    ExecutionError,
    ExecutionOutcome,
    ExecutionStatus,
    Progress,
    Trigger,
)
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, make_spec
from msp_core.ids import ExecutionId, OrgId, new_execution_id
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Storage
from msp_core.storage.testing import AnswerLost, Meanwhile, Network, Refused

MakeScope = Callable[..., OrgScope]
SUCCESS = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result={"id": 1})
OTHER_ORG = "c0000000-0000-4000-8000-000000000002"


async def test_a_started_execution_is_running_and_ours(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(
        scope, make_spec(ip_address="192.0.2.1"), lease_owner="worker-1", lease=timedelta(seconds=30)
    )
    assert started.status is ExecutionStatus.RUNNING
    assert (started.attempt, started.lease_owner, started.trigger) == (1, "worker-1", Trigger.API)
    assert started.lease_ends_at == clock.moment + timedelta(seconds=30)
    assert (started.executed_by, started.executed_by_name) == ("a1.b1", "Person b1")
    assert await executions.get(scope, started.execution_id) == started


async def test_an_execution_ends_with_everything_it_left(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    clock.advance(seconds=1.5)
    outcome = ExecutionOutcome(
        status=ExecutionStatus.FAILED,
        error=ExecutionError(type="IntegrationError", message="Graph said no.", details={"status": 403}),
        progress=Progress(fraction=0.5, message="half"),
        checkpoints={"one": {"n": None}},
        variables={"v": [1]},
        integration_calls=[
            IntegrationCall(
                timestamp=clock.moment,
                integration="msgraph",
                method="GET",
                endpoint="/users/{id}",
                status_code=403,
                duration_ms=12.5,
            )
        ],
    )
    ended = await executions.finish(started, outcome)
    assert (ended.status, ended.duration_ms, ended.completed_at) == (
        ExecutionStatus.FAILED,
        1500,
        clock.moment,
    )
    assert (ended.lease_owner, ended.lease_ends_at) == (None, None)
    read = await executions.get(scope, started.execution_id)
    assert read == ended
    assert read.model_dump(include=set(ExecutionOutcome.model_fields)) == outcome.model_dump()


async def test_the_live_row_goes_once_the_end_is_recorded(
    executions: ExecutionService, scope: OrgScope
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    await executions.finish(started, SUCCESS)
    await executions.drain()
    assert [row async for row in executions.repository.iter_active_across_organizations()] == []


async def test_only_the_first_end_is_recorded(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    others = [ExecutionService(storage) for _ in range(4)]
    outcomes = [ExecutionOutcome(status=ExecutionStatus.SUCCESS, result=n) for n in range(4)]
    ends = await asyncio.gather(
        *(other.finish(started, outcome) for other, outcome in zip(others, outcomes, strict=True))
    )
    await asyncio.gather(*(other.drain() for other in others))
    recorded = await executions.get(scope, started.execution_id)
    assert [end.result for end in ends] == [recorded.result] * 4
    late = await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.TIMED_OUT))
    assert late == recorded
    listed = await executions.list_for_user(scope.user, scope.user.id)
    assert [item.status for item in listed.items] == [ExecutionStatus.SUCCESS]


async def test_an_end_whose_answer_was_lost_is_our_own_end(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    network.fail(AnswerLost())
    ended = await executions.finish(started, SUCCESS)
    assert ended.result == {"id": 1}
    assert await executions.get(scope, started.execution_id) == ended


async def test_finish_may_be_repeated_until_storage_is_back(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    network.is_down = True
    with pytest.raises(Unavailable):
        await executions.finish(started, SUCCESS)
    network.is_down = False
    assert (await executions.finish(started, SUCCESS)).status is ExecutionStatus.SUCCESS


async def test_pending_and_running_are_no_ends(executions: ExecutionService, scope: OrgScope) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    with pytest.raises(Invalid):
        await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.RUNNING))


async def test_an_execution_id_is_used_once(executions: ExecutionService, scope: OrgScope) -> None:
    spec = make_spec()
    await executions.admit(scope, spec)
    with pytest.raises(Conflict):
        await executions.admit(scope, spec)


async def test_an_admitted_execution_waits_and_is_claimed(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    admitted = await executions.admit(scope, make_spec(timeout_seconds=7, retries=3))
    assert (admitted.status, admitted.attempt) == (ExecutionStatus.PENDING, 0)
    clock.advance(seconds=10)
    claimed = await executions.claim(scope.org_id, admitted.execution_id, "w", timedelta(seconds=30))
    assert (claimed.status, claimed.attempt, claimed.lease_owner) == (ExecutionStatus.RUNNING, 1, "w")
    assert claimed.started_at == clock.moment
    assert (claimed.timeout_seconds, claimed.retries, claimed.input_data) == (
        7,
        3,
        {"name": "Adele"},
    )


async def test_of_many_who_claim_one_wins(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    admitted = await executions.admit(scope, make_spec())
    workers = [ExecutionService(storage) for _ in range(8)]
    results = await asyncio.gather(
        *(worker.claim(scope.org_id, admitted.execution_id, f"w{n}") for n, worker in enumerate(workers)),
        return_exceptions=True,
    )
    winners = [result for result in results if isinstance(result, Execution)]
    assert len(winners) == 1
    assert sum(1 for result in results if isinstance(result, ExecutionTaken)) == 7
    assert (await executions.get(scope, admitted.execution_id)).lease_owner == winners[0].lease_owner


async def test_a_claim_whose_answer_was_lost_is_ours(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    admitted = await executions.admit(scope, make_spec())
    network.fail(AnswerLost(), method="PUT")
    assert (await executions.claim(scope.org_id, admitted.execution_id, "w")).lease_owner == "w"
    assert not await executions.renew(scope.org_id, admitted.execution_id, "w")


async def test_a_claim_that_storage_carried_out_after_we_gave_it_up_is_ours(
    executions: ExecutionService, scope: OrgScope, network: Network, storage: Storage
) -> None:
    admitted = await executions.admit(scope, make_spec())
    # A storage that hangs does what it was asked when it wakes up, long after whoever asked has gone.
    network.fail(AnswerLost(), Refused(), Refused(), Refused(), Refused(), method="PUT")
    with pytest.raises(Unavailable):
        await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert executions.is_claim_unsure(admitted.execution_id)
    with pytest.raises(ExecutionTaken):
        await ExecutionService(storage).claim(scope.org_id, admitted.execution_id, "other")

    results = await asyncio.gather(
        *(executions.claim(scope.org_id, admitted.execution_id, "w") for _ in range(3)),
        return_exceptions=True,
    )
    [claimed] = [one for one in results if isinstance(one, Execution)]
    assert (claimed.lease_owner, claimed.attempt) == ("w", 1)
    assert [type(one) for one in results if one is not claimed] == [ExecutionTaken] * 2
    assert not executions.is_claim_unsure(admitted.execution_id)
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, admitted.execution_id, "w")


async def test_a_claim_that_comes_late_does_not_undo_the_one_that_replaced_it(
    executions: ExecutionService, scope: OrgScope, network: Network, storage: Storage
) -> None:
    admitted = await executions.admit(scope, make_spec())
    network.fail(*[Refused()] * 5, method="PUT")
    with pytest.raises(Unavailable):
        await executions.claim(scope.org_id, admitted.execution_id, "w")

    late = ExecutionService(storage)

    async def our_own_first_write_arrives() -> None:
        # Under our name, as it would: from a service that shares nothing else with ours.
        await late.claim(scope.org_id, admitted.execution_id, "w")

    network.fail(Meanwhile(our_own_first_write_arrives), method="PUT")
    claimed = await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert (claimed.lease_owner, claimed.attempt) == ("w", 1)
    assert not await executions.renew(scope.org_id, admitted.execution_id, "w")


async def test_who_was_unsure_of_a_claim_learns_that_somebody_else_has_it(
    executions: ExecutionService, scope: OrgScope, network: Network, storage: Storage
) -> None:
    admitted = await executions.admit(scope, make_spec())
    network.fail(*[Refused()] * 5, method="PUT")
    with pytest.raises(Unavailable):
        await executions.claim(scope.org_id, admitted.execution_id, "w")
    await ExecutionService(storage).claim(scope.org_id, admitted.execution_id, "other")
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert not executions.is_claim_unsure(admitted.execution_id)


async def test_what_has_ended_cannot_be_claimed(executions: ExecutionService, scope: OrgScope) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, started.execution_id, "other")
    await executions.finish(started, SUCCESS)
    await executions.drain()
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, started.execution_id, "other")


@pytest.mark.parametrize(
    "execution_id", ["", "x", "../x", "a'b", "GLOBAL", "0192f0c1-5d3e-7a10-8b2c-3d4e5f607182".upper()]
)
async def test_malformed_ids_are_not_found_without_asking_storage(
    executions: ExecutionService, scope: OrgScope, network: Network, execution_id: str
) -> None:
    bad = ExecutionId(execution_id)
    for call in (
        executions.get(scope, bad),
        executions.request_cancel(scope, bad),
        executions.claim(scope.org_id, bad, "w"),
    ):
        with pytest.raises(NotFound):
            await call
    assert network.count() == 0


async def test_unknown_ids_and_other_organizations_ids_get_the_same_answer(
    executions: ExecutionService, scope: OrgScope, make_scope: MakeScope
) -> None:
    other = make_scope(OTHER_ORG, "b2", is_admin=True)
    live = await executions.start(other, make_spec(), lease_owner="w")
    ended = await executions.finish(await executions.start(other, make_spec(), lease_owner="w"), SUCCESS)
    for execution_id in (live.execution_id, ended.execution_id, new_execution_id()):
        for call in (
            executions.get(scope, execution_id),
            executions.request_cancel(scope, execution_id),
            executions.claim(scope.org_id, execution_id, "w"),
        ):
            with pytest.raises(NotFound) as caught:
                await call
            assert caught.value.message == "There is no such execution."
    assert (await executions.list_page(scope)).items == []


async def test_without_view_history_a_person_sees_their_own_only(
    executions: ExecutionService, scope: OrgScope, make_scope: MakeScope
) -> None:
    plain = make_scope(scope.org_id, "b9", Permission.CAN_EXECUTE_WORKFLOWS)
    mine = await executions.start(plain, make_spec(), lease_owner="w")
    others = await executions.start(scope, make_spec(), lease_owner="w")
    assert (await executions.get(plain, mine.execution_id)).execution_id == mine.execution_id
    with pytest.raises(NotFound):
        await executions.get(plain, others.execution_id)
    assert [item.execution_id for item in (await executions.list_page(plain)).items] == [mine.execution_id]
    assert len((await executions.list_page(scope)).items) == 2


async def test_renewing_moves_the_lease_and_shows_progress(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    clock.advance(seconds=10)
    asked = await executions.renew(
        scope.org_id,
        started.execution_id,
        "w",
        timedelta(seconds=20),
        progress=Progress(fraction=0.5, message="half"),
        checkpoints={"a": 1},
    )
    assert not asked
    live = await executions.get(scope, started.execution_id)
    assert live.lease_ends_at == clock.moment + timedelta(seconds=20)
    assert (live.progress, live.checkpoints) == (Progress(fraction=0.5, message="half"), {"a": 1})
    await executions.renew(scope.org_id, started.execution_id, "w")
    assert (await executions.get(scope, started.execution_id)).progress == live.progress


async def test_who_is_not_the_owner_cannot_renew(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    with pytest.raises(LeaseLost):
        await ExecutionService(storage).renew(scope.org_id, started.execution_id, "other")
    elsewhere = ExecutionService(storage)
    await elsewhere.finish(started, SUCCESS)
    await elsewhere.drain()
    with pytest.raises(LeaseLost):
        await executions.renew(scope.org_id, started.execution_id, "w")


async def test_a_running_execution_learns_of_a_cancel_with_its_next_renewal(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    asked = await ExecutionService(storage).request_cancel(scope, started.execution_id)
    assert (asked.status, asked.cancel_requested) == (ExecutionStatus.RUNNING, True)
    assert await executions.renew(scope.org_id, started.execution_id, "w")
    assert await executions.renew(scope.org_id, started.execution_id, "w")
    again = await executions.request_cancel(scope, started.execution_id)
    assert again.cancel_requested


async def test_a_cancel_that_races_renewals_is_never_lost(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    other = ExecutionService(storage)
    for _ in range(10):
        started = await executions.start(scope, make_spec(), lease_owner="w")
        await asyncio.gather(
            executions.renew(scope.org_id, started.execution_id, "w"),
            other.request_cancel(scope, started.execution_id),
            executions.renew(scope.org_id, started.execution_id, "w", progress=Progress(fraction=0.1)),
        )
        assert await executions.renew(scope.org_id, started.execution_id, "w")


async def test_a_pending_execution_is_cancelled_at_once(
    executions: ExecutionService, scope: OrgScope
) -> None:
    admitted = await executions.admit(scope, make_spec())
    cancelled = await executions.request_cancel(scope, admitted.execution_id)
    assert cancelled.status is ExecutionStatus.CANCELLED
    assert cancelled.duration_ms is None
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, admitted.execution_id, "w")
    await executions.drain()
    with pytest.raises(ExecutionEnded):
        await executions.request_cancel(scope, admitted.execution_id)


async def test_a_cancel_that_races_a_claim_either_prevents_it_or_reaches_it(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    worker = ExecutionService(storage)
    for _ in range(10):
        admitted = await executions.admit(scope, make_spec())
        claim, cancel = await asyncio.gather(
            worker.claim(scope.org_id, admitted.execution_id, "w"),
            executions.request_cancel(scope, admitted.execution_id),
            return_exceptions=True,
        )
        assert isinstance(cancel, Execution)
        if isinstance(claim, Execution):
            assert cancel.status is ExecutionStatus.RUNNING
            assert await worker.renew(scope.org_id, admitted.execution_id, "w")
        else:
            assert isinstance(claim, ExecutionTaken)
            assert cancel.status is ExecutionStatus.CANCELLED


async def test_a_claim_finds_a_cancel_whose_end_was_not_recorded(
    executions: ExecutionService, scope: OrgScope
) -> None:
    admitted = await executions.admit(scope, make_spec())
    stored = await executions.repository.find_active(scope.org_id, admitted.execution_id)
    assert stored is not None
    await executions.repository.replace_active(
        stored.value.model_copy(update={"cancel_requested": True}), etag=stored.etag
    )
    with pytest.raises(ExecutionTaken, match="cancelled"):
        await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert (await executions.get(scope, admitted.execution_id)).status is ExecutionStatus.CANCELLED


async def test_own_executions_may_be_cancelled_without_permission_others_may_not(
    executions: ExecutionService, scope: OrgScope, make_scope: MakeScope
) -> None:
    viewer = make_scope(scope.org_id, "b9", Permission.CAN_VIEW_HISTORY)
    own = await executions.start(viewer, make_spec(), lease_owner="w")
    assert (await executions.request_cancel(viewer, own.execution_id)).cancel_requested
    foreign = await executions.start(scope, make_spec(), lease_owner="w")
    with pytest.raises(NotFound):
        await executions.request_cancel(viewer, foreign.execution_id)
    assert not (await executions.get(scope, foreign.execution_id)).cancel_requested


BIG: dict[str, Any] = {"text": "ü" * 50_000, "none": None}


async def test_large_input_and_result_come_back_whole(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    admitted = await executions.admit(scope, make_spec(input_data=BIG))
    claimed = await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert claimed.input_data == BIG
    assert not await executions.renew(scope.org_id, admitted.execution_id, "w", checkpoints={"big": BIG})
    live = await executions.get(scope, admitted.execution_id)
    assert (live.input_data, live.checkpoints) == (BIG, {"big": BIG})
    ended = await executions.finish(
        claimed, ExecutionOutcome(status=ExecutionStatus.SUCCESS, result=[BIG, BIG], variables={"v": BIG})
    )
    read = await executions.get(scope, admitted.execution_id)
    assert read == ended
    assert (read.input_data, read.result, read.variables) == (BIG, [BIG, BIG], {"v": BIG})
    names = [name async for name in storage.blobs("execution-data").iter_names()]
    assert all(name.startswith(f"{scope.org_id}/{admitted.execution_id}/") for name in names)
    assert len((await executions.list_page(scope)).items) == 1


async def test_of_two_large_results_the_recorded_one_is_read(
    executions: ExecutionService, scope: OrgScope, storage: Storage
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    first = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result="a" * 50_000)
    second = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result="b" * 50_000)
    await executions.finish(started, first)
    assert (await ExecutionService(storage).finish(started, second)).result == "a" * 50_000
    assert (await executions.get(scope, started.execution_id)).result == "a" * 50_000


async def test_an_organization_less_execution_lies_in_global(
    executions: ExecutionService, admin: OrgScope
) -> None:
    started = await executions.start(admin, make_spec(), lease_owner="w")
    assert started.organization_id == OrgId("GLOBAL")
    assert (await executions.get(admin, started.execution_id)) == started


@pytest.mark.parametrize("fault", [Refused(), AnswerLost()], ids=str)
async def test_a_run_survives_a_fault_at_each_of_its_writes(
    executions: ExecutionService, scope: OrgScope, network: Network, fault: Refused | AnswerLost
) -> None:
    network.fail(fault)
    admitted = await executions.admit(scope, make_spec())
    network.fail(fault)
    claimed = await executions.claim(scope.org_id, admitted.execution_id, "w")
    network.fail(fault)
    assert not await executions.renew(scope.org_id, admitted.execution_id, "w")
    network.fail(fault, fault, fault)
    ended = await executions.finish(claimed, SUCCESS)
    await executions.drain()
    assert await executions.get(scope, admitted.execution_id) == ended
    assert [item.status for item in (await executions.list_page(scope)).items] == [ExecutionStatus.SUCCESS]
