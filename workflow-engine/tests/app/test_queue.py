"""Queued runs: admitted, taken up once, retried by the queue's rules."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from msp_core.errors import Invalid
from msp_core.executions.models import Execution
from msp_core.ids import ExecutionId, UserId, new_execution_id
from msp_core.storage.testing import AnswerLost, Refused
from msp_core.users.models import UserUpdate
from msp_devstack import demo
from tests.app.engine_world import ok, refused, until
from workflow_engine.execution.following import Following
from workflow_engine.execution.queueing import POISON_QUEUE_NAME, QUEUE_NAME

MakeWorld = Any  # from conftest.py, which tests cannot import

REPORT = """
@workflow(execution_mode="async", timeout_seconds=30)
async def report(context: OrganizationContext, password: str = "", size: int = 1) -> dict:
    '''Make a report.'''
    context.log.info("reporting")
    await asyncio.sleep(0.1)
    return {"size": size, "length": len(password), "who": context.caller.email}
"""


async def end_of(world: Any, execution_id: str) -> Execution:
    """Wait for an execution's end."""

    async def ended() -> Execution | None:
        execution: Execution = await world.core_executions.find(world.contoso, execution_id)
        return execution if execution.status.is_ended else None

    found: Execution = await until(ended)
    return found


async def ask(world: Any, **parameters: Any) -> str:
    """Ask for a report; the id of the execution that waits."""
    answer = await world.client().post("/api/workflows/report", json={"parameters": parameters})
    body = ok(answer, 202)
    assert body["status"] == "Pending"
    assert answer.headers["Location"].endswith(f"{body['executionId']}/logs")
    return str(body["executionId"])


async def test_an_admitted_run_is_taken_from_the_queue(make_world: MakeWorld) -> None:
    world = await make_world(REPORT, consume_queue=True)
    execution_id = await ask(world, size=3)
    page: dict[str, Any] = {"done": False, "next": 0}
    lines: list[str] = []
    while not page["done"]:
        page = ok(
            await world.client().get(
                f"/api/executions/{execution_id}/logs", params={"after": page["next"], "wait": 5}
            )
        )
        lines += [line["message"] for line in page["items"]]
    assert lines == ["reporting"]
    execution = await end_of(world, execution_id)
    assert execution.result == {"size": 3, "length": 0, "who": demo.TECHNICIAN.email}
    assert execution.attempt == 1

    async def is_empty() -> bool:
        return bool(await world.core.storage.queue(QUEUE_NAME).length() == 0)

    assert await until(is_empty)


async def test_whoever_follows_is_told_when_the_engine_that_was_asked_takes_the_run_up(
    make_world: MakeWorld,
) -> None:
    world = await make_world(REPORT)
    live = world.services.following._live
    following = Following(
        world.services.executions,
        world.services.following._logs,
        live,
        world.services.following._queue,
        poll_seconds=3600,
    )
    execution_id = ExecutionId(await ask(world))
    scope = await world.scope(org_id=world.contoso)
    waiting = await world.services.executions.find(world.contoso, execution_id)
    lines = asyncio.create_task(following.read_log(scope, execution_id, after=0, wait_seconds=60))
    end = asyncio.create_task(following.wait(scope, waiting, seconds=60))

    async def both_wait() -> bool:
        return len(live._expected.get(execution_id, ())) == 2

    await until(both_wait)
    await world.container.consume({"orgId": world.contoso, "executionId": execution_id})

    async with asyncio.timeout(15):
        assert [line.message for line in (await lines).items] == ["reporting"]
        assert (await end).status == "Success"
    assert live._expected == {}


async def test_waiting_for_a_run_that_begins_elsewhere_ends_in_time(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    live = world.services.following._live

    async with asyncio.timeout(15):
        await live.expect(new_execution_id(), timeout_seconds=0.01)

    assert live._expected == {}


async def test_an_engine_knows_of_its_own_message_at_once(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    assert not world.services.pump.sent.is_set()

    await ask(world)

    assert world.services.pump.sent.is_set()


async def test_a_secret_parameter_waits_outside_the_record(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    execution_id = await ask(world, password="hunter2hunter2")
    waiting = await world.services.executions.find(world.contoso, execution_id)
    assert "hunter2" not in waiting.model_dump_json()
    await world.container.consume({"orgId": world.contoso, "executionId": execution_id})
    execution = await end_of(world, execution_id)
    assert execution.result["length"] == len("hunter2hunter2")
    assert execution.input_data["password"] == "[redacted]"
    assert [name async for name in world.core.storage.blobs("execution-data").iter_names()] == []


async def test_a_message_delivered_twice_is_one_run(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    execution_id = await ask(world)
    message = {"orgId": world.contoso, "executionId": execution_id}
    async with world.second_engine_container() as other:
        await asyncio.gather(*(world.container.consume(message) for _ in range(3)), other.consume(message))
        await world.container.consume(message)
    execution = await end_of(world, execution_id)
    assert (execution.status, execution.attempt) == ("Success", 1)


async def test_a_waiting_run_can_be_cancelled_before_it_begins(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    execution_id = await ask(world, password="hunter2hunter2")
    body = ok(await world.client().post(f"/api/executions/{execution_id}/cancel"), 202)
    assert body["status"] == "Cancelled"
    assert [name async for name in world.core.storage.blobs("execution-data").iter_names()] == []
    await world.container.consume({"orgId": world.contoso, "executionId": execution_id})
    execution = await end_of(world, execution_id)
    assert (execution.status, execution.attempt) == ("Cancelled", 0)


async def test_a_message_of_another_shape_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    for message in ({}, {"orgId": 1, "executionId": 2}, {"orgId": "x", "executionId": "y"}):
        with pytest.raises(Invalid):
            await world.container.consume(message)
    # Nobody's: nothing to do, and nothing to try again.
    await world.container.consume({"orgId": world.contoso, "executionId": new_execution_id()})


async def test_a_message_that_fails_five_times_goes_to_the_poison_queue(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    queue, poison = (world.core.storage.queue(name) for name in (QUEUE_NAME, POISON_QUEUE_NAME))
    await queue.send({"not": "ours"})
    for _ in range(5):
        (message,) = await queue.receive(visibility_seconds=1)
        await queue.extend(message, 0)
    await world.services.pump.run()
    await world.services.work.drain(timeout_seconds=5)
    assert await queue.length() == 0
    (poisoned,) = await poison.receive()
    assert poisoned.body == {"not": "ours"}


async def test_someone_disabled_meanwhile_runs_nothing_any_more(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    execution_id = await ask(world)
    person = UserId(demo.TECHNICIAN.user_id)
    await world.core.users.update(await world.scope(), person, UserUpdate(is_active=False))
    await world.container.consume({"orgId": world.contoso, "executionId": execution_id})
    execution = await end_of(world, execution_id)
    assert execution.error is not None
    assert (execution.status, execution.error.type) == ("Failed", "Forbidden")
    refused(await world.client().get("/api/admin/metadata"), 403, "AccountDisabled")


async def test_the_same_request_twice_waits_once(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    headers = {"Idempotency-Key": "twice"}
    answers = [await world.client().post("/api/workflows/report", json={}, headers=headers) for _ in range(2)]
    assert len({ok(answer, 202)["executionId"] for answer in answers}) == 1
    assert await world.core.storage.queue(QUEUE_NAME).length() == 1


async def test_a_claim_that_storage_carried_out_unheard_is_run(make_world: MakeWorld) -> None:
    world = await make_world(REPORT)
    execution_id = await ask(world, size=2)
    # A storage that hangs carries out what it was asked when it wakes up, long after the engine gave it up.
    world.network.fail(AnswerLost(), *[Refused()] * 4, method="PUT")
    await world.container.consume({"orgId": world.contoso, "executionId": execution_id})
    ended = await end_of(world, execution_id)
    assert (ended.status, ended.attempt, ended.attempts) == ("Success", 1, [])
