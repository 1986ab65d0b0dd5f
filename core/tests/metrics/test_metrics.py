"""How executions went lately, and who may know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from msp_core.errors import Forbidden, Unavailable
from msp_core.executions.listing import ExecutionLister
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, execution_id_at, make_spec
from msp_core.identity.models import Principal
from msp_core.metrics.models import Metrics, Window
from msp_core.metrics.service import MetricsService
from msp_core.organizations.testing import ManualClock, Platform
from msp_core.permissions.history import HistoryReach
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage.testing import Network

HISTORY = Permission.CAN_VIEW_HISTORY


class Lately:
    """A platform where executions ended at given times."""

    def __init__(self, msp: Platform) -> None:
        self.msp = msp
        self.clock = Clock()
        self.monotonic = ManualClock()
        self.executions = ExecutionService(msp.storage, now=self.clock)
        self.metrics = MetricsService(
            ExecutionLister(self.executions.repository, now=self.clock),
            HistoryReach(msp.organizations, msp.permissions),
            now=self.clock,
            clock=self.monotonic,
        )
        self._number = 0

    async def ran(
        self,
        scope: OrgScope,
        status: ExecutionStatus = ExecutionStatus.SUCCESS,
        *,
        ago: timedelta = timedelta(minutes=5),
        took: timedelta = timedelta(seconds=1),
        workflow: str = "create_user",
    ) -> None:
        """An execution that was admitted `ago` and took so long; a live one is left as it is."""
        self._number += 1
        now = self.clock.moment
        self.clock.moment = now - ago
        spec = make_spec(
            execution_id=execution_id_at(self.clock.moment, self._number), workflow_name=workflow
        )
        execution = await self.executions.start(scope, spec, lease_owner="test")
        if status.is_ended:
            self.clock.moment += took
            await self.executions.finish(execution, ExecutionOutcome(status=status))
        self.clock.moment = now

    async def read(self, person: Principal, window: Window = Window.DAY) -> Metrics:
        await self.executions.drain()
        return await self.metrics.read(await self.msp.scopes.resolve_user(person), window)


@pytest.fixture
async def lately(msp: Platform) -> AsyncIterator[Lately]:
    lately = Lately(msp)
    yield lately
    await lately.executions.drain()


async def test_an_admin_is_told_of_all_by_status_time_and_workflow(msp: Platform, lately: Lately) -> None:
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    here, there = await msp.admin_in(contoso.id), await msp.admin_in(fabrikam.id)
    await lately.ran(here, took=timedelta(seconds=2))
    await lately.ran(here, ExecutionStatus.FAILED, ago=timedelta(minutes=150))
    await lately.ran(there, ExecutionStatus.TIMED_OUT, took=timedelta(seconds=60), workflow="slow")
    await lately.ran(there, ExecutionStatus.CANCELLED)
    await lately.ran(there, ExecutionStatus.RUNNING)
    await lately.ran(here, ago=timedelta(hours=25))
    await lately.ran(await msp.admin_scope(), workflow="without_organization")

    day = await lately.read(msp.person(is_admin=True))
    assert day.organizations is None
    assert day.total.count == 6
    assert day.total.by_status == {
        ExecutionStatus.PENDING: 0,
        ExecutionStatus.RUNNING: 1,
        ExecutionStatus.SUCCESS: 2,
        ExecutionStatus.FAILED: 1,
        ExecutionStatus.CANCELLED: 1,
        ExecutionStatus.TIMED_OUT: 1,
    }
    assert day.total.failure_rate == 0.4
    assert day.total.durations.max_ms == 60_000
    assert [bucket.count for bucket in day.buckets] == [0] * 20 + [0, 1, 0, 5]
    assert (day.buckets[0].starts_at, day.buckets[-1].ends_at) == (day.starts_at, day.ends_at)
    assert day.slowest_workflows[0].workflow_name == "slow"
    assert day.slowest_workflows[0].durations.p95_ms == pytest.approx(60_000, rel=0.03)
    assert [(one.workflow_name, one.failure_rate) for one in day.failing_workflows] == [
        ("slow", 1.0),
        ("create_user", 0.3333),
    ]

    week = await lately.read(msp.person(is_admin=True), Window.WEEK)
    assert (week.total.count, len(week.buckets)) == (7, 28)


async def test_a_technician_is_told_of_those_whose_history_they_may_view(
    msp: Platform, lately: Lately
) -> None:
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    await lately.ran(await msp.admin_in(contoso.id), workflow="contosos")
    await lately.ran(await msp.admin_in(fabrikam.id), workflow="fabrikams")
    await lately.ran(await msp.admin_in(fabrikam.id), ExecutionStatus.RUNNING, workflow="fabrikams")
    await lately.ran(await msp.admin_scope(), workflow="without_organization")
    viewer = await msp.technician(contoso.id, HISTORY)
    found = await lately.read(viewer)
    assert (found.organizations, found.total.count) == (1, 1)
    assert [one.workflow_name for one in found.slowest_workflows] == ["contosos"]
    assert found.failing_workflows == ()
    runner = await msp.technician(contoso.id, Permission.CAN_EXECUTE_WORKFLOWS)
    nothing = await lately.read(runner)
    assert (nothing.organizations, nothing.total.count, nothing.total.failure_rate) == (0, 0, None)
    assert nothing.total.durations.p50_ms is None


async def test_revoking_counts_from_the_next_request_on(msp: Platform, lately: Lately) -> None:
    contoso = await msp.organization()
    await lately.ran(await msp.admin_in(contoso.id))
    viewer = await msp.technician(contoso.id, HISTORY)
    assert (await lately.read(viewer)).total.count == 1
    await msp.permissions.revoke(await msp.admin_scope(), viewer.user_id, contoso.id)
    assert (await lately.read(viewer)).total.count == 0


async def test_a_client_user_is_told_nothing(msp: Platform, lately: Lately, tenant_id: str) -> None:
    contoso = await msp.organization("Contoso", tenant_id)
    with pytest.raises(Forbidden):
        await lately.read(await msp.client_user(contoso))


async def test_several_who_ask_at_once_wait_for_one_reading_and_it_is_kept_for_a_while(
    msp: Platform, lately: Lately
) -> None:
    contoso = await msp.organization()
    scope, admin = await msp.admin_in(contoso.id), msp.person(is_admin=True)
    first, second = await asyncio.gather(lately.read(admin), lately.read(admin))
    assert first is second
    await lately.ran(scope)
    assert (await lately.read(admin)).total.count == 0
    lately.monotonic.now += 15
    assert (await lately.read(admin)).total.count == 1


async def test_a_reading_that_failed_is_not_kept(msp: Platform, lately: Lately, network: Network) -> None:
    admin = await msp.scopes.resolve_user(msp.person(is_admin=True))
    network.is_down = True
    with pytest.raises(Unavailable):
        await lately.metrics.read(admin, Window.DAY)
    network.is_down = False
    assert (await lately.metrics.read(admin, Window.DAY)).total.count == 0
