"""The history of the Management API against an oracle: every filter, alone and with every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from tests.contract.management import World, ok, refused

from msp_automation.capabilities import LogLine
from msp_core.executions.models import ExecutionStatus, Trigger
from msp_core.executions.testing import execution_id_at
from msp_core.ids import ExecutionId, FormId, execution_milliseconds
from msp_core.models import utc_now
from msp_devstack import demo

FORM = "f0000000-0000-4000-8000-000000000001"
Item = dict[str, Any]
Fits = Callable[[Item], bool]


async def make_history(world: World) -> list[Item]:
    """Executions of two organizations that differ in everything, newest first, as the API shows them."""
    now = utc_now().replace(microsecond=0)
    kinds = [
        (status, workflow, form_id, who, trigger)
        for status in (ExecutionStatus.SUCCESS, ExecutionStatus.FAILED, ExecutionStatus.RUNNING)
        for workflow, form_id, who, trigger in (
            ("onboard", None, demo.TECHNICIAN, Trigger.API),
            ("onboard", FORM, demo.CLIENT_USER, Trigger.FORM),
            ("report", FORM, demo.TECHNICIAN, Trigger.FORM),
            ("report", None, demo.ADMIN, Trigger.SCHEDULE),
        )
    ]
    for number, (status, workflow, form_id, who, trigger) in enumerate(kinds):
        for place, org in enumerate((world.contoso, world.fabrikam)):
            if org == world.fabrikam and who is demo.CLIENT_USER:
                continue
            await world.execution(
                who,
                org,
                status,
                execution_id=execution_id_at(now - timedelta(hours=9 * number), place),
                workflow_name=workflow,
                form_id=None if form_id is None else FormId(form_id),
                trigger=trigger,
            )
    found: list[Item] = await world.get("/api/executions", org_id="*", query={"limit": "200"})
    return found


def _admitted(one: Item) -> str:
    """When it was admitted, which the test puts into the past; its id says so."""
    seconds = execution_milliseconds(ExecutionId(one["executionId"])) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def filters_of(history: list[Item]) -> dict[tuple[str, str], Fits]:
    """Each filter with the executions that fit it."""
    moments = sorted(_admitted(one) for one in history)
    middle, late = moments[len(moments) // 3], moments[2 * len(moments) // 3]
    return {
        ("status", "Failed"): lambda one: one["status"] == "Failed",
        ("status", "Running"): lambda one: one["status"] == "Running",
        ("workflowName", "report"): lambda one: one["workflowName"] == "report",
        ("formId", FORM): lambda one: one["formId"] == FORM,
        ("userId", demo.TECHNICIAN.user_id): lambda one: one["executedBy"] == demo.TECHNICIAN.user_id,
        ("trigger", "form"): lambda one: one["trigger"] == "form",
        ("from", middle): lambda one: _admitted(one) >= middle,
        ("to", late): lambda one: _admitted(one) <= late,
    }


async def walk(world: World, org_id: str, query: Mapping[str, str]) -> list[str]:
    """The ids of a list, three at a time."""
    found: list[str] = []
    asked = {**query, "limit": "3"}
    while True:
        answer = await world.ask("GET", "/api/executions", org_id=org_id, query=asked)
        page = ok(answer)
        assert len(page) <= 3
        found += [one["executionId"] + one["organizationId"] for one in page]
        if "X-Next-Cursor" not in answer.headers:
            return found
        asked["cursor"] = answer.headers["X-Next-Cursor"]


@pytest.mark.timeout(240)
async def test_every_filter_with_every_other_over_one_organization_and_all(world: World) -> None:
    history = await make_history(world)
    assert [_admitted(one) for one in history] == sorted(map(_admitted, history), reverse=True)
    filters = filters_of(history)
    chosen: list[tuple[tuple[str, str], ...]] = [(), *((one,) for one in filters)]
    chosen += [pair for pair in combinations(filters, 2) if pair[0][0] != pair[1][0]]
    chosen.append(tuple(one for one in filters if one != ("status", "Running")))
    assert len(history) == 21
    for some in chosen:
        for org in (world.contoso, "*"):
            expected = [
                one["executionId"] + one["organizationId"]
                for one in history
                if org in {"*", one["organizationId"]} and all(filters[each](one) for each in some)
            ]
            found = await walk(world, org, dict(some))
            assert sorted(found) == sorted(expected), (org, some)


async def test_a_persons_executions_are_paged_and_theirs_or_the_admins(world: World) -> None:
    history = await make_history(world)
    path = f"/api/executions/users/{demo.CLIENT_USER.user_id}"
    expected = [one["executionId"] for one in history if one["executedBy"] == demo.CLIENT_USER.user_id]
    assert len(expected) == 3
    for who in (demo.CLIENT_USER, demo.ADMIN):
        first = await world.ask("GET", path, who=who, query={"limit": "2"})
        rest = await world.ask("GET", path, who=who, query={"cursor": first.headers["X-Next-Cursor"]})
        assert [one["executionId"] for one in ok(first) + ok(rest)] == expected
    refused(await world.ask("GET", path, who=demo.TECHNICIAN), 403, "Forbidden")
    refused(await world.ask("GET", "/api/executions/users/x"), 400, "ValidationError")


async def test_both_directions_of_permissions_say_the_same_and_ones_own_are_ones_own(world: World) -> None:
    there = await world.get("/api/permissions/users/{userId}")
    assert there == await world.get("/api/permissions/users/{userId}", who=demo.TECHNICIAN)
    (grant,) = [one for one in there if one["orgId"] == world.contoso]
    back = await world.get("/api/permissions/organizations/{orgId}")
    assert grant in back
    others = f"/api/permissions/users/{demo.ADMIN.user_id}"
    refused(await world.ask("GET", others, who=demo.TECHNICIAN), 403, "Forbidden")
    refused(
        await world.ask("GET", "/api/permissions/organizations/{orgId}", who=demo.TECHNICIAN),
        403,
        "Forbidden",
    )
    assert await world.get(f"/api/permissions/users/{demo.CLIENT_USER.user_id}", who=demo.CLIENT_USER) == []


async def test_the_log_goes_on_after_what_was_read(world: World) -> None:
    execution = await world.execution(demo.TECHNICIAN, world.contoso)
    lines = [LogLine(sequence=n, timestamp=utc_now(), level="info", message=f"{n}") for n in range(1, 4)]
    await world.services.logs.append(execution.organization_id, execution.execution_id, lines)
    path = f"/api/executions/{execution.execution_id}/logs"
    for after, shown in ((0, ["1", "2", "3"]), (2, ["3"]), (3, []), (99, [])):
        page = await world.get(path, org_id=world.contoso, query={"after": str(after)})
        assert [line["message"] for line in page["items"]] == shown
        assert (page["done"], page["status"]) == (False, "Running")
        assert page["next"] == max(after, 3)
    for line in (await world.get(path, org_id=world.contoso))["items"]:
        assert set(line) == {"sequence", "timestamp", "level", "message", "data"}
    for wrong in ("-1", "x", ""):
        answer = await world.ask("GET", path, org_id=world.contoso, query={"after": wrong})
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["after"]


async def test_the_audit_log_is_filtered_by_everything_at_once(world: World) -> None:
    everything = await world.get("/api/audit", query={"limit": "200"})
    moments = sorted(one["at"] for one in everything)
    middle, late = moments[len(moments) // 3], moments[2 * len(moments) // 3]
    filters: dict[tuple[str, str], Fits] = {
        ("actor", demo.ADMIN.user_id): lambda one: one["actorId"] == demo.ADMIN.user_id,
        ("actor", demo.TECHNICIAN.user_id): lambda one: one["actorId"] == demo.TECHNICIAN.user_id,
        ("action", "config.set"): lambda one: one["action"] == "config.set",
        ("action", "secret."): lambda one: one["action"].startswith("secret."),
        ("organization", world.contoso): lambda one: one["orgId"] == world.contoso,
        ("organization", "GLOBAL"): lambda one: one["orgId"] == "GLOBAL",
        ("from", middle): lambda one: one["at"] >= middle,
        ("to", late): lambda one: one["at"] < late,
    }
    pairs = [pair for pair in combinations(filters, 2) if pair[0][0] != pair[1][0]]
    for some in [*((one,) for one in filters), *pairs]:
        found = await world.get("/api/audit", query=dict(some) | {"limit": "200"})
        expected = [one for one in everything if all(filters[each](one) for each in some)]
        assert found == expected, some
    assert everything == sorted(everything, key=lambda one: one["at"], reverse=True)
    refused(await world.ask("GET", "/api/audit", who=demo.TECHNICIAN), 403, "Forbidden")
