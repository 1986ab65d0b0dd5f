"""The history of executions over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from management_people import ADMIN, CLIENT_USER, OTHER_CLIENT_USER, OTHER_TECHNICIAN, TECHNICIAN
from management_platform import World, at, ok, refused

from msp_automation.capabilities import IntegrationCall, LogLine
from msp_core.executions.models import (
    Execution,
    ExecutionError,
    ExecutionOutcome,
    ExecutionSpec,
    ExecutionStatus,
    Trigger,
)
from msp_core.ids import FormId, OrgId
from msp_devstack.demo import DemoPerson

FORM = FormId("f0000000-0000-4000-8000-000000000001")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def start(
    world: World, person: DemoPerson, org_id: OrgId | None, workflow: str = "onboard_user", **spec: Any
) -> Execution:
    """An execution that runs now, as the engine would record it; no organization is GLOBAL."""
    scope = await world.platform.scope_of(person, org_id)
    given = ExecutionSpec.model_validate({"workflow_name": workflow, "trigger": Trigger.API} | spec)
    return await world.platform.services.executions.start(scope, given, lease_owner="test")


async def end(
    world: World, execution: Execution, status: ExecutionStatus = ExecutionStatus.SUCCESS, **outcome: Any
) -> Execution:
    given = ExecutionOutcome.model_validate({"status": status} | outcome)
    ended = await world.platform.services.executions.finish(execution, given)
    await world.platform.services.executions.drain()
    return ended


@pytest.fixture
async def world(world: World) -> World:
    """With a technician and a client user for each of the two organizations."""
    every = ("canExecuteWorkflows", "canViewHistory")
    await world.grant(TECHNICIAN, world.contoso, *every)
    await world.grant(OTHER_TECHNICIAN, world.fabrikam, *every)
    await world.sign_in(CLIENT_USER, OTHER_CLIENT_USER)
    return world


async def names(world: World, person: DemoPerson, org_id: str, **query: str) -> list[str]:
    answer = await world.as_(person).get("/api/executions", params=query, headers=at(org_id))
    return [one["workflowName"] for one in ok(answer)]


async def test_an_organizations_executions_come_newest_first(world: World) -> None:
    await end(world, await start(world, TECHNICIAN, world.contoso, "first"))
    await end(world, await start(world, CLIENT_USER, world.contoso, "second"))
    await start(world, TECHNICIAN, world.contoso, "third")
    await end(world, await start(world, OTHER_TECHNICIAN, world.fabrikam, "elsewhere"))
    assert await names(world, TECHNICIAN, world.contoso) == ["third", "second", "first"]
    assert await names(world, ADMIN, world.contoso) == ["third", "second", "first"]
    assert await names(world, ADMIN, "*") == ["elsewhere", "third", "second", "first"]
    answer = await world.as_(TECHNICIAN).get("/api/executions", headers=at(world.fabrikam))
    refused(answer, 403, "Forbidden")
    assert "elsewhere" not in answer.text


async def test_only_an_admin_may_ask_for_all_organizations(world: World) -> None:
    await end(world, await start(world, TECHNICIAN, world.contoso))
    for person in (TECHNICIAN, CLIENT_USER):
        answer = await world.as_(person).get("/api/executions", headers=at("*"))
        refused(answer, 403, "Forbidden")


async def test_filters_narrow_the_list(world: World) -> None:
    failed = {"error": ExecutionError(type="IntegrationError", message="Graph refused")}
    await end(
        world, await start(world, TECHNICIAN, world.contoso, "good", form_id=FORM, trigger=Trigger.FORM)
    )
    await end(world, await start(world, CLIENT_USER, world.contoso, "bad"), ExecutionStatus.FAILED, **failed)
    await start(world, TECHNICIAN, world.contoso, "running")
    expected = {
        ("status", "Failed"): ["bad"],
        ("status", "Running"): ["running"],
        ("workflowName", "good"): ["good"],
        ("formId", FORM): ["good"],
        ("userId", CLIENT_USER.user_id): ["bad"],
        ("trigger", "form"): ["good"],
        ("from", "2000-01-01T00:00:00Z"): ["running", "bad", "good"],
        ("to", "2000-01-01T00:00:00Z"): [],
    }
    for (name, value), found in expected.items():
        for org_id in (world.contoso, "*"):
            assert await names(world, ADMIN, org_id, **{name: value}) == found, (name, org_id)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("status", "Done", "status"),
        ("trigger", "magic", "trigger"),
        ("formId", "x' or true", "formId"),
        ("userId", "somebody", "userId"),
        ("from", "yesterday", "from"),
        ("to", "2026-03-02T12:00:00", "to"),
        ("limit", "500", "limit"),
        ("cursor", "bm9uZQ", "cursor"),
    ],
)
async def test_a_wrong_filter_is_told_by_name(world: World, name: str, value: str, field: str) -> None:
    answer = await world.admin.get("/api/executions", params={name: value}, headers=at(world.contoso))
    assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == [field]


async def test_pages_go_through_all_executions_once(world: World) -> None:
    for number in range(5):
        await end(world, await start(world, TECHNICIAN, world.contoso, f"w{number}"))
    await start(world, TECHNICIAN, world.contoso, "w5")
    for org_id in (world.contoso, "*"):
        found: list[str] = []
        query = {"limit": "4"}
        while True:
            answer = await world.admin.get("/api/executions", params=query, headers=at(org_id))
            found += [one["workflowName"] for one in ok(answer)]
            if "X-Next-Cursor" not in answer.headers:
                break
            query["cursor"] = answer.headers["X-Next-Cursor"]
        assert found == ["w5", "w4", "w3", "w2", "w1", "w0"]


async def test_the_record_has_everything(world: World) -> None:
    call = IntegrationCall(
        timestamp=NOW,
        integration="msgraph",
        method="POST",
        endpoint="/users",
        status_code=201,
        duration_ms=80,
    )
    started = await start(
        world,
        TECHNICIAN,
        world.contoso,
        input_data={"first_name": "Ada"},
        content_hash="abc",
        ip_address="203.0.113.9",
    )
    await end(
        world,
        started,
        result={"userId": "u-1"},
        checkpoints={"created": True},
        integration_calls=[call],
        variables={"seats": 3},
    )
    path = f"/api/executions/{started.execution_id}"
    record = ok(await world.as_(TECHNICIAN).get(path, headers=at(world.contoso)))
    assert record["status"] == "Success"
    assert record["executedBy"] == TECHNICIAN.user_id
    assert record["executedByName"] == TECHNICIAN.name
    assert record["inputData"] == {"first_name": "Ada"}
    assert record["result"] == {"userId": "u-1"}
    assert record["checkpoints"] == {"created": True}
    assert record["variables"] == {"seats": 3}
    assert (record["contentHash"], record["ipAddress"]) == ("abc", "203.0.113.9")
    assert record["durationMs"] >= 0
    assert record["completedAt"].endswith("Z")
    assert record["integrationCalls"][0]["endpoint"] == "/users"
    assert record["integrationCalls"][0]["statusCode"] == 201
    assert "leaseOwner" not in record


async def test_a_client_user_sees_their_own_without_a_traceback(world: World) -> None:
    error = ExecutionError(
        type="IntegrationError", message="Graph refused", details={"code": "x", "traceback": "File secret.py"}
    )
    own = await start(world, CLIENT_USER, world.contoso)
    await end(world, own, ExecutionStatus.FAILED, error=error)
    path = f"/api/executions/{own.execution_id}"
    answer = await world.as_(CLIENT_USER).get(path, headers=at(world.contoso))
    assert ok(answer)["error"] == {
        "type": "IntegrationError",
        "message": "Graph refused",
        "details": {"code": "x"},
    }
    assert "secret.py" not in answer.text
    technicians = ok(await world.as_(TECHNICIAN).get(path, headers=at(world.contoso)))
    assert technicians["error"]["details"]["traceback"] == "File secret.py"
    mine = await world.as_(CLIENT_USER).get(f"/api/executions/users/{CLIENT_USER.user_id}")
    assert [one["executionId"] for one in ok(mine)] == [own.execution_id]
    assert "secret.py" not in mine.text


async def test_somebody_elses_execution_is_not_found(world: World) -> None:
    theirs = await start(world, TECHNICIAN, world.contoso, input_data={"name": "contoso-only"})
    for path in (f"/api/executions/{theirs.execution_id}", f"/api/executions/{theirs.execution_id}/logs"):
        for person, org_id in ((CLIENT_USER, world.contoso), (OTHER_TECHNICIAN, world.fabrikam)):
            answer = await world.as_(person).get(path, headers=at(org_id))
            refused(answer, 404, "NotFound")
            assert "contoso-only" not in answer.text
        answer = await world.as_(OTHER_TECHNICIAN).get(path, headers=at(world.contoso))
        refused(answer, 403, "Forbidden")


async def test_a_value_too_large_for_the_record_is_read_whole_by_whoever_may_see_it(world: World) -> None:
    mine = await start(world, CLIENT_USER, world.contoso)
    values = world.platform.services.values
    await values.write(world.contoso, mine.execution_id, "checkpoint-1-1", b'{"users": [1, 2]}')
    path = f"/api/executions/{mine.execution_id}/values/checkpoint-1-1"
    for person in (CLIENT_USER, TECHNICIAN):
        assert ok(await world.as_(person).get(path, headers=at(world.contoso))) == {"users": [1, 2]}
    refused(await world.as_(OTHER_TECHNICIAN).get(path, headers=at(world.fabrikam)), 404, "NotFound")
    others = await start(world, TECHNICIAN, world.contoso)
    await values.write(world.contoso, others.execution_id, "checkpoint-1-1", b'"theirs"')
    theirs = path.replace(mine.execution_id, others.execution_id)
    refused(await world.as_(CLIENT_USER).get(theirs, headers=at(world.contoso)), 404, "NotFound")
    for wrong in ("checkpoint-1-2", "parameters", "..%2Fparameters", "CHECKPOINT-1-1"):
        answer = await world.admin.get(path.replace("checkpoint-1-1", wrong), headers=at(world.contoso))
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    "execution_id", ["x", "01900000-0000-4000-8000-000000000001", "..%2F..%2Fx", "%27", "0" * 1100]
)
async def test_an_id_that_is_none_is_not_found(world: World, execution_id: str) -> None:
    for path in (f"/api/executions/{execution_id}", f"/api/executions/{execution_id}/logs"):
        answer = await world.admin.get(path, headers=at(world.contoso))
        assert answer.status_code == 404, answer.text


async def test_the_log_is_read_in_parts(world: World) -> None:
    running = await start(world, TECHNICIAN, world.contoso)
    lines = [
        LogLine(
            sequence=n, timestamp=NOW + timedelta(seconds=n), level="info", message=f"line {n}", data={"n": n}
        )
        for n in range(1, 6)
    ]
    await world.platform.services.logs.append(world.contoso, running.execution_id, lines)
    client, path = world.as_(TECHNICIAN), f"/api/executions/{running.execution_id}/logs"
    first = ok(await client.get(path, params={"limit": "3"}, headers=at(world.contoso)))
    assert [line["message"] for line in first["items"]] == ["line 1", "line 2", "line 3"]
    assert (first["next"], first["done"], first["status"]) == (3, False, "Running")
    rest = ok(await client.get(path, params={"after": "3"}, headers=at(world.contoso)))
    assert [line["data"] for line in rest["items"]] == [{"n": 4}, {"n": 5}]
    assert rest["done"] is False
    await end(world, running)
    last = ok(await client.get(path, params={"after": "5"}, headers=at(world.contoso)))
    assert (last["items"], last["next"], last["done"], last["status"]) == ([], 5, True, "Success")
    refused(await client.get(path, params={"after": "-1"}, headers=at(world.contoso)), 400, "ValidationError")


async def test_a_persons_executions_are_theirs_and_the_admins_to_see(world: World) -> None:
    await end(world, await start(world, TECHNICIAN, world.contoso, "at contoso"))
    await world.grant(TECHNICIAN, world.fabrikam, "canExecuteWorkflows")
    await end(world, await start(world, TECHNICIAN, world.fabrikam, "at fabrikam"))
    path = f"/api/executions/users/{TECHNICIAN.user_id}"

    async def seen_by(person: DemoPerson) -> list[str]:
        return [one["workflowName"] for one in ok(await world.as_(person).get(path))]

    assert await seen_by(TECHNICIAN) == await seen_by(ADMIN) == ["at fabrikam", "at contoso"]
    refused(await world.as_(OTHER_TECHNICIAN).get(path), 403, "Forbidden")
    query = {"userId": TECHNICIAN.user_id, "orgId": world.fabrikam}
    ok(await world.admin.delete("/api/permissions", params=query), 204)
    assert await seen_by(TECHNICIAN) == ["at contoso"]
    assert await seen_by(ADMIN) == ["at fabrikam", "at contoso"]


async def test_a_run_without_organization_is_an_admins_to_read(world: World) -> None:
    shared = await start(world, ADMIN, None, "for everybody")
    await end(world, shared)
    assert await names(world, ADMIN, "*") == ["for everybody"]
    path = f"/api/executions/{shared.execution_id}"
    assert ok(await world.admin.get(path, headers=at("GLOBAL")))["organizationId"] == "GLOBAL"
    refused(await world.as_(TECHNICIAN).get(path, headers=at("GLOBAL")), 403, "Forbidden")
    refused(await world.admin.get(path, headers=at(world.contoso)), 404, "NotFound")


async def latest(world: World, person: DemoPerson, **query: str) -> dict[str, tuple[str, str]]:
    answer = await world.as_(person).get("/api/executions/latest", params=query)
    return {one["organizationId"]: (one["workflowName"], one["status"]) for one in ok(answer)}


async def test_the_newest_of_each_organization_goes_to_those_who_may_view_its_history(world: World) -> None:
    await end(world, await start(world, TECHNICIAN, world.contoso, "first"))
    await end(world, await start(world, TECHNICIAN, world.contoso, "second"), ExecutionStatus.FAILED)
    running = await start(world, OTHER_TECHNICIAN, world.fabrikam, "third")
    contoso, fabrikam = {world.contoso: ("second", "Failed")}, {world.fabrikam: ("third", "Running")}
    assert await latest(world, ADMIN) == contoso | fabrikam
    assert await latest(world, TECHNICIAN) == contoso
    await end(world, running)
    assert await latest(world, OTHER_TECHNICIAN) == {world.fabrikam: ("third", "Success")}
    await world.grant(TECHNICIAN, world.contoso, "canExecuteWorkflows")
    assert await latest(world, TECHNICIAN) == {}
    refused(await world.as_(CLIENT_USER).get("/api/executions/latest"), 403, "Forbidden")


async def test_the_newest_come_in_pages_of_organizations(world: World) -> None:
    for org_id in (world.contoso, world.fabrikam):
        await end(world, await start(world, ADMIN, org_id))
    first = await world.admin.get("/api/executions/latest", params={"limit": 1})
    query = {"cursor": first.headers["X-Next-Cursor"]}
    assert len(ok(first)) == 1
    assert {one["organizationId"] for one in ok(first)} | set(await latest(world, ADMIN, **query)) == {
        world.contoso,
        world.fabrikam,
    }
