"""A run's tokens: got by the engine, for the run's own tenant only."""

from __future__ import annotations

import asyncio
from typing import Any

from msp_core.integrations.models import IntegrationSet
from msp_devstack import demo
from msp_devstack.running import RunningGraph
from tests.app.engine_world import ok

MakeWorld = Any  # from conftest.py, which tests cannot import

USERS = """
@workflow()
async def count_users(context: OrganizationContext) -> dict:
    '''Count the users of the tenant.'''
    graph = context.get_integration("msgraph")
    users = await graph.get_all("/users", {"$select": "id,displayName"})
    return {"users": len(users)}
"""


async def graph_world(make_world: MakeWorld, graph: RunningGraph, workflows: str = USERS) -> Any:
    """An engine that reaches the sandbox, with the MSP's own connection set up for all organizations."""
    world = await make_world(workflows, msgraph_authority=graph.authority, msgraph_base_url=graph.graph_url)
    admin = await world.scope()
    await world.core.secrets.set(admin, "msgraph-client-secret", demo.GRAPH_CLIENT_SECRET)
    settings = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "msgraph-client-secret"}
    await world.core.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))
    return world


async def test_a_run_reads_its_own_tenant_and_its_calls_are_on_record(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await graph_world(make_world, graph_sandbox)
    body = await world.run("count_users")
    assert body["status"] == "Success", body
    assert body["result"]["users"] == len(graph_sandbox.control.tenant(demo.CONTOSO.tenant_id)["users"])
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    calls = stored.integration_calls
    assert calls
    assert {(call.integration, call.method, call.status_code) for call in calls} == {("msgraph", "GET", 200)}
    assert demo.GRAPH_CLIENT_SECRET not in stored.model_dump_json()
    assert stored.variables["secretsRead"] == ["msgraph-client-secret"]
    assert "integrationCalls" not in body


async def test_many_runs_share_one_token(make_world: MakeWorld, graph_sandbox: RunningGraph) -> None:
    world = await graph_world(make_world, graph_sandbox)
    bodies = await asyncio.gather(*(world.run("count_users") for _ in range(5)))
    assert {body["status"] for body in bodies} == {"Success"}
    assert len(graph_sandbox.control.requests(path="/oauth2/v2.0/token")) == 1


async def test_graph_refusing_the_tenant_is_a_failed_execution_with_its_reason(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await graph_world(make_world, graph_sandbox)
    graph_sandbox.control.set_consent(demo.CONTOSO.tenant_id, "removed")
    body = await world.run("count_users")
    assert body["status"] == "Failed"
    assert body["error"]["type"] == "IntegrationError"
    assert "AADSTS" in str(body["error"])
    assert ok(await world.client().get("/api/health"))["status"] == "ok"


async def test_an_integration_that_nobody_set_up_says_where_to(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await make_world(USERS)
    body = await world.run("count_users")
    assert body["status"] == "Failed"
    assert body["error"]["type"] == "ConfigurationError"
    assert "Contoso" in body["error"]["message"]


async def test_an_organizations_own_connection_never_gets_the_msps_secret(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await graph_world(make_world, graph_sandbox)
    own = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "msgraph-client-secret"}
    await world.set_integration("msgraph", own)
    body = await world.run("count_users")
    assert body["status"] == "Failed"
    assert body["error"]["type"] == "ConfigurationError"
    assert "msgraph-client-secret" in body["error"]["message"]


PEEK = """
@workflow()
async def peek(context: OrganizationContext) -> dict:
    '''Look for the refresh token, after Graph was used.'''
    graph = context.get_integration("msgraph")
    users = await graph.get_all("/users", {"$select": "id"})
    return {"users": len(users), "found": await context.secrets.get("msgraph-refresh-token")}
"""


async def test_a_run_works_for_the_service_account_and_never_sees_its_refresh_token(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await graph_world(make_world, graph_sandbox, PEEK)
    graph_sandbox.control.set_account(forgets_used=True)
    admin = await world.scope()
    await world.core.secrets.set(admin, "msgraph-refresh-token", demo.GRAPH_REFRESH_TOKEN)
    settings = {
        "mode": "delegated",
        "clientId": demo.GRAPH_CLIENT_ID,
        "clientSecret": "msgraph-client-secret",
        "refreshToken": "msgraph-refresh-token",
    }
    await world.core.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))
    body = await world.run("peek")
    assert body["status"] == "Success", body
    assert body["result"]["users"] == len(graph_sandbox.control.tenant(demo.CONTOSO.tenant_id)["users"])
    assert body["result"]["found"] is None
    (newest,) = graph_sandbox.control.account()["tokens"]
    assert newest != demo.GRAPH_REFRESH_TOKEN
    assert await world.core.storage.vault.get("GLOBAL--msgraph-refresh-token") == newest
    stored = await world.services.executions.find(world.contoso, body["executionId"])
    assert newest not in stored.model_dump_json()
