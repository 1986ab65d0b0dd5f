"""GDAP customers, their import, and what a verified link knows of its relationship."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from management_people import ADMIN, TECHNICIAN
from management_platform import Platform, World, ok, refused

from management_api.settings import Settings
from msp_automation.sandboxes.graph.seed import ADVENTURE_WORKS_TENANT_ID, TAILSPIN_TENANT_ID
from msp_devstack import demo
from msp_devstack.running import RunningGraph

APP = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "graph-secret"}
DELEGATED = APP | {"mode": "delegated", "refreshToken": "graph-refresh-token"}
USUAL_ROLES = ["Groups Administrator", "License Administrator", "User Administrator"]


@pytest.fixture
def settings(settings: Settings, graph_sandbox: RunningGraph) -> Settings:
    """Microsoft Graph is the sandbox."""
    return settings.model_copy(
        update={"msgraph_authority": graph_sandbox.authority, "msgraph_base_url": graph_sandbox.graph_url}
    )


async def set_up_graph(platform: Platform, settings: dict[str, Any] = DELEGATED) -> None:
    admin = platform.as_(ADMIN)
    secrets = {"graph-secret": demo.GRAPH_CLIENT_SECRET, "graph-refresh-token": demo.GRAPH_REFRESH_TOKEN}
    for name, value in secrets.items():
        ok(await admin.put(f"/api/secrets/{name}", json={"value": value}))
    ok(await admin.put("/api/integrations/msgraph", json={"settings": settings}))


async def customers(platform: Platform) -> dict[str, Any]:
    found = ok(await platform.as_(ADMIN).get("/api/gdap/customers"))
    return {one["displayName"]: one for one in found}


async def verified(world: World, org_id: str) -> dict[str, Any]:
    body = ok(await world.admin.post(f"/api/organizations/{org_id}/tenant/verify"))
    link: dict[str, Any] = body["tenantLink"]
    return link


@pytest.mark.parametrize("how", [APP, DELEGATED])
async def test_customers_come_with_roles_end_and_the_organization_linked_to_them(
    world: World, graph_sandbox: RunningGraph, how: dict[str, Any]
) -> None:
    await set_up_graph(world.platform, how)
    graph_sandbox.control.set_page_size(2)
    found = await customers(world.platform)
    assert list(found) == ["Adventure Works", "Contoso", "Fabrikam", "Northwind Traders", "Tailspin Toys"]
    contoso, adventure, tailspin = (found[one] for one in ("Contoso", "Adventure Works", "Tailspin Toys"))
    assert (contoso["organizationId"], contoso["organizationName"]) == (world.contoso, "Contoso")
    assert (contoso["roles"], contoso["isActive"]) == (USUAL_ROLES, True)
    assert contoso["endsAt"].endswith("Z")
    assert adventure["organizationId"] is None
    assert (tailspin["isActive"], tailspin["roles"], tailspin["endsAt"]) == (False, [], None)
    (past,) = tailspin["relationships"]
    assert past["status"] == "expired"
    assert {"id": "fe930be7-5e62-47db-91af-98c3a49a38b1", "name": "User Administrator"} in past["roles"]
    pages = graph_sandbox.control.requests(path="/delegatedAdminRelationships")
    assert len(pages) == 3
    assert {page["tenant_id"] for page in pages} == {demo.MSP_TENANT_ID}


async def test_pages_go_through_all_customers(world: World) -> None:
    await set_up_graph(world.platform)
    names: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        answer = await world.admin.get("/api/gdap/customers", params=query)
        names += [one["displayName"] for one in ok(answer)]
        if "X-Next-Cursor" not in answer.headers:
            break
        query["cursor"] = answer.headers["X-Next-Cursor"]
    assert names == ["Adventure Works", "Contoso", "Fabrikam", "Northwind Traders", "Tailspin Toys"]


async def test_chosen_customers_become_organizations_and_a_repetition_changes_nothing(world: World) -> None:
    await set_up_graph(world.platform)
    chosen = [ADVENTURE_WORKS_TENANT_ID.upper(), demo.CONTOSO.tenant_id, TAILSPIN_TENANT_ID]
    unknown = "a0000000-0000-4000-8000-00000000dead"
    body = {"tenantIds": [*chosen, unknown, ADVENTURE_WORKS_TENANT_ID]}
    first = ok(await world.admin.post("/api/gdap/import", json=body))
    assert [one["outcome"] for one in first] == ["created", "alreadyLinked", "refused", "refused"]
    made, kept, *others = first
    assert made["organization"]["name"] == "Adventure Works"
    assert made["organization"]["tenantId"] == ADVENTURE_WORKS_TENANT_ID
    link = made["organization"]["tenantLink"]
    assert (link["status"], link["roles"], link["verifiedAt"]) == ("linked", USUAL_ROLES, None)
    assert kept["organization"]["id"] == world.contoso
    assert all("no active GDAP relationship" in one["reason"] for one in others)

    second = ok(await world.admin.post("/api/gdap/import", json=body))
    assert [one["outcome"] for one in second] == ["alreadyLinked", "alreadyLinked", "refused", "refused"]
    assert second[0]["organization"]["id"] == made["organization"]["id"]
    every = ok(await world.admin.get("/api/organizations"))
    assert [one["name"] for one in every] == ["Adventure Works", "Contoso", "Fabrikam"]
    assert (await customers(world.platform))["Adventure Works"]["organizationName"] == "Adventure Works"

    entries = ok(await world.admin.get("/api/audit", params={"action": "organization.imported"}))
    (entry,) = entries
    assert entry["after"]["tenantId"] == ADVENTURE_WORKS_TENANT_ID
    assert entry["actorId"] == ADMIN.user_id


async def test_two_imports_at_once_make_one_organization(world: World) -> None:
    await set_up_graph(world.platform)
    body = {"tenantIds": [ADVENTURE_WORKS_TENANT_ID]}
    answers = await asyncio.gather(*(world.admin.post("/api/gdap/import", json=body) for _ in range(4)))
    outcomes = [ok(answer)[0]["outcome"] for answer in answers]
    assert outcomes.count("created") == 1
    every = ok(await world.admin.get("/api/organizations"))
    assert [one["name"] for one in every].count("Adventure Works") == 1


async def test_wrong_imports_are_told_by_field(world: World) -> None:
    for ids in ([], ["contoso.example"], [ADVENTURE_WORKS_TENANT_ID] * 201, None):
        answer = await world.admin.post("/api/gdap/import", json={"tenantIds": ids})
        fields = refused(answer, 400, "ValidationError")["details"]["fields"]
        assert fields
        assert all(field.startswith("tenantIds") for field in fields)


async def test_only_admins_see_and_import_customers(world: World) -> None:
    await set_up_graph(world.platform)
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    client = world.as_(TECHNICIAN)
    refused(await client.get("/api/gdap/customers"), 403, "Forbidden")
    body = {"tenantIds": [ADVENTURE_WORKS_TENANT_ID]}
    refused(await client.post("/api/gdap/import", json=body), 403, "Forbidden")


async def test_what_keeps_graph_from_answering_is_told(world: World, graph_sandbox: RunningGraph) -> None:
    told = refused(await world.admin.get("/api/gdap/customers"), 409, "Conflict")
    assert "not set up" in told["message"]
    await set_up_graph(world.platform)
    graph_sandbox.control.set_account(state="expired")
    answer = await world.admin.get("/api/gdap/customers")
    told = refused(answer, 502, "UpstreamFailed")
    assert "AADSTS700082" in told["message"]
    assert told["details"]["problem"] == "refreshTokenExpired"
    assert demo.GRAPH_REFRESH_TOKEN not in answer.text
    ok(await world.admin.delete("/api/secrets/graph-refresh-token", params={"force": "true"}), 204)
    told = refused(await world.admin.get("/api/gdap/customers"), 409, "Conflict")
    assert "graph-refresh-token" in told["message"]


async def test_a_verified_link_knows_its_roles_and_its_end(world: World, graph_sandbox: RunningGraph) -> None:
    await set_up_graph(world.platform)
    link = await verified(world, world.contoso)
    assert (link["status"], link["reason"], link["roles"]) == ("linked", None, USUAL_ROLES)
    assert link["endsAt"].endswith("Z")
    link = await verified(world, world.fabrikam)
    assert link["status"] == "expiring"
    assert "The GDAP relationship ends on" in link["reason"]
    graph_sandbox.control.set_relationship(demo.FABRIKAM.tenant_id, days_left=300)
    link = await verified(world, world.fabrikam)
    assert (link["status"], link["reason"]) == ("linked", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "terminated"}, "GDAP relationship"),
        ({"consent": "removed"}, "has not consented"),
        ({"state": "revoked"}, "was revoked"),
    ],
)
async def test_a_link_that_fails_says_which_of_the_reasons_it_is(
    world: World, graph_sandbox: RunningGraph, change: dict[str, str], words: str
) -> None:
    await set_up_graph(world.platform)
    control = graph_sandbox.control
    if "status" in change:
        control.set_relationship(demo.CONTOSO.tenant_id, status=change["status"])
    elif "consent" in change:
        control.set_consent(demo.CONTOSO.tenant_id, change["consent"])
    else:
        control.set_account(state=change["state"])
    link = await verified(world, world.contoso)
    assert link["status"] == "failing"
    assert words in link["reason"]


async def test_an_application_that_may_not_read_relationships_still_verifies_links(
    world: World, graph_sandbox: RunningGraph
) -> None:
    await set_up_graph(world.platform, APP)
    graph_sandbox.control.set_consent(demo.MSP_TENANT_ID, "revoked")
    link = await verified(world, world.contoso)
    assert (link["status"], link["roles"], link["endsAt"]) == ("linked", [], None)


async def test_the_refresh_token_that_entra_gave_is_a_new_version_of_the_secret(
    world: World, graph_sandbox: RunningGraph
) -> None:
    await set_up_graph(world.platform)
    graph_sandbox.control.set_account(forgets_used=True)
    vault = world.platform.services.storage.vault
    for org_id in (world.contoso, world.fabrikam):
        before = await vault.get("GLOBAL--graph-refresh-token")
        assert (await verified(world, org_id))["status"] in {"linked", "expiring"}
        after = await vault.get("GLOBAL--graph-refresh-token")
        assert after != before
        assert graph_sandbox.control.account()["tokens"] == [after]
