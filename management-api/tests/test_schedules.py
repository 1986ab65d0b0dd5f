"""Schedules over HTTP: what is ahead, expected against actual, the switch, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from management_people import ADMIN, CLIENT_USER, OTHER_TECHNICIAN, TECHNICIAN
from management_platform import World, at, ok, refused

from msp_automation.metadata import Catalog, ScheduleMetadata, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.executions.models import ExecutionOutcome, ExecutionSpec, ExecutionStatus, Trigger
from msp_core.ids import GLOBAL, ExecutionId, OrgId, new_execution_id
from msp_core.organizations.repository import OrganizationRepository
from msp_core.schedules.models import Mark, Slot, SlotState, declared_schedules
from msp_core.schedules.repository import ScheduleRepository
from msp_core.schedules.service import ScheduleService
from msp_core.storage import Storage

HOURLY = ScheduleMetadata(name="hourly", cron="0 * * * *", timezone="Asia/Kolkata")
VIPS = ScheduleMetadata(name="vips", cron="30 2 * * *", timezone="UTC", all_organizations=False, tags=["vip"])
NIGHTLY = ScheduleMetadata(name="default", cron="0 3 * * *", timezone="UTC", all_organizations=False)
CATALOG = Catalog(
    workflows=[
        WorkflowMetadata(name="report", schedules=[HOURLY, VIPS]),
        WorkflowMetadata(name="sweep", requires_org=False, schedules=[NIGHTLY]),
    ]
)
SWITCH = "/api/organizations/{}/schedules/report/hourly"


class Past:
    """What engines have left behind."""

    def __init__(self, storage: Storage) -> None:
        self.repository = ScheduleRepository(storage)
        now = datetime.now(UTC)
        # Kolkata's full hours are half past, in UTC.
        self.last = now.replace(minute=30, second=0, microsecond=0)
        if self.last > now:
            self.last -= timedelta(hours=1)

    async def seen(self, moment: datetime) -> None:
        """Engines know the schedules since then."""
        for one in declared_schedules(CATALOG):
            mark = Mark(
                workflow_name=one.workflow.name,
                schedule_name=one.schedule.name,
                first_seen_at=moment,
                decided_until=moment,
            )
            await self.repository.insert_mark(one.mark_key, mark)

    async def slot(self, org_id: OrgId, hours_ago: int, state: SlotState, **more: Any) -> None:
        """One decision about the hourly schedule."""
        due_at = self.last - timedelta(hours=hours_ago)
        values = {
            "workflow_name": "report",
            "schedule_name": "hourly",
            "due_at": due_at,
            "decided_at": due_at,
        }
        await self.repository.insert_slot(org_id, Slot(**(values | {"state": state} | more)))


@pytest.fixture
async def past(world: World) -> Past:
    await CatalogRepository(world.platform.services.storage).publish(CATALOG)
    return Past(world.platform.services.storage)


async def listed(world: World, org_id: str, **params: Any) -> dict[str, Any]:
    answer = ok(await world.admin.get("/api/schedules", headers=at(org_id), params=params))
    return {f"{one['organizationId']} {one['workflowName']} {one['scheduleName']}": one for one in answer}


async def make_older(world: World, org_id: OrgId) -> None:
    """As if the organization had been made long ago."""
    rows = world.platform.services.organizations._organizations
    stored = await rows.find(org_id)
    assert stored is not None
    await rows.replace(
        stored.value.model_copy(update={"created_at": datetime(2020, 1, 1, tzinfo=UTC)}), etag=stored.etag
    )
    ok(await world.admin.patch(f"/api/organizations/{org_id}", json={"name": stored.value.name}))


async def test_a_page_shows_what_is_ahead_and_expected_against_actual(world: World, past: Past) -> None:
    await make_older(world, world.contoso)
    await past.seen(past.last - timedelta(hours=9, minutes=30))
    run = await a_run(world, ExecutionStatus.FAILED)
    await past.slot(world.contoso, 1, SlotState.FIRED, execution_id=run)
    await past.slot(world.contoso, 2, SlotState.SKIPPED, reason="The run before it still goes on.")
    await past.slot(world.contoso, 3, SlotState.FAILED, reason="No.")
    five_ago = past.last - timedelta(hours=5)
    await past.slot(world.contoso, 4, SlotState.MISSED, missed_since=five_ago, count=2)
    [one] = (await listed(world, world.contoso)).values()
    assert (one["workflowName"], one["scheduleName"]) == ("report", "hourly")
    assert (one["cron"], one["timezone"], one["overlap"]) == ("0 * * * *", "Asia/Kolkata", "skip")
    assert one["description"] == "At the start of every hour"
    assert (one["organizationName"], one["isEnabled"]) == ("Contoso", True)
    assert len(one["nextRuns"]) == 3
    assert one["nextRuns"][0]["local"].endswith(":00:00+05:30")
    assert one["lastRun"] == {
        "executionId": run,
        "dueAt": one["lastRun"]["dueAt"],
        "status": "Failed",
        "startedAt": one["lastRun"]["startedAt"],
    }
    assert set(one["lastDay"]) == set(one["lastWeek"])
    # The same at a moment that stands still: ten minutes past the newest, nine hours and a half after the first.
    services, moment = world.platform.services, past.last + timedelta(minutes=10)
    schedules = ScheduleService(
        services.storage,
        CatalogRepository(services.storage),
        OrganizationRepository(services.storage),
        now=lambda: moment,
    )
    scope = await world.platform.scope_of(ADMIN, world.contoso)
    [state] = await schedules.describe(scope, await schedules.list_covered(scope))
    assert [each.at for each in state.next_runs] == [
        past.last + timedelta(hours=hours) for hours in (1, 2, 3)
    ]
    counts = state.last_day.model_dump(by_alias=False, exclude={"counted_since"})
    assert counts == {"expected": 10, "fired": 1, "skipped": 1, "missed": 2, "failed": 1, "overdue": 5}
    assert state.last_week == state.last_day
    # Less than two minutes after it was due, nothing is overdue yet.
    moment = past.last + timedelta(minutes=1)
    [state] = await schedules.describe(scope, await schedules.list_covered(scope))
    assert (state.last_day.expected, state.last_day.overdue) == (10, 4)


async def test_the_last_run_is_found_however_long_ago(world: World, past: Past) -> None:
    await past.slot(world.contoso, 24 * 30, SlotState.FIRED, execution_id=new_execution_id())
    [one] = (await listed(world, world.contoso)).values()
    assert (one["lastRun"]["status"], one["lastWeek"]["fired"]) == (None, 0)


async def test_nothing_is_expected_before_an_engine_has_seen_it(world: World, past: Past) -> None:
    [one] = (await listed(world, world.contoso)).values()
    assert (one["lastWeek"]["expected"], one["lastWeek"]["overdue"], one["lastRun"]) == (0, 0, None)


async def test_a_new_organization_enrols_itself_and_expects_nothing_from_before(
    world: World, past: Past
) -> None:
    await past.seen(datetime(2020, 1, 1, tzinfo=UTC))
    made = ok(await world.admin.post("/api/organizations", json={"name": "New", "tags": ["vip"]}), 201)
    found = await listed(world, made["id"])
    assert set(found) == {f"{made['id']} report hourly", f"{made['id']} report vips"}
    assert {one["lastWeek"]["expected"] for one in found.values()} <= {0, 1}
    ok(await world.admin.delete(f"/api/organizations/{made['id']}"), 204)
    assert not any(key.startswith(made["id"]) for key in await listed(world, "*"))


async def test_an_admin_sees_all_page_by_page(world: World, past: Past) -> None:
    ok(await world.admin.patch(f"/api/organizations/{world.fabrikam}", json={"tags": ["vip"]}))
    everything = [
        f"{GLOBAL} sweep default",
        f"{world.contoso} report hourly",
        f"{world.fabrikam} report hourly",
        f"{world.fabrikam} report vips",
    ]
    assert list(await listed(world, "*")) == everything
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params: dict[str, str] = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        answer = await world.admin.get("/api/schedules", headers=at("*"), params=params)
        seen += [f"{one['organizationId']} {one['workflowName']} {one['scheduleName']}" for one in ok(answer)]
        cursor = answer.headers.get("X-Next-Cursor")
    assert seen == everything


async def test_slots_are_listed_newest_first_by_page_and_filter(world: World, past: Past) -> None:
    for hours in range(3):
        await past.slot(world.contoso, hours, SlotState.SKIPPED, reason=f"{hours}")
    await past.slot(world.contoso, 3, SlotState.FIRED, execution_id=new_execution_id())
    await past.slot(world.fabrikam, 0, SlotState.SKIPPED, reason="of Fabrikam")
    path, header = "/api/schedules/slots", at(world.contoso)
    first = await world.admin.get(path, headers=header, params={"limit": 2, "state": "skipped"})
    assert [one["reason"] for one in ok(first)] == ["0", "1"]
    params = {"limit": "2", "state": "skipped", "cursor": first.headers["X-Next-Cursor"]}
    rest = await world.admin.get(path, headers=header, params=params)
    assert [one["reason"] for one in ok(rest)] == ["2"]
    assert "X-Next-Cursor" not in rest.headers
    named = {"workflowName": "report", "scheduleName": "vips"}
    assert ok(await world.admin.get(path, headers=header, params=named)) == []
    assert ok(await world.admin.get(path, headers=at("GLOBAL"))) == []


async def test_switching_off_and_on_is_versioned_audited_and_counts_from_then(
    world: World, past: Past
) -> None:
    await past.seen(datetime(2020, 1, 1, tzinfo=UTC))
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    client, path = world.as_(TECHNICIAN), SWITCH.format(world.contoso)
    untouched = await client.get(path)
    assert (ok(untouched)["isEnabled"], "ETag" in untouched.headers) == (True, False)
    off = await client.put(path, json={"isEnabled": False})
    assert ok(off)["changedBy"] == TECHNICIAN.user_id
    assert (await client.get(path)).headers["ETag"] == off.headers["ETag"]
    [shown] = (await listed(world, world.contoso)).values()
    assert (shown["isEnabled"], shown["nextRuns"], shown["lastWeek"]["overdue"]) == (False, [], 0)
    # Saying it again changes nothing, its moment least of all.
    assert ok(await client.put(path, json={"isEnabled": False})) == ok(off)
    seen = {"If-Match": off.headers["ETag"]}
    ok(await client.put(path, json={"isEnabled": True}, headers=seen))
    late = await client.put(path, json={"isEnabled": False}, headers=seen)
    refused(late, 412, "PreconditionFailed")
    [shown] = (await listed(world, world.contoso)).values()
    assert (shown["isEnabled"], shown["lastWeek"]["expected"]) == (True, 0)
    [other] = (await listed(world, world.fabrikam)).values()
    assert other["isEnabled"] is True
    query = {"action": "schedule.", "organization": world.contoso}
    on, off_again = ok(await world.admin.get("/api/audit", params=query))
    assert (off_again["action"], off_again["target"]) == ("schedule.switched", "report/hourly")
    assert (off_again["before"], off_again["after"]["isEnabled"]) == (None, False)
    assert (on["before"]["isEnabled"], on["after"]["isEnabled"]) == (False, True)


async def test_what_runs_without_an_organization_is_the_admins_to_switch(world: World, past: Past) -> None:
    path = "/api/schedules/sweep/default"
    ok(await world.admin.put(path, json={"isEnabled": False}))
    assert ok(await world.admin.get(path))["isEnabled"] is False
    assert (await listed(world, "*"))[f"{GLOBAL} sweep default"]["isEnabled"] is False
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    refused(await world.as_(TECHNICIAN).put(path, json={"isEnabled": True}), 403, "Forbidden")
    refused(await world.admin.put("/api/schedules/report/hourly", json={"isEnabled": False}), 404, "NotFound")


async def test_only_a_schedule_that_runs_here_can_be_switched(world: World, past: Past) -> None:
    for names in ("report/vips", "report/other", "sweep/default", "nothing/hourly"):
        path = f"/api/organizations/{world.contoso}/schedules/{names}"
        refused(await world.admin.put(path, json={"isEnabled": False}), 404, "NotFound")
        refused(await world.admin.get(path), 404, "NotFound")


async def test_another_organizations_schedules_are_seen_by_nobody_else(world: World, past: Past) -> None:
    ok(await world.admin.patch(f"/api/organizations/{world.fabrikam}", json={"tags": ["vip"]}))
    await past.slot(world.fabrikam, 1, SlotState.FAILED, reason="fabrikam-only")
    await world.grant(TECHNICIAN, world.contoso, "canViewHistory", "canManageConfig")
    client = world.as_(TECHNICIAN)
    own = await client.get("/api/schedules", headers=at(world.contoso))
    assert [one["scheduleName"] for one in ok(own)] == ["hourly"]
    assert ok(await client.get("/api/schedules/slots", headers=at(world.contoso))) == []
    for org_id in (world.fabrikam, "*", "GLOBAL"):
        for path in ("/api/schedules", "/api/schedules/slots"):
            answer = await client.get(path, headers=at(org_id))
            assert answer.status_code in {400, 403}
            assert "fabrikam" not in answer.text
    refused(await client.put(SWITCH.format(world.fabrikam), json={"isEnabled": False}), 403, "Forbidden")
    await world.grant(OTHER_TECHNICIAN, world.contoso, "canExecuteWorkflows")
    for person in (OTHER_TECHNICIAN, CLIENT_USER):
        refused(await world.as_(person).get("/api/schedules", headers=at(world.contoso)), 403, "Forbidden")


async def a_run(world: World, status: ExecutionStatus) -> ExecutionId:
    """A run of Contoso's that has ended so."""
    executions = world.platform.services.executions
    scope = await world.platform.scope_of(ADMIN, world.contoso)
    started = await executions.start(
        scope, ExecutionSpec(workflow_name="report", trigger=Trigger.SCHEDULE), lease_owner="a worker"
    )
    await executions.finish(started, ExecutionOutcome(status=status))
    await executions.drain()
    return started.execution_id


async def test_many_organizations_are_read_together_and_show_the_same(world: World, past: Past) -> None:
    await past.seen(datetime(2020, 1, 1, tzinfo=UTC))
    executions, actor = world.platform.services.executions, declared_schedules(CATALOG)[0].actor
    made = [
        ok(await world.admin.post("/api/organizations", json={"name": f"Client {number}"}), 201)["id"]
        for number in range(6)
    ]
    for number, org_id in enumerate(made):
        spec = ExecutionSpec(workflow_name="report", trigger=Trigger.SCHEDULE)
        scope = await world.platform.scope_of(ADMIN, org_id)
        # The fourth one's run is on record in another's name, as after a schedule was renamed.
        scope = scope if number == 3 else replace(scope, user=actor.user)
        started = await executions.start(scope, spec, lease_owner="a worker")
        if number != 1:
            await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
        run = new_execution_id() if number == 5 else spec.execution_id
        await past.slot(OrgId(org_id), number, SlotState.FIRED, execution_id=run)
    ok(await world.admin.put(SWITCH.format(made[2]), json={"isEnabled": False}, headers={"If-Match": "*"}))
    await executions.drain()

    together = await listed(world, "*", limit=200)

    apart: dict[str, Any] = {}
    for org_id in made:
        apart |= await listed(world, org_id)
    hourly = [together[f"{org_id} report hourly"] for org_id in made]
    assert [one["lastRun"]["status"] for one in hourly] == [
        "Success", "Running", "Success", "Success", "Success", None,
    ]  # fmt: skip
    assert [one["isEnabled"] for one in hourly] == [True, True, False, True, True, True]
    for key, one in apart.items():
        for shown in ("lastRun", "isEnabled", "etag", "lastWeek"):
            assert without_now(together[key][shown]) == without_now(one[shown])


def without_now(value: Any) -> Any:
    """A tally without the moment that it was made at."""
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if name != "countedSince"}
    return value
