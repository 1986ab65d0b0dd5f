"""Schedules: what is due runs once for each organization, whatever engines do and whenever they die."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from msp_core.executions.models import Execution
from msp_core.executions.testing import Clock
from msp_core.ids import GLOBAL, ExecutionId, OrgId, new_id
from msp_core.organizations.models import OrganizationCreate, OrganizationUpdate
from msp_core.schedules.models import ScheduleSwitch, Slot, declared_schedules
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Where
from msp_devstack import demo
from tests.app.engine_world import until
from workflow_engine.container import Container, build_scheduling
from workflow_engine.scheduling.ticking import Scheduling

MakeWorld = Any  # from conftest.py, which tests cannot import

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

HOURLY = """
@workflow
@schedule("0 * * * *", name="hourly", parameters={"size": 3})
async def report(context: OrganizationContext, size: int = 1) -> dict:
    '''Make a report.'''
    return {"size": size, "who": context.caller.user_id, "org": context.org.name}
"""
FOR_CONTOSO = HOURLY.replace('name="hourly"', f'name="hourly", organizations=["{demo.CONTOSO.id}"]')


class Engines:
    """Several that look at one clock, over one world's storage."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.clock = Clock()
        # Organizations were made just now: the next full hour is theirs.
        self.clock.moment = _full_hour(self.clock.moment) + timedelta(hours=1, minutes=30)
        self.slots = ScheduleRepository(world.core.storage)
        self.first = self.engine()
        self.since = LONG_AGO

    def engine(self, container: Container | None = None, *, ahead: float = 0) -> Scheduling:
        """One more; its clock may be so many seconds ahead."""
        services = (container or self.world.container).services
        return build_scheduling(
            services.storage,
            pool=services.pool,
            executions=services.executions,
            scopes=services.scope_resolver,
            launching=services.launching,
            owner=new_id(),
            now=lambda: self.clock.moment + timedelta(seconds=ahead),
        )

    async def at_next_hour(self, hours: int = 1, seconds: float = 5) -> None:
        """The first engine looks a little after a full hour."""
        self.clock.moment = _full_hour(self.clock.moment) + timedelta(hours=hours, seconds=seconds)
        await self.first.tick()

    async def warm_up(self) -> None:
        """Fire once and forget it: tables and queues are made once in an account's life."""
        await self.at_next_hour()
        await _cancel_all(self.world)
        self.since = self.clock.moment

    async def crash_at_next_hour(self, writes: int) -> None:
        """The first engine dies in the round, after so many writes; storage is there for others."""
        self.world.network.crash_after(writes)
        await self.at_next_hour()
        self.world.network.recover()

    async def decided(self, org_id: str | None = None) -> list[Slot]:
        """An organization's slots, oldest first."""
        return (await self.slots.list_slots_since(OrgId(org_id or self.world.contoso), self.since))[::-1]

    async def live(self) -> list[Any]:
        """Executions of all organizations that have not ended."""
        rows = self.world.core_executions.repository.iter_active_across_organizations()
        return [row.value async for row in rows]

    async def states(self, org_id: str | None = None) -> list[str]:
        """What became of them."""
        return [slot.state.value for slot in await self.decided(org_id)]


@pytest.fixture
def engines(make_world: MakeWorld) -> Any:
    """Make a world with these workflows, and engines on it that have seen the schedules."""

    async def make(workflows: str, **settings: Any) -> Engines:
        # Requests are counted, so the reaper comes once only.
        world = await make_world(workflows, run_schedules=False, reap_every_seconds=3600, **settings)
        engines = Engines(world)
        await engines.first.tick()
        return engines

    return make


async def test_what_is_due_runs_from_the_queue_for_each_organization(engines: Any) -> None:
    one = await engines(HOURLY, consume_queue=True)
    await one.at_next_hour()
    for org_id, name in ((one.world.contoso, "Contoso"), (one.world.fabrikam, "Fabrikam")):
        [slot] = await one.decided(org_id)
        execution = await _end_of(one.world, org_id, slot.execution_id)
        assert (slot.state, slot.due_at) == ("fired", _full_hour(one.clock.moment))
        assert (execution.status, execution.trigger) == ("Success", "schedule")
        assert execution.executed_by_name == "Schedule hourly of report"
        assert execution.result == {"size": 3, "who": "schedule:report.hourly", "org": name}
    await one.first.tick()
    assert await one.states() == ["fired"]


async def test_a_schedule_fires_nothing_from_before_it_was_first_seen_or_changed(engines: Any) -> None:
    one = await engines(HOURLY)
    async with one.world.restarted(HOURLY.replace("0 * * * *", "1 * * * *")):
        one.first = one.engine()
        # Five past: one past is within the grace, and before anybody knew of it.
        await one.at_next_hour(seconds=300)
        assert await one.states() == []
        await one.at_next_hour(seconds=90)
        [slot] = await one.decided()
        assert slot.due_at == _full_hour(one.clock.moment) + timedelta(minutes=1)


async def test_many_engines_at_once_fire_each_slot_once(engines: Any) -> None:
    one = await engines(HOURLY.replace('"0 * * * *"', '"* * * * *", overlap="queue"'))
    async with one.world.second_engine_container() as other:
        looking = [one.engine(container) for container in (one.world.container, other) for _ in range(4)]
        for _ in range(8):
            one.clock.advance(minutes=1)
            # Whoever finds it leased comes again; none may fire a second time.
            await asyncio.gather(*(each.tick() for each in looking))
            await asyncio.gather(*(each.tick() for each in looking))
            await _cancel_all(one.world)
    for org_id in (one.world.contoso, one.world.fabrikam):
        slots = await one.decided(org_id)
        assert [slot.state for slot in slots] == ["fired"] * 8
        ids = sorted(record.execution_id for record in await one.world.records(org_id))
        assert sorted(set(ids)) == sorted(slot.execution_id for slot in slots)
        assert len({slot.due_at for slot in slots}) == 8


async def test_engines_that_take_a_round_from_each_other_fire_each_slot_once(engines: Any) -> None:
    one = await engines(HOURLY)
    async with one.world.second_engine_container() as other:
        # To each of them the leases of those before it have run out.
        looking = [
            one.engine(container, ahead=number * 61)
            for number, container in enumerate((one.world.container, other) * 4)
        ]
        for _ in range(4):
            one.clock.moment = _full_hour(one.clock.moment) + timedelta(hours=1, seconds=5)
            await asyncio.gather(*(each.tick() for each in looking))
            await looking[-1].tick()
            await _cancel_all(one.world)
    for org_id in (one.world.contoso, one.world.fabrikam):
        slots = await one.decided(org_id)
        assert [slot.state for slot in slots] == ["fired"] * 4
        ids = {record.execution_id for record in await one.world.records(org_id)}
        assert ids == {slot.execution_id for slot in slots}


@pytest.mark.parametrize("writes", range(5))
async def test_a_crash_at_any_write_is_completed_by_another_engine(engines: Any, writes: int) -> None:
    """Writes of a round: lease of the mark, slot, record, message, mark."""
    one = await engines(FOR_CONTOSO)
    await one.warm_up()
    other = one.engine()
    await one.crash_at_next_hour(writes)
    before = await one.decided()
    await other.tick()
    one.clock.advance(seconds=61)
    await other.tick()
    [slot] = await one.decided()
    assert slot.state == "fired"
    assert [one.execution_id for one in before] in ([], [slot.execution_id])
    assert [record.execution_id for record in await one.live()] == [slot.execution_id]
    await other.tick()
    await one.first.tick()
    assert await one.decided() == [slot]
    assert len(await one.live()) == 1


async def test_a_run_that_ended_while_its_round_was_open_is_not_run_again(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    await one.warm_up()
    other = one.engine()
    # All but the last write, which closes the round.
    await one.crash_at_next_hour(4)
    [slot] = await one.decided()
    await _cancel_all(one.world)
    one.clock.advance(seconds=61)
    await other.tick()
    assert (await _record(one.world, slot)).status == "Cancelled"
    assert await one.decided() == [slot]
    assert await one.live() == []


async def test_after_an_outage_the_newest_in_time_starts_and_the_others_are_reported(engines: Any) -> None:
    one = await engines(HOURLY)
    await one.at_next_hour(hours=50, seconds=540)
    missed, fired = await one.decided()
    assert (missed.state, missed.count, fired.state) == ("missed", 49, "fired")
    assert missed.due_at - missed.missed_since == timedelta(hours=48)
    assert fired.due_at - missed.due_at == timedelta(hours=1)
    assert missed.reason == "No engine was there to start it in time."


async def test_what_is_later_than_its_author_allows_is_missed(engines: Any) -> None:
    one = await engines(HOURLY.replace('name="hourly"', 'name="hourly", catch_up_seconds=60'))
    await one.at_next_hour(seconds=61)
    assert await one.states() == ["missed"]
    await one.at_next_hour(seconds=59)
    assert await one.states() == ["missed", "fired"]
    assert len(await one.world.records()) == 1


async def test_a_round_taken_over_too_late_reports_the_slot_as_missed(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    await one.warm_up()
    # The slot says that it fired, and nothing was admitted.
    await one.crash_at_next_hour(2)
    assert await one.states() == ["fired"]
    one.clock.advance(minutes=11)
    await one.first.tick()
    [slot] = await one.decided()
    assert (slot.state, slot.execution_id) == ("missed", None)
    assert await one.live() == []


async def test_skip_leaves_out_a_run_while_the_one_before_goes_on(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    await one.at_next_hour()
    await one.at_next_hour()
    first, second = await one.decided()
    assert (second.state, second.execution_id) == ("skipped", None)
    assert second.reason == f"The run before it still goes on: {first.execution_id}."
    await _cancel_all(one.world)
    await one.at_next_hour()
    assert await one.states() == ["fired", "skipped", "fired"]


async def test_queue_starts_one_run_after_the_other_and_lets_one_wait(engines: Any) -> None:
    one = await engines(FOR_CONTOSO.replace('name="hourly"', 'name="hourly", overlap="queue"'))
    for _ in range(3):
        await one.at_next_hour()
    first, second, third = await one.decided()
    assert [slot.state for slot in (first, second, third)] == ["fired", "fired", "skipped"]
    assert third.reason == "One run already waits for another to end."
    await one.first.tick()
    assert (await _record(one.world, second)).queued_at is None
    await _cancel(one.world, first.execution_id)
    one.clock.advance(seconds=15)
    await one.first.tick()
    released = await _record(one.world, second)
    assert (released.status, released.queued_at is None) == ("Pending", False)
    # It is the one that the next run waits for now.
    await one.at_next_hour()
    fourth = (await one.decided())[-1]
    assert fourth.state == "fired"
    assert (await _record(one.world, fourth)).queued_at is None
    await _cancel(one.world, second.execution_id)
    await one.at_next_hour()
    assert (await _record(one.world, fourth)).queued_at is not None


async def test_what_waits_runs_after_the_one_before_it_to_its_end(engines: Any) -> None:
    slow = FOR_CONTOSO.replace('name="hourly"', 'name="hourly", overlap="queue"').replace(
        "return {", "await asyncio.sleep(1)\n    return {"
    )
    one = await engines(slow, consume_queue=True)
    await one.at_next_hour()
    await one.at_next_hour()
    first, second = await one.decided()
    before = await _end_of(one.world, one.world.contoso, first.execution_id)

    async def ended() -> Execution | None:
        await one.first.tick()
        found: Execution = await _record(one.world, second)
        return found if found.status.is_ended else None

    after = await until(ended)
    assert (before.status, after.status) == ("Success", "Success")
    assert after.started_at >= before.completed_at


async def test_what_waits_is_let_go_when_its_schedule_is_gone(engines: Any) -> None:
    one = await engines(FOR_CONTOSO.replace('name="hourly"', 'name="hourly", overlap="queue"'))
    await one.at_next_hour()
    await one.at_next_hour()
    first, second = await one.decided()
    async with one.world.restarted(HOURLY):
        await _cancel(one.world, first.execution_id)
        await one.engine().tick()
        assert (await _record(one.world, second)).queued_at is not None


async def test_switched_off_it_does_not_run_and_switched_on_it_does_not_catch_up(engines: Any) -> None:
    one = await engines(HOURLY)
    await _switch(one, is_enabled=False)
    await one.at_next_hour()
    assert await one.states() == []
    assert await one.states(one.world.fabrikam) == ["fired"]
    # Switched on after an outage, before any engine looks: what was due meanwhile is not its own.
    one.clock.moment = _full_hour(one.clock.moment) + timedelta(hours=2, minutes=4)
    await _switch(one, is_enabled=True)
    one.clock.advance(seconds=5)
    await one.first.tick()
    assert await one.states() == []
    await _cancel_all(one.world)
    await one.at_next_hour()
    assert await one.states() == ["fired"]


async def test_a_new_organization_enrols_itself_and_an_inactive_one_leaves(engines: Any) -> None:
    one = await engines(HOURLY)
    await one.at_next_hour()
    admin = await one.world.scope()
    made = (await one.world.core.organizations.create(admin, OrganizationCreate(name="New"))).value
    await _cancel_all(one.world)
    closed = OrganizationUpdate(is_active=False)
    await one.world.core.organizations.update(admin, one.world.fabrikam, closed)
    await one.at_next_hour()
    assert await one.states(made.id) == ["fired"]
    assert await one.states(one.world.fabrikam) == ["fired"]


async def test_a_new_organization_gets_nothing_from_before_it_was_made(engines: Any) -> None:
    one = await engines(HOURLY)
    # As if it were made four minutes past the hour that all engines were away for.
    org = (await one.world.core.organization_rows.find(one.world.contoso)).value
    one.clock.moment = _full_hour(one.clock.moment) + timedelta(hours=3, minutes=4)
    await _store(one, org.model_copy(update={"created_at": one.clock.moment}))
    one.clock.advance(minutes=1)
    await one.first.tick()
    assert await one.states() == []
    assert await one.states(one.world.fabrikam) == ["missed", "fired"]
    # Made in the middle of the outage, only the rest of it was missed.
    await _store(one, org.model_copy(update={"created_at": one.clock.moment + timedelta(hours=1)}))
    await one.at_next_hour(hours=5)
    missed, fired = await one.decided()
    assert (missed.state, missed.count, fired.state) == ("missed", 3, "fired")


async def test_tags_choose_organizations(engines: Any) -> None:
    one = await engines(HOURLY.replace('name="hourly"', 'name="hourly", tags=["vip", "backup"]'))
    await one.at_next_hour()
    assert await one.states() == await one.states(one.world.fabrikam) == []
    tagged = OrganizationUpdate.model_validate({"tags": ["backup", "other"]})
    await one.world.core.organizations.update(await one.world.scope(), one.world.contoso, tagged)
    await one.at_next_hour()
    assert (await one.states(), await one.states(one.world.fabrikam)) == (["fired"], [])


async def test_listed_organizations_are_the_only_ones(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    await one.at_next_hour()
    assert (await one.states(), await one.states(one.world.fabrikam)) == (["fired"], [])


async def test_which_organizations_are_listed_is_not_every_technicians_to_know(engines: Any) -> None:
    one = await engines(HOURLY.replace('name="hourly"', f'organizations=["{demo.FABRIKAM.id}"]'))
    shown = {}
    for person in (demo.ADMIN, demo.TECHNICIAN):
        catalog = (await one.world.client(person).get("/api/admin/metadata")).json()
        [shown[person.key]] = catalog["workflows"][0]["schedules"]
    assert shown[demo.ADMIN.key]["organizations"] == [demo.FABRIKAM.id]
    assert shown[demo.TECHNICIAN.key]["organizations"] == []
    assert shown[demo.TECHNICIAN.key]["allOrganizations"] is False


async def test_without_an_organization_it_runs_once(engines: Any) -> None:
    sweep = """
    @workflow(requires_org=False)
    @schedule("0 * * * *")
    async def sweep(context: OrganizationContext) -> str:
        return "swept"
    """
    one = await engines(sweep, consume_queue=True)
    await one.at_next_hour()
    [slot] = await one.decided(GLOBAL)
    assert (await _end_of(one.world, GLOBAL, slot.execution_id)).result == "swept"
    assert await one.states() == []


async def test_parameters_that_are_no_longer_taken_fail_the_slot_and_stop_nobody_else(engines: Any) -> None:
    picky = """
    from pathlib import Path
    from typing import Annotated
    from pydantic import AfterValidator

    def check(size: int) -> int:
        if Path(__file__).with_name("full").exists():
            raise ValueError("There is no room.")
        return size

    @workflow
    @schedule("0 * * * *", parameters={"size": 3})
    async def a_picky_one(context: OrganizationContext, size: Annotated[int, AfterValidator(check)]) -> None: ...

    @workflow
    @schedule("0 * * * *")
    async def other(context: OrganizationContext) -> None: ...
    """
    one = await engines(picky)
    (one.world.settings.workflows_root / "workflows" / "full").touch()
    await one.at_next_hour()
    by_name = {slot.workflow_name: slot for slot in await one.decided()}
    assert (by_name["a_picky_one"].state, by_name["other"].state) == ("failed", "fired")
    assert "size" in by_name["a_picky_one"].reason or "room" in by_name["a_picky_one"].reason
    assert len(await one.world.records()) == 1


async def test_an_organization_that_closes_at_that_moment_fails_its_slot_alone(engines: Any) -> None:
    one = await engines(HOURLY)
    # The row says that it is active, so it is covered; the warm copy that scopes are made of says otherwise.
    await one.world.services.scope_resolver.resolve_actor(
        declared_schedules(one.world.services.pool.catalog)[0].actor, one.world.contoso, "canExecuteWorkflows"
    )
    org = (await one.world.core.organization_rows.find(one.world.contoso)).value
    closed = OrganizationUpdate(is_active=False)
    await one.world.core.organizations.update(await one.world.scope(), one.world.contoso, closed)
    with pytest.raises(Exception, match="no such organization"):
        await one.world.services.scope_resolver.resolve_actor(
            declared_schedules(one.world.services.pool.catalog)[0].actor,
            one.world.contoso,
            "canExecuteWorkflows",
        )
    await _store(one, org)
    await one.at_next_hour()
    [slot] = await one.decided()
    assert (slot.state, slot.execution_id) == ("failed", None)
    assert "no such organization" in slot.reason
    assert await one.states(one.world.fabrikam) == ["fired"]


async def test_nothing_due_is_one_storage_operation_however_much_is_declared(engines: Any) -> None:
    one = await engines("".join(HOURLY.replace("report", f"report_{n}") for n in range(12)))
    network = one.world.network
    network.forget()
    await one.first.tick()
    assert network.count() == 1
    async with one.world.restarted(""):
        none = one.engine()
        network.forget()
        await none.tick()
        assert network.count() == 0


async def test_a_run_costs_four_storage_operations_and_its_round_six(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    await one.warm_up()
    one.world.network.forget()
    await one.at_next_hour()
    # Marks, lease, organizations, switches, live runs, end of the round; slot, stamp, record, message.
    assert one.world.network.count() == 10


@pytest.mark.parametrize(
    ("cron", "zone", "start", "due"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12", ["29T01:00", "30T00:30"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12", ["25T00:30", "26T01:30"]),
        ("30 2 * * *", "America/New_York", "2026-03-07T12", ["08T07:00", "09T06:30"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12", ["01T05:30", "02T06:30"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T06", ["03T15:30", "04T15:15"]),
    ],
)
async def test_nightly_jobs_run_once_on_the_days_the_clocks_change(
    engines: Any, cron: str, zone: str, start: str, due: list[str]
) -> None:
    nightly = f"""
    @workflow(requires_org=False)
    @schedule("{cron}", timezone="{zone}", overlap="queue")
    async def nightly(context: OrganizationContext) -> None: ...
    """
    one = await engines("")
    async with one.world.restarted(nightly):
        one.clock.moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
        looking = one.engine()
        for _ in range(44 * 4):
            await looking.tick()
            one.clock.advance(minutes=15)
        slots = await one.decided(GLOBAL)
    assert [f"{slot.due_at:%dT%H:%M}" for slot in slots] == due
    assert {slot.state.value for slot in slots} == {"fired"}


async def test_old_slots_are_forgotten(engines: Any) -> None:
    one = await engines(FOR_CONTOSO)
    for _ in range(3):
        await one.at_next_hour()
        await _cancel_all(one.world)
    newest = (await one.decided())[-1]
    await one.slots.purge_slots(newest.due_at)
    assert await one.decided() == [newest]


async def test_a_schedule_that_is_gone_for_a_week_is_forgotten(engines: Any) -> None:
    one = await engines(HOURLY)
    async with one.world.restarted(""):
        keeper = (
            "@workflow\n@schedule('0 0 1 1 *')\nasync def kept(context: OrganizationContext) -> None: ...\n"
        )
        async with one.world.restarted(keeper):
            looking = one.engine()
            await looking.tick()
            assert len(await one.slots.list_marks()) == 2
            one.clock.advance(days=8)
            await looking.tick()
            assert [stored.value.workflow_name for stored in (await one.slots.list_marks()).values()] == [
                "kept"
            ]


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


async def _record(world: Any, slot: Slot) -> Any:
    return await world.core_executions.find(world.contoso, slot.execution_id)


async def _end_of(world: Any, org_id: str, execution_id: ExecutionId | None) -> Execution:
    async def ended() -> Execution | None:
        execution: Execution | None = await world.core_executions.find(org_id, execution_id)
        return execution if execution is not None and execution.status.is_ended else None

    found: Execution = await until(ended)
    return found


async def _cancel(world: Any, execution_id: ExecutionId) -> None:
    scope = await world.scope(demo.ADMIN, world.contoso)
    await world.core_executions.request_cancel(scope, execution_id)
    await world.core_executions.drain()


async def _cancel_all(world: Any) -> None:
    """End whatever is live, as people would."""
    repository = world.core_executions.repository
    live: Sequence[Any] = [
        row.value
        async for row in repository.iter_active_across_organizations(Where.eq("trigger", "schedule"))
    ]
    for one in live:
        scope = await world.scope(demo.ADMIN, one.organization_id)
        await world.core_executions.request_cancel(scope, one.execution_id)
    await world.core_executions.drain()


async def _switch(one: Engines, *, is_enabled: bool) -> None:
    switch = ScheduleSwitch(
        workflow_name="report",
        schedule_name="hourly",
        is_enabled=is_enabled,
        changed_at=one.clock.moment,
        changed_by="somebody",
    )
    await one.slots.write_switch(one.world.contoso, "report|hourly", switch)


async def _store(one: Engines, organization: Any) -> None:
    stored = await one.world.core.organization_rows.find(organization.id)
    await one.world.core.organization_rows.replace(organization, etag=stored.etag)
