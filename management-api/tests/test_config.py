"""Configuration over HTTP: the MSP's values, and each organization's own."""

from __future__ import annotations

from typing import Any

import pytest
from management_people import ADMIN, TECHNICIAN
from management_platform import World, ok, refused


async def set_value(world: World, org_id: str | None, key: str, value: str, **more: Any) -> Any:
    path = "/api/config" if org_id is None else f"/api/organizations/{org_id}/config"
    return ok(await world.admin.post(path, json={"key": key, "value": value, **more}), 201)


async def entries(world: World, org_id: str) -> dict[str, Any]:
    found = ok(await world.admin.get(f"/api/organizations/{org_id}/config"))
    return {entry["key"]: entry for entry in found}


async def test_a_technician_sets_a_value(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    body = {"key": "mail.domain", "value": "contoso.example", "description": "For new users"}
    answer = await world.as_(TECHNICIAN).post(f"/api/organizations/{world.contoso}/config", json=body)
    entry = ok(answer, 201)
    assert entry["value"] == "contoso.example"
    assert entry["type"] == "string"
    assert entry["scope"] == "org"
    assert entry["updatedBy"] == TECHNICIAN.user_id
    assert entry["overrides"] is entry["inherited"] is False
    assert await entries(world, world.contoso) == {"mail.domain": entry}
    assert await entries(world, world.fabrikam) == {}


async def test_the_list_shows_what_is_inherited_and_what_is_overridden(world: World) -> None:
    await set_value(world, None, "retries", "3", type="int")
    await set_value(world, None, "region", "EU")
    await set_value(world, world.contoso, "region", "US")
    shown = await entries(world, world.contoso)
    assert shown["retries"]["scope"] == "global"
    assert shown["retries"]["inherited"] is True
    assert shown["region"]["value"] == "US"
    assert (shown["region"]["overrides"], shown["region"]["globalValue"]) == (True, "EU")
    assert [one["key"] for one in ok(await world.admin.get("/api/config"))] == ["region", "retries"]


async def test_the_shared_values_tell_who_overrides_them(world: World) -> None:
    await set_value(world, None, "region", "EU")
    await set_value(world, None, "retries", "3", type="int")
    await set_value(world, world.contoso, "region", "US")
    await set_value(world, world.fabrikam, "region", "UK")
    await set_value(world, world.fabrikam, "only.here", "x")
    first = await world.admin.get("/api/config/overrides", params={"limit": 1})
    rest = await world.admin.get(
        "/api/config/overrides", params={"limit": 5, "cursor": first.headers["X-Next-Cursor"]}
    )
    shown = [(one["key"], one["orgId"], one["value"]) for one in ok(first) + ok(rest)]
    assert shown == sorted([("region", world.contoso, "US"), ("region", world.fabrikam, "UK")])
    assert "X-Next-Cursor" not in rest.headers


async def test_deleting_an_own_value_lets_the_global_one_through_and_can_be_repeated(world: World) -> None:
    await set_value(world, None, "region", "EU")
    await set_value(world, world.contoso, "region", "US")
    for _ in range(2):
        ok(await world.admin.delete(f"/api/organizations/{world.contoso}/config/region"), 204)
    assert (await entries(world, world.contoso))["region"]["value"] == "EU"
    ok(await world.admin.delete("/api/config/region"), 204)
    assert await entries(world, world.contoso) == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"key": "a b", "value": "x"}, "key"),
        ({"key": "a/b", "value": "x"}, "key"),
        ({"key": "", "value": "x"}, "key"),
        ({"key": "k" * 101, "value": "x"}, "key"),
        ({"key": "a", "value": "three", "type": "int"}, "value"),
        ({"key": "a", "value": "yes please", "type": "bool"}, "value"),
        ({"key": "a", "value": "{", "type": "json"}, "value"),
        ({"key": "a", "value": "Not A Name", "type": "secret_ref"}, "value"),
        ({"key": "a", "value": "x" * 10_241}, "value"),
        ({"key": "a", "value": "x", "type": "float"}, "type"),
        ({"key": "a", "value": 3}, "value"),
        ({"key": "a"}, "value"),
        ({"key": "a", "value": "x", "scope": "global"}, "scope"),
    ],
)
async def test_a_wrong_value_is_told_by_field(world: World, body: dict[str, Any], field: str) -> None:
    answer = await world.admin.post("/api/config", json=body)
    assert answer.status_code in {400, 413}, answer.text
    if answer.status_code == 400:
        assert list(answer.json()["details"]["fields"]) == [field]
    assert ok(await world.admin.get("/api/config")) == []


async def test_the_second_of_two_editors_is_told(world: World) -> None:
    path = f"/api/organizations/{world.contoso}/config"
    first = await world.admin.post(path, json={"key": "region", "value": "EU"})
    seen = {"If-Match": first.headers["ETag"]}
    second = await world.admin.post(path, json={"key": "region", "value": "US"}, headers=seen)
    ok(second, 201)
    late = await world.admin.post(path, json={"key": "region", "value": "UK"}, headers=seen)
    refused(late, 412, "PreconditionFailed")
    refused(await world.admin.delete(f"{path}/region", headers=seen), 412, "PreconditionFailed")
    assert (await entries(world, world.contoso))["region"]["value"] == "US"
    ok(await world.admin.delete(f"{path}/region", headers={"If-Match": second.headers["ETag"]}), 204)
    gone = await world.admin.post(path, json={"key": "region", "value": "UK"}, headers=seen)
    assert refused(gone, 412, "PreconditionFailed")["details"] == {"currentEtag": None}
    assert await entries(world, world.contoso) == {}


async def test_an_etag_that_is_none_of_ours_is_refused(world: World) -> None:
    path = f"/api/organizations/{world.contoso}/config"
    for etag in ("nonsense", '"a", "b"', '"not base64!"'):
        answer = await world.admin.post(path, json={"key": "a", "value": "b"}, headers={"If-Match": etag})
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["If-Match"]


async def test_an_organizations_values_do_not_reach_another_one(world: World) -> None:
    await set_value(world, world.contoso, "key", "contoso-only")
    await world.grant(TECHNICIAN, world.fabrikam, "canManageConfig")
    client = world.as_(TECHNICIAN)
    answer = await client.get(f"/api/organizations/{world.contoso}/config")
    refused(answer, 403, "Forbidden")
    assert "contoso-only" not in answer.text
    assert ok(await client.get(f"/api/organizations/{world.fabrikam}/config")) == []
    for path in (f"/api/organizations/{world.contoso}/config/key", "/api/config/key"):
        refused(await client.delete(path), 403, "Forbidden")
    assert (await entries(world, world.contoso))["key"]["value"] == "contoso-only"


async def test_every_change_is_in_the_audit_log(world: World) -> None:
    await set_value(world, world.contoso, "region", "EU")
    await set_value(world, world.contoso, "region", "US")
    ok(await world.admin.delete(f"/api/organizations/{world.contoso}/config/region"), 204)
    answer = await world.admin.get("/api/audit", params={"action": "config.", "organization": world.contoso})
    deleted, changed, made = ok(answer)
    assert [one["action"] for one in (deleted, changed, made)] == [
        "config.deleted",
        "config.set",
        "config.set",
    ]
    assert (made["before"], made["after"]["value"]) == (None, "EU")
    assert (changed["before"]["value"], changed["after"]["value"]) == ("EU", "US")
    assert (deleted["before"]["value"], deleted["after"]) == ("US", None)
    assert {one["actorId"] for one in (deleted, changed, made)} == {ADMIN.user_id}
    assert {one["ip"] for one in (deleted, changed, made)} == {"203.0.113.7"}
    assert all(one["requestId"] for one in (deleted, changed, made))
