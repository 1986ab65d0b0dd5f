"""Another attempt: when there is one, what is on record meanwhile, and what ends the waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from msp_automation.capabilities import CallerInfo, RunSnapshot
from msp_automation.redaction import Redactor
from msp_core.executions.models import ExecutionSpec, Trigger
from msp_core.models import utc_now
from msp_core.storage import Storage
from msp_devstack import demo
from tests.app.engine_world import ok, until
from workflow_engine.container import build_services
from workflow_engine.execution.capabilities import RunBinding, ServedCapabilities
from workflow_engine.execution.launching import RunRequest
from workflow_engine.execution.queueing import QUEUE_NAME
from workflow_engine.execution.tokens import IntegrationTokens
from workflow_engine.runners.models import Kind, PoolSettings
from workflow_engine.runners.pool import PreparedRun, RunnerPool

MakeWorld = Any  # from conftest.py, which tests cannot import

FLAKY = """
from pathlib import Path

def count(marks: str) -> int:
    '''How often this was called; each attempt may be in another process.'''
    with Path(marks).open("a") as file:
        file.write("x")
    return len(Path(marks).read_text())

class Flood(IntegrationError):
    '''One that derives from a named one.'''

@workflow(retries=2, retry_delay_seconds=0, retry_on=(IntegrationError, "WorkflowTimeout"), timeout_seconds=1)
async def flaky(context: OrganizationContext, marks: str, how: str = "flood", password: str = "") -> dict:
    '''Fail at first.'''
    number = count(marks)
    context.log.info(f"try {number}")
    if number < 3:
        match how:
            case "flood": raise Flood("Graph is flooded.")
            case "slow": await asyncio.sleep(30)
            case "input": raise ValidationError("This licence does not exist.")
            case "bug": raise KeyError("id")
    return {"tries": number, "length": len(password)}

@workflow(retries=3, retry_delay_seconds=60, retry_on=("Exception",))
async def patient(context: OrganizationContext) -> None:
    '''Fail, and wait for long.'''
    raise RuntimeError("not yet")

@workflow(retries=1, timeout_seconds=60)
async def waits(context: OrganizationContext, seconds: float = 30, password: str = "") -> int:
    '''Wait.'''
    await asyncio.sleep(seconds)
    return len(password)

@workflow(timeout_seconds=60)
async def quick(context: OrganizationContext) -> str:
    '''Answer.'''
    return "done"
"""


async def lines_of(world: Any, execution_id: str) -> list[tuple[int, str]]:
    page = ok(await world.client().get(f"/api/executions/{execution_id}/logs"))
    return [(line["sequence"], line["message"]) for line in page["items"]]


async def record(world: Any, execution_id: str) -> Any:
    return await world.core_executions.find(world.contoso, execution_id)


async def nothing_runs(world: Any) -> bool:
    return len(world.services.running.live) == 0


async def blobs(world: Any) -> list[str]:
    return [name async for name in world.core.storage.blobs("execution-data").iter_names()]


async def test_a_named_error_is_tried_again_while_its_caller_waits(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world = await make_world(FLAKY, consume_queue=True)
    body = await world.run("flaky", marks=str(tmp_path / "marks"), password="hunter2hunter2")
    assert (body["status"], body["result"]) == ("Success", {"tries": 3, "length": 14})
    assert body["nextAttemptAt"] is None
    told = [(each["number"], each["reason"], (each["error"] or {}).get("type")) for each in body["attempts"]]
    assert told == [(1, "error", "Flood"), (2, "error", "Flood"), (3, "success", None)]
    lines = await lines_of(world, body["executionId"])
    assert [number for number, _ in lines] == [1, 2, 3, 4, 5]
    assert [message for _, message in lines if message.startswith("try")] == ["try 1", "try 2", "try 3"]
    assert lines[1][1] == ("Attempt 1 of 3 failed: Flood: Graph is flooded. The next one begins now.")
    assert await blobs(world) == []


async def test_a_limit_that_its_author_named_is_tried_again_and_attempts_run_out(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world = await make_world(FLAKY, consume_queue=True)
    body = await world.run("flaky", marks=str(tmp_path / "marks"), how="slow")
    assert (body["status"], [each["reason"] for each in body["attempts"]]) == (
        "Success",
        ["timedOut", "timedOut", "success"],
    )


async def test_what_another_attempt_cannot_mend_is_not_repeated(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world = await make_world(FLAKY, consume_queue=True)
    for how, error in (("input", "ValidationError"), ("bug", "KeyError")):
        body = await world.run("flaky", marks=str(tmp_path / how), how=how)
        assert (body["status"], body["error"]["type"], body["attempts"]) == ("Failed", error, [])
        assert (tmp_path / how).read_text() == "x"


async def test_it_waits_visibly_and_a_cancel_ends_the_waiting_at_once(make_world: MakeWorld) -> None:
    world = await make_world(FLAKY, consume_queue=True)
    answer = await world.client().post("/api/workflows/patient", json={}, headers={"Prefer": "wait=1"})
    body = ok(answer, 202)
    assert body["status"] == "Pending"
    assert body["nextAttemptAt"] > body["attempts"][0]["endedAt"]
    assert body["attempts"][0]["error"] == {"type": "RuntimeError", "message": "not yet"}
    page = ok(await world.client().get(f"/api/executions/{body['executionId']}/logs"))
    assert (page["status"], page["done"]) == ("Pending", False)
    # A message of the first attempt that is delivered once more does not shorten the wait.
    await world.container.consume({"orgId": world.contoso, "executionId": body["executionId"]})
    assert (await record(world, body["executionId"])).status == "Pending"

    started = time.monotonic()
    cancelled = ok(await world.client().post(f"/api/executions/{body['executionId']}/cancel"), 202)
    assert time.monotonic() - started < 2
    assert (cancelled["status"], len(cancelled["attempts"])) == ("Cancelled", 1)


async def test_a_crashed_engines_run_is_repeated_with_the_parameters_as_they_were_given(
    make_world: MakeWorld,
) -> None:
    world = await make_world(FLAKY)
    answer = await world.client().post(
        "/api/workflows/waits",
        json={"parameters": {"seconds": 2, "password": "hunter2hunter2"}},
        headers={"Prefer": "wait=0"},
    )
    execution_id = ok(answer, 202)["executionId"]
    # The engine is gone as far as another one can tell.
    result = await world.core_executions.reap(utc_now() + timedelta(hours=1))
    assert [each.execution_id for each in result.requeue] == [execution_id]
    # It was not, and learns that the execution is no longer its own: what it has of it does not count.
    await world.services.keeping.beat()
    await until(lambda: nothing_runs(world))
    assert (await record(world, execution_id)).status == "Pending"
    async with world.second_engine_container() as other:
        await other.consume({"orgId": world.contoso, "executionId": execution_id})
    ended = await record(world, execution_id)
    assert (ended.status, ended.result) == ("Success", 14)
    assert [each.reason for each in ended.attempts] == ["interrupted", "success"]
    assert ended.input_data["password"] == "[redacted]"
    assert await blobs(world) == []


async def test_parameters_that_are_gone_are_not_guessed(make_world: MakeWorld) -> None:
    world = await make_world(FLAKY)
    scope = await world.scope(demo.TECHNICIAN, world.contoso)
    spec = ExecutionSpec(
        workflow_name="waits",
        trigger=Trigger.API,
        input_data={"seconds": 0, "password": "[redacted]"},
        parameters_apart=True,
    )
    await world.core_executions.admit(scope, spec)
    await world.container.consume({"orgId": world.contoso, "executionId": spec.execution_id})
    ended = await record(world, spec.execution_id)
    assert (ended.status, ended.error.type) == ("Failed", "NotFound")


async def test_shutting_down_leaves_what_may_be_repeated_to_the_next_engine(make_world: MakeWorld) -> None:
    world = await make_world(FLAKY, consume_queue=True, shutdown_grace_seconds=0.1)
    answer = await world.client().post(
        "/api/workflows/waits", json={"parameters": {"seconds": 2}}, headers={"Prefer": "wait=0"}
    )
    execution_id = ok(answer, 202)["executionId"]
    await world.container.close()
    waiting = await record(world, execution_id)
    assert (waiting.status, [each.reason for each in waiting.attempts]) == ("Pending", ["interrupted"])
    async with world.second_engine_container():

        async def has_ended() -> bool:
            return bool((await record(world, execution_id)).status.is_ended)

        await until(has_ended)
    ended = await record(world, execution_id)
    assert (ended.status, ended.attempt) == ("Success", 2)


async def test_two_engines_make_each_attempt_once(make_world: MakeWorld, tmp_path: Path) -> None:
    world = await make_world(FLAKY, consume_queue=True)
    async with world.second_engine_container():
        bodies = await asyncio.gather(
            *(world.run("flaky", marks=str(tmp_path / str(number))) for number in range(6))
        )
    assert [body["result"]["tries"] for body in bodies] == [3] * 6
    assert [(tmp_path / str(number)).read_text() for number in range(6)] == ["xxx"] * 6


async def test_whoever_asks_for_the_background_gets_the_queue(make_world: MakeWorld) -> None:
    world = await make_world(FLAKY)
    form_id = await world.form("quick", opened=False)
    for path in ("/api/workflows/quick", f"/api/forms/{form_id}/submit"):
        answer = await world.client().post(path, json={}, headers={"Prefer": "respond-async"})
        body = ok(answer, 202)
        assert body["status"] == "Pending"
        (message,) = await world.core.storage.queue(QUEUE_NAME).receive()
        assert message.body == {"orgId": world.contoso, "executionId": body["executionId"]}
        await world.container.consume(message.body)
        assert (await record(world, body["executionId"])).result == "done"
        await world.core.storage.queue(QUEUE_NAME).delete(message)


async def test_an_execution_whose_message_was_given_up_ends_and_says_so(make_world: MakeWorld) -> None:
    world = await make_world(FLAKY)
    answer = await world.client().post("/api/workflows/quick", json={}, headers={"Prefer": "respond-async"})
    message = {"orgId": world.contoso, "executionId": ok(answer, 202)["executionId"]}
    await world.container.give_up({"not": "ours"})
    for _ in range(2):
        await world.container.give_up(message)
    ended = await record(world, message["executionId"])
    assert (ended.status, ended.error.type) == ("Failed", "Unavailable")
    assert "five times" in ended.error.message


class HeldUp(RunnerPool):
    """Runners of which each is blocked at the moment when it has promised to run something."""

    async def prepare(
        self, kind: Kind, name: str, parameters: Mapping[str, Any], *, org_id: str | None = None
    ) -> PreparedRun:
        """A promise that nobody keeps for two seconds, the first time."""
        promised = await super().prepare(kind, name, parameters, org_id=org_id)
        if not self.has_blocked:
            self.has_blocked = True
            blocking = await super().prepare("workflow", "block", {}, org_id=org_id)
            snapshot = RunSnapshot(
                execution_id="blocking",
                kind="workflow",
                name="block",
                org=None,
                caller=CallerInfo(user_id="a.b", email="a@b.example", name="A", user_type="MSP"),
                timeout_seconds=60,
            )
            host = ServedCapabilities(
                RunBinding(org=None, read_secret=_no_secret, integrations={}), IntegrationTokens(), Redactor()
            )
            self.blocked = asyncio.create_task(blocking.run(snapshot, host))
        return promised

    has_blocked = False
    blocked: asyncio.Task[Any]


async def _no_secret(name: str) -> None:
    return None


async def test_a_run_that_no_runner_began_begins_later_whatever_its_author_allows(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world = await make_world(
        """
        import time

        @workflow(requires_org=False)
        async def block(context: OrganizationContext) -> None:
            '''Hold up a runner.'''
            time.sleep(2)

        @workflow()
        async def once(context: OrganizationContext, file: str) -> str:
            '''Leave a mark.'''
            with open(file, "a") as marks:
                marks.write("begun ")
            return "done"
        """
    )
    settings = world.settings.model_copy(update={"consume_queue": True})
    impatient = PoolSettings(runners=1, max_runners=1, prepare_seconds=0.3, start_seconds=0.3)
    pool = HeldUp(settings.workflows_root, impatient)
    storage = Storage(settings.storage_settings())
    services = build_services(settings, storage, pool=pool)
    await pool.start()
    scope = await world.scope(demo.TECHNICIAN, world.contoso)
    request = RunRequest("once", {"file": str(tmp_path / "marks")}, hold_seconds=0)
    execution_id = (await services.launching.launch(scope, request)).execution_id

    async def waiting() -> Any:
        found = await services.executions.find(scope.org_id, execution_id)
        return found if found is not None and found.status == "Pending" else None

    assert [each.reason for each in (await until(waiting)).attempts] == ["interrupted"]
    await pool.blocked
    ended = await services.consuming.consume({"orgId": scope.org_id, "executionId": execution_id})
    assert ended is not None
    assert (ended.status, ended.result, len(ended.attempts)) == ("Success", "done", 2)
    assert (tmp_path / "marks").read_text() == "begun "

    await services.work.close()
    await pool.close()
    await services.executions.drain()
    await storage.close()
