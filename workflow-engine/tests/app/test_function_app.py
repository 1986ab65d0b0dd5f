"""The entry point that Azure Functions loads: its triggers, and the app behind them."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import azure.functions as func
import pytest

from msp_core.executions.idempotency import IdempotencyKey
from msp_core.executions.models import ExecutionSpec, Trigger
from msp_core.ids import new_execution_id, new_id
from msp_core.schedules.models import declared_schedules
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import TableName
from msp_devstack import demo
from tests.app.engine_world import until, write_author_files
from workflow_engine.settings import Settings

ENTRY_POINT = Path(__file__).parents[2] / "function_app.py"
HOST = json.loads(ENTRY_POINT.with_name("host.json").read_text())


@pytest.fixture
def entry(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """`function_app.py`, imported as the host does, with settings in the environment."""
    write_author_files(settings.workflows_root)
    for name, value in {
        "STORAGE_CONNECTION_STRING": settings.storage_settings().connection_string,
        "LOCAL_VAULT_PATH": settings.local_vault_path,
        "TENANT_ID": settings.tenant_id,
        "TOKEN_AUDIENCE": settings.token_audience,
        "TOKEN_ISSUER": settings.token_issuer,
        "JWKS_URL": settings.jwks_url,
        "WORKFLOWS_ROOT": settings.workflows_root,
        "RUNNERS": "1",
        "LOG_LEVEL": "WARNING",
        "BEHIND_PROXY": "true",
    }.items():
        monkeypatch.setenv(f"MSP_{name}", str(value))
    spec = importlib.util.spec_from_file_location(f"function_app_{new_id()}", ENTRY_POINT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    # The adapter's __del__ would start an event loop of its own.
    module.app.startup_task_done = False


def request(path: str, **headers: str) -> func.HttpRequest:
    return func.HttpRequest(
        method="GET", url=f"https://engine.example{path}", headers=headers, params={}, body=b""
    )


def functions_of(entry: ModuleType) -> dict[str, Any]:
    """The functions by name; the adapter can be asked once."""
    return {one.get_function_name(): one for one in entry.app.get_functions()}


def test_its_functions_are_http_queues_and_timer(entry: ModuleType) -> None:
    triggers = {
        name: json.loads(function.get_function_json())["bindings"][0]
        for name, function in functions_of(entry).items()
    }
    assert set(triggers) == {
        "http_app_func",
        "run_execution",
        "give_up_execution",
        "reap_executions",
        "run_schedules",
        "purge_expired",
    }
    http = triggers["http_app_func"]
    assert (http["type"], http["authLevel"], http["route"]) == ("httpTrigger", "ANONYMOUS", "/{*route}")
    queue = triggers["run_execution"]
    assert (queue["type"], queue["queueName"]) == ("queueTrigger", "executions")
    poison = triggers["give_up_execution"]
    assert (poison["type"], poison["queueName"]) == ("queueTrigger", "executions-poison")
    assert triggers["reap_executions"]["schedule"] == "*/30 * * * * *"
    assert triggers["run_schedules"]["schedule"] == "*/15 * * * * *"
    assert triggers["purge_expired"]["schedule"] == "0 17 * * * *"


async def test_the_timer_purges_without_starting_runners(entry: ModuleType) -> None:
    container = entry.container
    rows = container.services.storage.table(TableName.IDEMPOTENCY_KEYS, IdempotencyKey, large_values=False)
    old = IdempotencyKey(execution_id=new_execution_id(), claimed_at=datetime.now(UTC) - timedelta(hours=25))
    await rows.partition("somebody").insert("key", old)
    try:
        await functions_of(entry)["purge_expired"].get_user_function()(None)
        assert await rows.partition("somebody").find("key") is None
        assert container.services.pool.catalog.workflows == []
    finally:
        await container.close()


def test_the_host_passes_whole_paths_and_retries_five_times() -> None:
    assert HOST["extensions"]["http"]["routePrefix"] == ""
    assert HOST["extensions"]["queues"]["maxDequeueCount"] == 5
    assert HOST["extensions"]["queues"]["messageEncoding"] == "base64"


async def test_first_requests_at_once_start_the_engine_once(entry: ModuleType) -> None:
    starts = 0
    start = entry.container._start

    async def counted() -> None:
        nonlocal starts
        starts += 1
        await start()

    entry.container._start = counted
    http = functions_of(entry)["http_app_func"].get_user_function()
    try:
        answers = await asyncio.gather(*(http(request("/api/health"), None) for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert json.loads(answers[0].get_body())["status"] == "ok"
        assert starts == 1
    finally:
        await entry.container.close()


async def test_requests_go_through_the_adapter_with_ids_and_the_error_shape(entry: ModuleType) -> None:
    middleware: Any = entry.app.middleware
    try:
        refused = await middleware.handle_async(
            request("/api/admin/metadata", **{"x-request-id": "from-the-client"})
        )
        assert refused.status_code == 401
        assert json.loads(refused.get_body())["error"] == "Unauthorized"
        assert refused.headers["x-request-id"] == "from-the-client"
        nowhere = await middleware.handle_async(request("/nowhere"))
        assert (nowhere.status_code, json.loads(nowhere.get_body())["error"]) == (404, "NotFound")
        document = await middleware.handle_async(request("/api/openapi.json"))
        assert json.loads(document.get_body())["info"]["title"] == "Workflow Engine"
    finally:
        await entry.container.close()


async def test_a_queue_message_that_comes_first_starts_the_engine(entry: ModuleType) -> None:
    message = func.QueueMessage(
        body=json.dumps({"orgId": new_id(), "executionId": "01a207a6-353e-743d-a4bc-d123e6cf7c2e"}).encode()
    )
    functions = functions_of(entry)
    try:
        await functions["run_execution"].get_user_function()(message)
        await functions["give_up_execution"].get_user_function()(message)
        for timer in ("reap_executions", "run_schedules", "purge_expired"):
            await functions[timer].get_user_function()(None)
        health = await until(entry.container.services.health.check)
        assert health.runners.ready == 1
    finally:
        await entry.container.close()


WORK = """
@workflow(execution_mode="async")
async def report(context: OrganizationContext) -> str:
    '''Report.'''
    return f"for {context.org.name}"

@workflow()
@schedule("* * * * *", name="often")
async def by_the_clock(context: OrganizationContext) -> None:
    '''Run by itself.'''
"""


async def test_each_trigger_does_its_work(
    entry: ModuleType, make_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The triggers do it, not the loops that stand for them locally; and a lease can be waited for.
    monkeypatch.setenv("MSP_REAP_EVERY_SECONDS", "3600")
    monkeypatch.setenv("MSP_SCHEDULE_EVERY_SECONDS", "60")
    monkeypatch.setenv("MSP_LEASE_SECONDS", "1")
    world = await make_world(WORK, run_schedules=False)
    scope = await world.scope(demo.TECHNICIAN, world.contoso)
    functions, container = functions_of(entry), entry.container

    async def admitted() -> tuple[str, func.QueueMessage]:
        spec = ExecutionSpec(workflow_name="report", trigger=Trigger.API)
        await world.core_executions.admit(scope, spec)
        body = json.dumps({"orgId": world.contoso, "executionId": spec.execution_id})
        return spec.execution_id, func.QueueMessage(body=body.encode())

    async def record(execution_id: str) -> Any:
        return await world.core_executions.find(world.contoso, execution_id)

    try:
        run, message = await admitted()
        await functions["run_execution"].get_user_function()(message)
        assert (await record(run)).result == "for Contoso"

        poisoned, message = await admitted()
        await functions["give_up_execution"].get_user_function()(message)
        assert "tried five times" in (await record(poisoned)).error.message

        spec = ExecutionSpec(workflow_name="report", trigger=Trigger.API)
        await world.core_executions.start(
            scope, spec, lease_owner="an engine that is gone", lease=timedelta(0)
        )

        async def reaped() -> Any:
            await functions["reap_executions"].get_user_function()(None)
            return (await record(spec.execution_id)).error

        assert (await until(reaped)).type == "Interrupted"

        [declared] = declared_schedules(container.services.pool.catalog)
        long_ago = datetime.now(UTC) - timedelta(days=9)
        for organization in await organizations(world):
            await world.core.organizations._organizations.replace(
                organization.value.model_copy(update={"created_at": long_ago}), etag=organization.etag
            )
        marks = ScheduleRepository(world.core.storage)

        async def begun() -> Any:
            return (await marks.list_marks()).get(declared.mark_key)

        mark = await until(begun)
        due = {"first_seen_at": long_ago, "decided_until": datetime.now(UTC) - timedelta(minutes=2)}
        await marks.replace_mark(mark, mark.value.model_copy(update=due))
        await functions["run_schedules"].get_user_function()(None)
        fired = [one for one in await world.records() if one.trigger is Trigger.SCHEDULE]
        assert [(one.workflow_name, one.status) for one in fired] == [("by_the_clock", "Pending")]
    finally:
        await container.close()


async def organizations(world: Any) -> list[Any]:
    """All, as they are stored."""
    return [stored async for stored in world.core.organizations._organizations.iter_all()]
