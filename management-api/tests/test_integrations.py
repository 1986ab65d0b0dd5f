"""Integrations over HTTP, tried out against the sandboxes."""

from __future__ import annotations

from typing import Any

import pytest
from management_people import TECHNICIAN
from management_platform import World, ok, refused

from management_api.settings import Settings
from msp_devstack import demo
from msp_devstack.running import RunningGraph

GRAPH = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "graph-secret"}


@pytest.fixture
def settings(settings: Settings, graph_sandbox: RunningGraph) -> Settings:
    """Microsoft Graph is the sandbox."""
    return settings.model_copy(
        update={"msgraph_authority": graph_sandbox.authority, "msgraph_base_url": graph_sandbox.graph_url}
    )


async def set_up_graph(world: World, **settings: Any) -> Any:
    ok(await world.admin.put("/api/secrets/graph-secret", json={"value": demo.GRAPH_CLIENT_SECRET}))
    return ok(await world.admin.put("/api/integrations/msgraph", json={"settings": GRAPH | settings}))


async def test_the_types_tell_their_settings(world: World) -> None:
    found = {one["type"]: one for one in ok(await world.admin.get("/api/integration-types"))}
    assert set(found) == {"msgraph", "halopsa"}
    assert found["msgraph"]["label"] == "Microsoft Graph"
    properties = found["msgraph"]["settingsSchema"]["properties"]
    assert {"clientId", "clientSecret"} <= set(properties)
    assert "baseUrl" not in properties


async def test_an_integration_is_set_up_once_for_all_organizations(world: World) -> None:
    saved = await set_up_graph(world)
    assert saved["settings"] == GRAPH
    assert saved["missingSecrets"] == []
    (inherited,) = ok(await world.admin.get(f"/api/organizations/{world.contoso}/integrations"))
    assert (inherited["scope"], inherited["inherited"]) == ("global", True)
    assert (inherited["settings"], inherited["effectiveSettings"]) == ({}, GRAPH)


async def test_an_organization_may_switch_one_off_and_delete_its_own_settings(world: World) -> None:
    await set_up_graph(world)
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    client, path = world.as_(TECHNICIAN), f"/api/organizations/{world.contoso}/integrations/msgraph"
    off = ok(await client.put(path, json={"enabled": False}))
    assert (off["enabled"], off["ownEnabled"], off["scope"]) == (False, False, "org")
    assert off["sharedSettings"] == GRAPH
    for _ in range(2):
        ok(await client.delete(path), 204)
    (entry,) = ok(await client.get(f"/api/organizations/{world.contoso}/integrations"))
    assert (entry["enabled"], entry["scope"]) == (True, "global")


async def test_wrong_settings_are_told_by_field(world: World) -> None:
    async def fields(settings: dict[str, Any]) -> set[str]:
        answer = await world.admin.put("/api/integrations/msgraph", json={"settings": settings})
        return set(refused(answer, 400, "ValidationError")["details"]["fields"])

    assert await fields({"clientSecret": "graph-secret"}) == {"settings.clientId"}
    assert await fields(GRAPH | {"clientId": "no guid"}) == {"settings.clientId"}
    assert await fields(GRAPH | {"colour": "red"}) == {"settings.colour"}
    assert await fields(GRAPH | {"baseUrl": "https://elsewhere.example"}) == {"settings.baseUrl"}
    assert await fields(GRAPH | {"clientSecret": "Not a name"}) == {"settings.clientSecret"}
    refused(await world.admin.put("/api/integrations/unknown", json={"settings": {}}), 400, "ValidationError")


async def test_the_second_of_two_editors_is_told(world: World) -> None:
    await set_up_graph(world)
    body = {"settings": GRAPH}
    first = await world.admin.put("/api/integrations/msgraph", json=body)
    seen = {"If-Match": first.headers["ETag"]}
    ok(await world.admin.put("/api/integrations/msgraph", json=body, headers=seen))
    late = await world.admin.put("/api/integrations/msgraph", json=body, headers=seen)
    refused(late, 412, "PreconditionFailed")
    refused(await world.admin.delete("/api/integrations/msgraph", headers=seen), 412, "PreconditionFailed")


async def test_a_test_makes_a_real_call_and_is_kept(world: World) -> None:
    await set_up_graph(world)
    path = f"/api/organizations/{world.contoso}/integrations"
    result = ok(await world.admin.post(f"{path}/msgraph/test"))
    assert result["ok"] is True, result
    assert "Contoso" in result["message"] + str(result["details"])
    (entry,) = ok(await world.admin.get(path))
    assert entry["lastTest"] == result


async def test_a_refusal_by_the_other_side_is_a_result(world: World) -> None:
    await set_up_graph(world)
    ok(await world.admin.put("/api/secrets/graph-secret", json={"value": "wrong-value"}))
    result = ok(await world.admin.post(f"/api/organizations/{world.contoso}/integrations/msgraph/test"))
    assert result["ok"] is False
    assert "AADSTS7000215" in result["message"] + str(result["details"])
    assert "wrong-value" not in str(result)


async def test_what_is_not_set_up_cannot_be_tested(world: World) -> None:
    answer = await world.admin.post(f"/api/organizations/{world.contoso}/integrations/msgraph/test")
    refused(answer, 404, "NotFound")


async def test_a_tenant_link_that_works_is_linked(world: World) -> None:
    await set_up_graph(world)
    answer = await world.admin.post(f"/api/organizations/{world.contoso}/tenant/verify")
    link = ok(answer)["tenantLink"]
    assert (link["status"], link["reason"]) == ("linked", None)
    assert link["verifiedAt"].endswith("Z")
    found = await world.admin.get(f"/api/organizations/{world.contoso}")
    assert ok(found)["tenantLink"] == link
    assert found.headers["ETag"] == answer.headers["ETag"]


async def test_a_tenant_link_without_consent_fails_with_the_reason(
    world: World, graph_sandbox: RunningGraph
) -> None:
    await set_up_graph(world)
    graph_sandbox.control.set_consent(demo.CONTOSO.tenant_id, "removed")
    link = ok(await world.admin.post(f"/api/organizations/{world.contoso}/tenant/verify"))["tenantLink"]
    assert link["status"] == "failing"
    assert "consent" in link["reason"].lower()


async def test_a_tenant_that_does_not_exist_fails_with_the_reason(world: World) -> None:
    await set_up_graph(world)
    body = {"name": "Nowhere", "tenantId": "a0000000-0000-4000-8000-00000000dead"}
    nowhere = ok(await world.admin.post("/api/organizations", json=body), 201)["id"]
    link = ok(await world.admin.post(f"/api/organizations/{nowhere}/tenant/verify"))["tenantLink"]
    assert link["status"] == "failing"
    assert "tenant" in link["reason"].lower()


async def test_a_link_needs_a_tenant_and_the_integration(world: World) -> None:
    link = ok(await world.admin.post(f"/api/organizations/{world.contoso}/tenant/verify"))["tenantLink"]
    assert link["status"] == "failing"
    assert "not set up" in link["reason"]
    unlinked = ok(await world.admin.post("/api/organizations", json={"name": "Unlinked"}), 201)["id"]
    refused(await world.admin.post(f"/api/organizations/{unlinked}/tenant/verify"), 409, "Conflict")


async def test_a_technician_cannot_send_the_msps_secret_elsewhere(world: World) -> None:
    ok(await world.admin.put("/api/secrets/halo-secret", json={"value": demo.HALO_CLIENT_SECRET}))
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    own = {"baseUrl": "http://127.0.0.1:9", "clientId": "x", "clientSecret": "halo-secret"}
    path = f"/api/organizations/{world.contoso}/integrations/halopsa"
    saved = ok(await world.as_(TECHNICIAN).put(path, json={"settings": own}))
    assert saved["missingSecrets"] == ["halo-secret"]
    assert ok(await world.as_(TECHNICIAN).post(f"{path}/test"))["ok"] is False
