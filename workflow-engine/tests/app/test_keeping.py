"""Runs whose engine goes away, storage that goes away, and shutting down."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import timedelta
from typing import Any

import pytest

from msp_core.executions.models import ExecutionSpec, Trigger
from msp_core.models import utc_now
from msp_core.storage.testing import Status
from msp_devstack import demo
from tests.app.engine_world import ok, refused, until

MakeWorld = Any  # from conftest.py, which tests cannot import

WAITS = """
@workflow(timeout_seconds=60)
async def waits(context: OrganizationContext, seconds: float = 30) -> str:
    '''Wait.'''
    context.log.info("waiting")
    await asyncio.sleep(seconds)
    return "done"
"""


async def begin(world: Any, **parameters: Any) -> str:
    answer = await world.client().post(
        "/api/workflows/waits", json={"parameters": parameters}, headers={"Prefer": "wait=0"}
    )
    return str(ok(answer, 202)["executionId"])


async def find(world: Any, execution_id: str) -> Any:
    return await world.core_executions.find(world.contoso, execution_id)


async def ended(world: Any, execution_id: str) -> Any:
    execution = await find(world, execution_id)
    return execution if execution.status.is_ended else None


async def test_a_live_runs_lease_is_renewed_and_carries_progress(make_world: MakeWorld) -> None:
    world = await make_world(WAITS, lease_seconds=0.6)
    execution_id = await begin(world)
    first = (await find(world, execution_id)).lease_ends_at
    await asyncio.sleep(0.9)
    now = await find(world, execution_id)
    assert now.lease_ends_at > first
    result = await world.core_executions.reap(utc_now())
    assert result.ended == []
    assert (await find(world, execution_id)).status == "Running"


async def test_a_run_outlives_storage_that_was_away_longer_than_its_lease(make_world: MakeWorld) -> None:
    world = await make_world(WAITS, lease_seconds=3)
    execution_id = await begin(world)
    world.network.is_down = True
    await asyncio.sleep(3.3)
    world.network.is_down = False
    await world.services.keeping.reap()
    assert (await find(world, execution_id)).status == "Running"


@pytest.mark.parametrize(("refusals", "result", "error"), [(1, "done", None), (4, None, "ResultNotStored")])
async def test_an_end_that_storage_refuses_is_not_given_up_by_an_engine_that_lives(
    make_world: MakeWorld, refusals: int, result: str | None, error: str | None
) -> None:
    world = await make_world(WAITS)
    await world.run("waits", seconds=0)
    asking = asyncio.create_task(
        world.client().post("/api/workflows/waits", json={"parameters": {"seconds": 3}})
    )

    async def running() -> bool:
        return len(world.services.running.live) > 0

    await until(running)
    world.network.fail(*[Status(400)] * refusals, method="POST")
    body = ok(await asking)
    assert (body["status"], body["result"]) == ("Success", result)
    assert (body["error"] or {}).get("type") == error


async def test_a_run_whose_engine_is_gone_ends_as_interrupted(make_world: MakeWorld) -> None:
    world = await make_world(WAITS, reap_every_seconds=0.2, lease_seconds=1)
    scope = await world.scope(demo.TECHNICIAN, world.contoso)
    spec = ExecutionSpec(workflow_name="waits", trigger=Trigger.API)
    await world.core_executions.start(
        scope, spec, lease_owner="an engine that crashed", lease=timedelta(seconds=0.1)
    )
    execution = await until(lambda: ended(world, spec.execution_id))
    assert (execution.status, execution.error.type) == ("Failed", "Interrupted")


async def test_a_run_that_somebody_else_ended_stops_and_answers_with_that_end(make_world: MakeWorld) -> None:
    world = await make_world(WAITS, lease_seconds=60)
    asking = asyncio.create_task(world.client().post("/api/workflows/waits", json={}))
    execution_id = (await world.wait_for_record()).execution_id
    await world.core_executions.reap(utc_now() + timedelta(hours=1))
    await world.services.keeping.beat()
    body = ok(await asking)
    assert (body["executionId"], body["status"]) == (execution_id, "Failed")
    assert body["error"]["type"] == "Interrupted"


async def test_what_a_neighbour_took_down_is_repeated_where_its_author_allows_it(
    make_world: MakeWorld,
) -> None:
    world = await make_world(
        """
        import os

        @workflow()
        async def kills(context: OrganizationContext) -> None:
            '''Take the runner down.'''
            os._exit(1)

        @workflow(retries=1)
        async def robust(context: OrganizationContext) -> str:
            '''Take a while.'''
            await asyncio.sleep(0.6)
            return "done"

        @workflow()
        async def fragile(context: OrganizationContext) -> str:
            '''Take a while, once.'''
            await asyncio.sleep(0.6)
            return "done"
        """,
        consume_queue=True,
    )
    running = [asyncio.create_task(world.run(name)) for name in ("robust", "fragile")]
    await asyncio.sleep(0.25)
    killed, (robust, fragile) = await world.run("kills"), await asyncio.gather(*running)
    assert (killed["status"], killed["error"]["type"]) == ("Failed", "Interrupted")
    assert (robust["status"], robust["result"]) == ("Success", "done")
    assert [each["reason"] for each in robust["attempts"]] == ["interrupted", "success"]
    assert (fragile["status"], fragile["error"]["type"]) == ("Failed", "Interrupted")


async def test_one_switch_runs_everything_in_this_process(make_world: MakeWorld) -> None:
    world = await make_world(
        """
        import os

        @workflow()
        async def where(context: OrganizationContext) -> int:
            '''Tell the process.'''
            return os.getpid()
        """,
        run_in_process=True,
    )
    assert (await world.run("where"))["result"] == os.getpid()
    assert ok(await world.client(None).get("/api/health"))["status"] == "ok"


async def test_shutting_down_ends_runs_honestly(make_world: MakeWorld) -> None:
    world = await make_world(WAITS, shutdown_grace_seconds=0.3)
    long, short = await begin(world, seconds=30), await begin(world, seconds=0.1)
    started = time.monotonic()
    await world.container.close()
    assert time.monotonic() - started < 5
    interrupted, done = await find(world, long), await find(world, short)
    assert (interrupted.status, interrupted.error.type) == ("Failed", "Interrupted")
    assert (done.status, done.result) == ("Success", "done")


async def test_storage_away_is_503_and_comes_back_without_restart(make_world: MakeWorld) -> None:
    world = await make_world(WAITS)
    ok(await world.client().post("/api/workflows/waits", json={"parameters": {"seconds": 0}}))
    world.network.is_down = True
    for method, path in (
        ("POST", "/api/workflows/waits"),
        ("GET", "/api/admin/metadata"),
        ("GET", "/api/data-providers/any"),
        ("POST", "/api/executions/01a207a6-353e-743d-a4bc-d123e6cf7c2e/cancel"),
        ("GET", "/api/executions/01a207a6-353e-743d-a4bc-d123e6cf7c2e/logs"),
    ):
        started = time.monotonic()
        answer = await world.client().request(method, path, json={} if method == "POST" else None)
        refused(answer, 503, "Unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        assert time.monotonic() - started < 10
    health = ok(await world.client(None).get("/api/health"))
    assert health["status"] == "down"
    world.network.is_down = False
    ok(await world.client().post("/api/workflows/waits", json={"parameters": {"seconds": 0}}))


async def test_a_result_that_storage_does_not_take_is_saved_when_it_is_back(make_world: MakeWorld) -> None:
    world = await make_world(WAITS)
    asking = asyncio.create_task(
        world.client().post(
            "/api/workflows/waits",
            json={"parameters": {"seconds": 0.5}},
            headers={"Idempotency-Key": "patient"},
        )
    )
    await world.wait_for_record()
    world.network.is_down = True
    body = refused(await asking, 503, "Unavailable")
    execution_id = body["details"]["executionId"]
    assert (await find(world, execution_id)).status == "Running"
    world.network.is_down = False
    again = await world.client().post(
        "/api/workflows/waits",
        json={"parameters": {"seconds": 0.5}},
        headers={"Idempotency-Key": "patient"},
    )
    assert (ok(again)["executionId"], ok(again)["result"]) == (execution_id, "done")
