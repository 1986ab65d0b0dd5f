"""Logs while a run goes on, cancelling, and who may do either."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from msp_core.ids import new_execution_id
from msp_devstack import demo
from tests.app.engine_world import ok, refused, until

MakeWorld = Any  # from conftest.py, which tests cannot import

TALKS = """
@workflow(timeout_seconds=60)
async def tells_the_time(context: OrganizationContext) -> None:
    '''Log the time.'''
    for _ in range(8):
        context.log.info(str(time.time()))
        await asyncio.sleep(0.3)

@workflow(timeout_seconds=60)
async def shows(context: OrganizationContext) -> None:
    '''Tell how far it is.'''
    await context.set_progress(0.5, "half way")
    await context.save_checkpoint("users", [1, 2])
    context.variables["done"] = ["ada"]
    context.variables["password"] = "hunter2hunter2"
    context.variables["long"] = "x" * 20_000
    await asyncio.sleep(30)

@workflow(timeout_seconds=30)
async def talks(context: OrganizationContext, lines: int = 3, pause: float = 0.2) -> int:
    '''Write lines, with a pause after each.'''
    for number in range(lines):
        context.log.info(f"line {number}", number=number)
        await context.set_progress(number / lines, f"at {number}")
        await asyncio.sleep(pause)
    return lines

@workflow(timeout_seconds=60)
async def waits(context: OrganizationContext) -> None:
    '''Wait until told to stop.'''
    context.log.info("waiting")
    await asyncio.sleep(60)
"""


async def begin(world: Any, name: str, person: Any = demo.TECHNICIAN, **parameters: Any) -> str:
    """Start a run and leave it running; its id."""
    answer = await world.client(person).post(
        f"/api/workflows/{name}", json={"parameters": parameters}, headers={"Prefer": "wait=0"}
    )
    return str(ok(answer, 202)["executionId"])


async def test_lines_arrive_while_the_run_goes_on_each_once_and_in_order(make_world: MakeWorld) -> None:
    world = await make_world(TALKS)
    execution_id = await begin(world, "talks")
    seen: list[Any] = []
    rounds = 0
    page: dict[str, Any] = {"done": False, "next": 0}
    while not page["done"]:
        page = ok(
            await world.client().get(
                f"/api/executions/{execution_id}/logs", params={"after": page["next"], "wait": 5}
            )
        )
        seen += page["items"]
        rounds += 1
    assert [line["sequence"] for line in seen] == list(range(1, len(seen) + 1))
    assert [line["data"]["number"] for line in seen if line["message"].startswith("line")] == [0, 1, 2]
    assert rounds > 2
    assert page["status"] == "Success"
    stored = ok(await world.client().get(f"/api/executions/{execution_id}/logs"))
    assert stored["items"] == seen
    assert stored["done"]


async def test_a_held_request_is_answered_as_soon_as_there_is_news(make_world: MakeWorld) -> None:
    world = await make_world(TALKS)
    execution_id = await begin(world, "waits")
    first = ok(await world.client().get(f"/api/executions/{execution_id}/logs", params={"wait": 5}))
    started = time.monotonic()
    holding = asyncio.create_task(
        world.client().get(
            f"/api/executions/{execution_id}/logs", params={"after": first["next"], "wait": 20}
        )
    )
    await asyncio.sleep(0.2)
    assert not holding.done()
    ok(await world.client().post(f"/api/executions/{execution_id}/cancel"), 202)
    body = ok(await holding)
    assert time.monotonic() - started < 5
    assert (body["done"], body["status"]) == (True, "Cancelled")


async def test_cancelling_stops_a_run_and_only_once(make_world: MakeWorld) -> None:
    world = await make_world(TALKS)
    asking = asyncio.create_task(world.client().post("/api/workflows/waits", json={}))
    execution_id = (await world.wait_for_record()).execution_id
    ok(await world.client().post(f"/api/executions/{execution_id}/cancel"), 202)
    body = ok(await asking)
    assert body["status"] == "Cancelled"
    again = await world.client().post(f"/api/executions/{execution_id}/cancel")
    refused(again, 409, "ExecutionEnded")


async def test_another_organization_and_unknown_ids_look_the_same(make_world: MakeWorld) -> None:
    world = await make_world(TALKS)
    execution_id = await begin(world, "waits")
    headers = {"X-Organization-Id": world.fabrikam}
    for path in (execution_id, new_execution_id(), "not-an-id", "%2e%2e"):
        logs = await world.client(demo.ADMIN).get(f"/api/executions/{path}/logs", headers=headers)
        refused(logs, 404, "NotFound")
        cancel = await world.client(demo.ADMIN).post(f"/api/executions/{path}/cancel", headers=headers)
        refused(cancel, 404, "NotFound")
    # It still runs.
    page = ok(await world.client().get(f"/api/executions/{execution_id}/logs"))
    assert page["status"] == "Running"


async def test_a_client_user_follows_and_stops_only_their_own(make_world: MakeWorld) -> None:
    world = await make_world(TALKS)
    theirs = await begin(world, "waits")
    client = world.client(demo.CLIENT_USER)
    refused(await client.get(f"/api/executions/{theirs}/logs"), 404, "NotFound")
    refused(await client.post(f"/api/executions/{theirs}/cancel"), 404, "NotFound")
    form_id = await world.form("waits")
    submitted = await client.post(f"/api/forms/{form_id}/submit", json={}, headers={"Prefer": "wait=0"})
    own = ok(submitted, 202)["executionId"]
    assert ok(await client.get(f"/api/executions/{own}/logs"))["status"] == "Running"
    ok(await client.post(f"/api/executions/{own}/cancel"), 202)


async def test_a_run_of_another_engine_is_followed_and_stopped_through_storage(
    make_world: MakeWorld,
) -> None:
    # The lease is long: nothing here waits for a heartbeat.
    world = await make_world(TALKS, lease_seconds=60)
    async with world.second_engine() as other:
        execution_id = await begin(world, "waits")
        page = ok(await other.get(f"/api/executions/{execution_id}/logs", params={"wait": 5}))
        assert [line["message"] for line in page["items"]] == ["waiting"]
        asked = time.monotonic()
        ok(await other.post(f"/api/executions/{execution_id}/cancel"), 202)
        async with asyncio.timeout(10):
            while not page["done"]:
                page = ok(
                    await other.get(
                        f"/api/executions/{execution_id}/logs", params={"after": page["next"], "wait": 5}
                    )
                )
    assert page["status"] == "Cancelled"
    assert time.monotonic() - asked < 3


async def test_what_a_run_tells_is_read_within_a_second_also_through_another_engine(
    make_world: MakeWorld,
) -> None:
    world = await make_world(TALKS, lease_seconds=60)
    async with world.second_engine() as other:
        execution_id = await begin(world, "tells_the_time")
        path = f"/api/executions/{execution_id}/logs"
        ages = await asyncio.gather(*(ages_of_lines(client, path) for client in (world.client(), other)))
        for seen, most in zip(ages, (1.0, 2.0), strict=True):
            assert len(seen) == 8
            assert max(seen) < most


async def ages_of_lines(client: Any, path: str) -> list[float]:
    """How old each line was when it was read; each says when it was written."""
    page: dict[str, Any] = {"done": False, "next": 0}
    ages: list[float] = []
    while not page["done"]:
        page = ok(await client.get(path, params={"after": page["next"], "wait": 10}))
        ages += [time.time() - float(line["message"]) for line in page["items"]]
    return ages


async def test_progress_checkpoints_and_calls_are_on_record_while_the_run_goes_on(
    make_world: MakeWorld,
) -> None:
    world = await make_world(TALKS, lease_seconds=60)
    execution_id = await begin(world, "shows")
    told = time.monotonic()

    async def shown() -> Any:
        record = await world.core_executions.find(world.contoso, execution_id)
        return record if record.progress is not None and record.checkpoints and record.variables else None

    record = await until(shown)
    assert time.monotonic() - told < 3
    assert (record.status, record.progress.message) == ("Running", "half way")
    assert record.checkpoints["users"]["data"] == [1, 2]
    assert record.variables["done"] == ["ada"]
    assert record.variables["password"] == "[redacted]"
    assert record.variables["long"] == {"bytes": 20_002, "truncated": True}
    async with world.second_engine() as other:
        page = ok(await other.get(f"/api/executions/{execution_id}/logs"))
    assert page["progress"] == {"fraction": 0.5, "message": "half way"}
