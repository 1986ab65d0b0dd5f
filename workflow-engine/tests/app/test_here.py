"""One workflow in this process: recorded, with the real context, for those who may."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from msp_core.config.models import ConfigSet
from msp_core.ids import GLOBAL
from msp_devstack import demo
from tests.app.engine_world import World, write_author_files
from workflow_engine.here import Refused, run_here
from workflow_engine.settings import Settings

MakeWorld = Callable[..., Awaitable[World]]

MINE = """
@workflow(execution_mode="async", retries=2, retry_on=["WorkflowError"])
async def mine(context: OrganizationContext, number: int) -> dict:
    import os
    context.log.info("here", number=number)
    secret = await context.secrets.require("api-key")
    return {"pid": os.getpid(), "greeting": context.config.require("greeting"), "secret": secret}

@workflow(retries=2, retry_on=["WorkflowError"])
def fails(context: OrganizationContext) -> None:
    raise WorkflowError("No seats.", details={"seats": 0})

@workflow(requires_org=False)
def anywhere(context: OrganizationContext) -> bool:
    return context.has_org

@workflow(timeout_seconds=1)
async def slow(context: OrganizationContext) -> str:
    await asyncio.sleep(1.3)
    return "done"

@workflow
async def endless(context: OrganizationContext) -> None:
    context.log.info("waiting")
    await asyncio.sleep(600)
"""
PROVIDERS = """
@data_provider
async def sizes(context: OrganizationContext, least: int = 1) -> list:
    return [{"label": f"Size {n}", "value": n} for n in (1, 2, 3) if n >= least]
"""


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a stack writes them down."""
    connection = settings.storage_connection_string
    assert connection is not None
    return {
        "MSP_STORAGE_CONNECTION_STRING": connection.get_secret_value(),
        "MSP_LOCAL_VAULT_PATH": str(settings.local_vault_path),
        "MSP_TENANT_ID": settings.tenant_id,
        "MSP_TOKEN_AUDIENCE": settings.token_audience,
        "MSP_TOKEN_ISSUER": settings.token_issuer,
        "MSP_JWKS_URL": settings.jwks_url,
        "MSP_CORS_ORIGINS": "http://localhost:1,http://localhost:2",
        "MSP_CONSUME_QUEUE": "true",
    }


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    """An engine with other author files than the folder at hand."""
    world = await make_world(workflows="@workflow\ndef theirs(context: OrganizationContext) -> None: ...\n")
    scope = await world.scope(demo.ADMIN, world.contoso)
    await world.core.config.set(scope, ConfigSet(key="greeting", value="Hello"))
    await world.core.secrets.set(scope, "api-key", "s3cr3t-value")
    return world


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The author's folder at hand."""
    write_author_files(tmp_path / "mine", workflows=MINE, providers=PROVIDERS)
    return tmp_path / "mine"


async def run(
    world: World, root: Path, name: str, *, org: str | None = "", person: Any = demo.TECHNICIAN, **given: Any
) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """Run it, in Contoso unless told otherwise; the record and its lines."""
    lines: list[Mapping[str, Any]] = []
    keeps_limits = given.pop("keeps_limits", True)
    environment = environment_of(world.settings)
    async with run_here(environment, root, world.token(person), keeps_limits=keeps_limits) as here:
        record = await here.run(name, given, world.contoso if org == "" else org, lines.append)
    return record, lines


async def test_it_runs_in_this_process_with_the_organizations_context_and_is_recorded(
    world: World, root: Path
) -> None:
    answer, lines = await run(world, root, "mine", number="7")
    assert answer["status"] == "Success"
    assert answer["result"] == {"pid": os.getpid(), "greeting": "Hello", "secret": "[redacted]"}
    assert [(line["message"], line["data"]) for line in lines] == [("here", {"number": 7})]
    (record,) = await world.records()
    assert record.execution_id == answer["executionId"]
    assert (record.trigger, record.executed_by) == ("cli", demo.TECHNICIAN.user_id)
    assert answer["inputData"] == {"number": 7}
    # What the folder at hand declares is not published: the engine's catalog stays its own.
    assert [one.name for one in world.services.pool.catalog.workflows] == ["theirs"]
    stored = await world.core.catalog.get()
    assert stored is None or "mine" not in [one.name for one in stored.workflows]


async def test_a_failing_workflow_is_recorded_once_and_goes_to_no_queue(world: World, root: Path) -> None:
    answer, _ = await run(world, root, "fails")
    assert (answer["status"], answer["error"]["type"]) == ("Failed", "WorkflowError")
    assert "No seats." in answer["error"]["details"]["traceback"]
    (record,) = await world.records()
    assert (record.status, answer["attempts"], answer["nextAttemptAt"]) == ("Failed", [], None)


REFUSED: list[tuple[Any, str | None, str, int]] = [
    (demo.TECHNICIAN, demo.FABRIKAM.id, "mine", 403),
    (demo.TECHNICIAN, "10000000-0000-4000-8000-00000000dead", "mine", 403),
    (demo.CLIENT_USER, demo.CONTOSO.id, "mine", 403),
    (demo.STRANGER, demo.CONTOSO.id, "mine", 403),
    (demo.TECHNICIAN, None, "mine", 400),
    (demo.TECHNICIAN, None, "anywhere", 403),
    (demo.ADMIN, demo.CONTOSO.id, "nothing", 404),
    (demo.ADMIN, demo.CONTOSO.id, "mine", 400),
]


async def test_who_may_not_or_asks_wrongly_is_refused_and_leaves_no_record(world: World, root: Path) -> None:
    for person, org, name, status in REFUSED:
        with pytest.raises(Refused) as caught:
            await run(world, root, name, org=org, person=person)
        assert caught.value.status == status, (person.key, org, name)
    assert await world.records() == []
    assert await world.records(demo.FABRIKAM.id) == []


async def test_a_token_that_does_not_hold_is_refused(world: World, root: Path) -> None:
    tampered = world.token(demo.ADMIN)[:-8] + "AAAAAAAA"
    async with run_here(environment_of(world.settings), root, tampered) as here:
        with pytest.raises(Refused) as caught:
            await here.run("mine", {"number": 1}, world.contoso, lambda _: None)
    assert (caught.value.status, caught.value.code) == (401, "Unauthorized")


async def test_an_admin_runs_what_needs_no_organization(world: World, root: Path) -> None:
    answer, _ = await run(world, root, "anywhere", org=None, person=demo.ADMIN)
    assert (answer["result"], answer["organizationId"]) == (False, GLOBAL)


@pytest.mark.long
async def test_limits_hold_until_they_are_lifted(world: World, root: Path) -> None:
    answer, _ = await run(world, root, "slow")
    assert answer["status"] == "TimedOut"
    answer, _ = await run(world, root, "slow", keeps_limits=False)
    assert (answer["status"], answer["result"]) == ("Success", "done")


async def test_stopping_it_records_its_end(world: World, root: Path) -> None:
    begun = asyncio.Event()
    async with run_here(environment_of(world.settings), root, world.token(demo.TECHNICIAN)) as here:
        running = asyncio.create_task(here.run("endless", {}, world.contoso, lambda _: begun.set()))
        await asyncio.wait_for(begun.wait(), 20)
        running.cancel()
        assert (await running)["status"] == "Cancelled"
    (record,) = await world.records()
    assert record.status == "Cancelled"


async def test_a_providers_options_are_the_organizations(world: World, root: Path) -> None:
    async with run_here(environment_of(world.settings), root, world.token(demo.TECHNICIAN)) as here:
        assert await here.options("sizes", {"least": 2}, world.contoso) == [("Size 2", 2), ("Size 3", 3)]
        with pytest.raises(Refused, match="may not"):
            await here.options("sizes", {}, world.fabrikam)
