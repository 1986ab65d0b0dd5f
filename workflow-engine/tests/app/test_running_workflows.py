"""A workflow over HTTP: what is run, what is answered, what is on record."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.values import ExecutionValueStore
from msp_core.ids import UserId, new_execution_id
from msp_core.permissions.models import PermissionFlags
from msp_devstack import demo
from tests.app.engine_world import ok, refused, until
from workflow_engine.execution.launching import RunRequest, hash_of

MakeWorld = Any  # from conftest.py, which tests cannot import

ADD = """
@workflow(category="Sums")
async def add(context: OrganizationContext, left: int, right: int = 1) -> dict:
    '''Add two numbers.'''
    context.log.info("adding", left=left)
    return {"sum": left + right, "org": context.org.name, "caller": context.caller.email}
"""


async def test_a_workflow_answers_with_its_result_and_is_on_record(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    answer = await world.client().post("/api/workflows/add", json={"parameters": {"left": 2}})
    body = ok(answer)
    assert body["result"] == {"sum": 3, "org": "Contoso", "caller": demo.TECHNICIAN.email}
    assert body["status"] == "Success"
    assert body["inputData"] == {"left": 2, "right": 1}
    assert (body["trigger"], body["executedBy"]) == ("api", demo.TECHNICIAN.user_id)
    assert body["durationMs"] >= 0
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    assert stored.status == "Success"
    assert stored.result == body["result"]
    assert stored.ip_address == "203.0.113.7"
    assert stored.content_hash


async def test_a_run_costs_at_most_seven_storage_operations_when_warm(make_world: MakeWorld) -> None:
    world = await make_world(
        "@workflow()\nasync def nothing(context: OrganizationContext) -> None:\n    '''Do nothing.'''\n"
    )
    await world.run("nothing")
    await world.services.executions.drain()
    world.network.forget()
    await world.run("nothing")
    await world.services.executions.drain()
    assert world.network.count() <= 8


async def test_wrong_parameters_are_named_and_leave_no_record(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    answer = await world.client().post("/api/workflows/add", json={"parameters": {"left": "x", "extra": 1}})
    body = refused(answer, 400, "ValidationError")
    assert set(body["details"]["fields"]) == {"left", "extra"}
    assert await world.records() == []


async def test_an_unknown_workflow_is_not_found(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    for name in ("unknown", "no%20such", "a" * 200, "..%2Fadd", "%00"):
        answer = await world.client().post(f"/api/workflows/{name}", json={})
        refused(answer, 404, "NotFound")
    assert await world.records() == []


async def test_a_body_of_another_shape_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    for body in ("", "[]", "{", '{"parameters": []}', '{"parameters": {}, "userId": "x"}', "\x00"):
        answer = await world.client().post(
            "/api/workflows/add", content=body, headers={"Content-Type": "application/json"}
        )
        refused(answer, 400, "ValidationError")
    too_large = await world.client().post("/api/workflows/add", content=b" " * 1_100_000)
    refused(too_large, 413, "PayloadTooLarge")


FAILS = """
@workflow()
async def fails(context: OrganizationContext) -> None:
    '''Fail on purpose.'''
    raise WorkflowError("The mailbox is full.", details={"quota": 5})

@workflow()
async def crashes(context: OrganizationContext) -> None:
    '''Crash.'''
    {}["missing"]
"""


async def test_a_failing_workflow_is_an_answer_with_its_error(make_world: MakeWorld) -> None:
    world = await make_world(FAILS)
    body = await world.run("fails")
    assert (body["status"], body["result"]) == ("Failed", None)
    assert body["error"]["type"] == "WorkflowError"
    assert body["error"]["message"] == "The mailbox is full."
    assert body["error"]["details"]["quota"] == 5


async def test_a_technician_sees_the_traceback_of_a_crash(make_world: MakeWorld) -> None:
    world = await make_world(FAILS)
    error = (await world.run("crashes"))["error"]
    assert error["type"] == "KeyError"
    assert 'in crashes\n    {}["missing"]' in error["details"]["traceback"]


async def test_who_may_not_execute_workflows_is_refused_in_one_way(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    body = {"parameters": {"left": 1}}
    unknown = "99999999-0000-4000-8000-000000000000"
    answers = [
        await world.client().post(
            "/api/workflows/add", json=body, headers={"X-Organization-Id": organization}
        )
        for organization in (world.fabrikam, unknown)
    ]
    first, second = (refused(answer, 403, "Forbidden") for answer in answers)
    assert first == second
    refused(await world.client(demo.CLIENT_USER).post("/api/workflows/add", json=body), 403, "Forbidden")
    refused(await world.client(demo.STRANGER).post("/api/workflows/add", json=body), 403, "NoAccess")
    refused(await world.client(None).post("/api/workflows/add", json=body), 401, "Unauthorized")
    assert await world.records() == []
    assert await world.records(world.fabrikam) == []


async def test_an_organization_header_must_be_a_uuid(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    for organization in ("", "GLOBAL", "not-a-uuid", "' or '1' eq '1", "*"):
        answer = await world.client().post(
            "/api/workflows/add", json={}, headers={"X-Organization-Id": organization}
        )
        refused(answer, 400, "ValidationError")


async def test_a_workflow_may_ask_for_more_than_the_right_to_execute(make_world: MakeWorld) -> None:
    world = await make_world(
        """
        @workflow(required_permission="canManageConfig")
        async def careful(context: OrganizationContext) -> int:
            '''Ask for more.'''
            return 1
        """
    )
    assert (await world.run("careful"))["result"] == 1
    only = PermissionFlags(can_execute_workflows=True)
    technician = UserId(demo.TECHNICIAN.user_id)
    await world.core.permissions.grant(await world.scope(), technician, world.contoso, only)
    answer = await world.client().post("/api/workflows/careful", json={})
    assert "canManageConfig" in refused(answer, 403, "Forbidden")["message"]


async def test_only_an_admin_runs_without_organization_what_needs_none(make_world: MakeWorld) -> None:
    world = await make_world(
        ADD,
        anywhere="""
        @workflow(requires_org=False)
        async def everywhere(context: OrganizationContext) -> str:
            '''Need no organization.'''
            return context.caller.user_type
        """,
    )

    async def run(name: str, person: Any) -> Any:
        client = world.client(person)
        client.headers.pop("X-Organization-Id", None)
        return await client.post(f"/api/workflows/{name}", json={"parameters": {}})

    body = ok(await run("everywhere", demo.ADMIN))
    assert (body["result"], body["organizationId"]) == ("MSP", "GLOBAL")
    logs = f"/api/executions/{body['executionId']}/logs"
    assert ok(await world.client(demo.ADMIN).get(logs))["done"]
    refused(await run("everywhere", demo.TECHNICIAN), 403, "Forbidden")
    refused(await world.client(demo.TECHNICIAN).get(logs), 400, "ValidationError")
    refused(await run("add", demo.ADMIN), 400, "ValidationError")


SLOW = """
@workflow(timeout_seconds=20)
async def slow(context: OrganizationContext, seconds: float = 0.5) -> str:
    '''Take a while.'''
    for step in range(10):
        await asyncio.sleep(seconds / 10)
        context.log.info(f"step {step}")
        await context.set_progress((step + 1) / 10, f"step {step}")
    return "done"
"""


async def test_a_run_longer_than_the_caller_waits_goes_on(make_world: MakeWorld) -> None:
    world = await make_world(SLOW)
    answer = await world.client().post("/api/workflows/slow", json={}, headers={"Prefer": "wait=0"})
    body = ok(answer, 202)
    assert body["status"] == "Running"
    place = answer.headers["Location"]
    assert place == f"/api/executions/{body['executionId']}/logs"
    while True:
        log = ok(await world.client().get(place, params={"wait": 5, "after": 9}))
        if log["done"]:
            break
    assert log["status"] == "Success"
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    assert stored.result == "done"
    assert stored.progress.fraction == 1


async def test_a_caller_who_goes_away_does_not_end_the_run(make_world: MakeWorld) -> None:
    world = await make_world(SLOW)
    asking = asyncio.create_task(world.client().post("/api/workflows/slow", json={}))
    execution = await world.wait_for_record()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    async def ended() -> Any:
        found = await world.core_executions.find(world.contoso, execution.execution_id)
        return found if found.status.is_ended else None

    assert (await until(ended)).status == "Success"


async def test_the_same_request_twice_is_one_execution(make_world: MakeWorld) -> None:
    world = await make_world(SLOW)
    headers = {"Idempotency-Key": "double-click"}
    answers = await asyncio.gather(
        *(world.client().post("/api/workflows/slow", json={}, headers=headers) for _ in range(5))
    )
    bodies = [ok(answer) for answer in answers]
    assert len({body["executionId"] for body in bodies}) == 1
    assert {body["status"] for body in bodies} == {"Success"}
    await world.services.executions.drain()
    assert len(await world.records()) == 1
    other = await world.client().post(
        "/api/workflows/slow", json={"parameters": {"seconds": 0.1}}, headers=headers
    )
    refused(other, 409, "Conflict")


async def test_a_key_whose_request_never_began_does_not_block_the_next(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    scope = await world.scope(demo.TECHNICIAN, world.contoso)
    asked = RunRequest(workflow_name="add", parameters={"left": 1}, hold_seconds=1)
    lost = new_execution_id()
    await IdempotencyService(world.core.storage).claim(
        scope.user.id, "try-again", lost, request_hash=hash_of(scope, asked)
    )
    answer = await world.client().post(
        "/api/workflows/add", json={"parameters": {"left": 1}}, headers={"Idempotency-Key": "try-again"}
    )
    body = ok(answer)
    assert body["executionId"] == lost
    assert body["result"]["sum"] == 2


async def test_an_idempotency_key_must_be_short_and_printable(make_world: MakeWorld) -> None:
    world = await make_world(ADD)
    for key in ("", "x" * 201, "tab\there"):
        answer = await world.client().post(
            "/api/workflows/add", json={"parameters": {"left": 1}}, headers={"Idempotency-Key": key}
        )
        refused(answer, 400, "ValidationError")


async def test_a_run_over_its_limit_ends_timed_out(make_world: MakeWorld) -> None:
    world = await make_world(
        """
        @workflow(timeout_seconds=1)
        async def sleeps(context: OrganizationContext) -> None:
            '''Sleep too long.'''
            await asyncio.sleep(30)
        """
    )
    body = await world.run("sleeps")
    assert body["status"] == "TimedOut"
    assert body["error"]["type"] == "WorkflowTimeout"


SECRETIVE = """
@workflow()
async def tells(context: OrganizationContext, password: str, note: str = "") -> dict:
    '''Tell what should not be told.'''
    key = await context.secrets.require("api-key")
    context.log.info(f"the key is {key}", password=password, key=key)
    print("printed", key)
    context.variables["seen"] = key
    await context.save_checkpoint("half", {"key": key, "step": 1})
    return {"echo": f"key={key}", "note": note, "length": len(password)}
"""


async def test_no_secret_reaches_an_answer_or_the_record(make_world: MakeWorld) -> None:
    world = await make_world(SECRETIVE)
    await world.core.secrets.set(await world.scope(), "api-key", "s3cr3t-value-xyz")
    answer = await world.client().post(
        "/api/workflows/tells",
        json={"parameters": {"password": "hunter2hunter2", "note": "with s3cr3t-value-xyz"}},
    )
    body = ok(answer)
    assert body["status"] == "Success"
    assert body["result"]["length"] == len("hunter2hunter2")
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    log = await world.client().get(f"/api/executions/{body['executionId']}/logs")
    for text in (answer.text, stored.model_dump_json(), log.text):
        assert "s3cr3t-value-xyz" not in text
        assert "hunter2hunter2" not in text
    assert stored.variables["secretsRead"] == ["api-key"]
    assert stored.checkpoints["half"]["data"]["step"] == 1
    assert "the key is [redacted]" in log.text


LEAVES_MUCH = """
@workflow()
async def leaves_much(context: OrganizationContext) -> str:
    '''Leave much.'''
    key = await context.secrets.get("api-key")
    context.log.info("line " + "l" * 50_000, rows=["r" * 100] * 500)
    await context.save_checkpoint("users", ["u" * 100] * 1000 + [key])
    context.variables["many"] = ["v" * 100] * 1000
    context.variables["few"] = 3
    return "done"
"""


async def test_what_is_too_large_for_the_record_is_cut_visibly_and_kept_whole(make_world: MakeWorld) -> None:
    world = await make_world(LEAVES_MUCH)
    await world.core.secrets.set(await world.scope(), "api-key", "s3cr3t-value-of-contoso")
    execution_id = (await world.run("leaves_much"))["executionId"]
    record = await world.core_executions.find(world.contoso, execution_id)
    (line,) = ok(await world.client().get(f"/api/executions/{execution_id}/logs"))["items"]
    values = ExecutionValueStore(world.core.storage)

    async def whole(note: Any) -> Any:
        assert note["truncated"]
        return json.loads(await values.read(world.contoso, execution_id, note["fullValue"]))

    assert line["message"].startswith("line lll")
    assert len(line["message"]) < 9000
    data = await whole(line["data"])
    assert data["rows"] == ["r" * 100] * 500
    assert await whole(data["message"]) == "line " + "l" * 50_000
    users = record.checkpoints["users"]["data"]
    assert users["bytes"] > 100_000
    assert (await whole(users))[-1] == "[redacted]"
    assert record.variables["few"] == 3
    assert await whole(record.variables["many"]) == ["v" * 100] * 1000


async def test_a_large_result_comes_back_whole(make_world: MakeWorld) -> None:
    world = await make_world(
        """
        @workflow()
        async def large(context: OrganizationContext) -> list[str]:
            '''Return much.'''
            return ["x" * 1000] * 1500
        """
    )
    body = await world.run("large")
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    assert stored.result == body["result"] == ["x" * 1000] * 1500
