"""Secrets over HTTP: values go in and never come out."""

from __future__ import annotations

from typing import Any

from management_people import ADMIN
from management_platform import World, ok, refused

VALUE = "s3cr3t-value-that-nobody-sees"


async def set_secret(world: World, path: str, value: str = VALUE) -> Any:
    answer = await world.admin.put(path, json={"value": value})
    assert value not in answer.text
    return ok(answer)


async def test_a_secret_is_set_and_listed_by_name_only(world: World) -> None:
    path = f"/api/organizations/{world.contoso}/secrets"
    saved = await set_secret(world, f"{path}/graph-secret")
    assert saved["name"] == "graph-secret"
    assert saved["scope"] == "org"
    assert saved["updatedBy"] == ADMIN.user_id
    answer = await world.admin.get(path)
    assert ok(answer) == [saved]
    assert VALUE not in answer.text
    assert await world.platform.services.secrets.resolve_for_run(world.contoso, "graph_secret") == VALUE
    assert await world.platform.services.secrets.resolve_for_run(world.fabrikam, "graph_secret") is None


async def test_the_list_shows_which_secrets_are_inherited(world: World) -> None:
    await set_secret(world, "/api/secrets/shared-secret")
    await set_secret(world, "/api/secrets/other-secret")
    await set_secret(world, f"/api/organizations/{world.contoso}/secrets/shared-secret")
    found = {
        one["name"]: one for one in ok(await world.admin.get(f"/api/organizations/{world.contoso}/secrets"))
    }
    assert (found["shared-secret"]["scope"], found["shared-secret"]["overrides"]) == ("org", True)
    assert (found["other-secret"]["scope"], found["other-secret"]["inherited"]) == ("global", True)
    assert [one["name"] for one in ok(await world.admin.get("/api/secrets"))] == [
        "other-secret",
        "shared-secret",
    ]


async def test_deleting_can_be_repeated(world: World) -> None:
    await set_secret(world, "/api/secrets/old-secret")
    for _ in range(2):
        ok(await world.admin.delete("/api/secrets/old-secret"), 204)
    assert ok(await world.admin.get("/api/secrets")) == []


async def test_deleting_a_secret_in_use_names_the_references(world: World) -> None:
    config, secret = f"/api/organizations/{world.contoso}/config", "/api/secrets/in-use"
    await set_secret(world, secret)
    ok(await world.admin.post(config, json={"key": "api.key", "value": "in-use", "type": "secret_ref"}), 201)
    body = refused(await world.admin.delete(secret), 409, "Conflict")
    assert body["details"]["references"] == [{"kind": "config", "orgId": world.contoso, "key": "api.key"}]
    assert [one["name"] for one in ok(await world.admin.get("/api/secrets"))] == ["in-use"]
    ok(await world.admin.delete(secret, params={"force": "true"}), 204)
    assert ok(await world.admin.get("/api/secrets")) == []


async def test_a_wrong_name_or_value_is_told(world: World) -> None:
    for name in ("Graph", "graph secret", "-graph", "graph--secret", "g" * 81):
        answer = await world.admin.put(f"/api/secrets/{name}", json={"value": VALUE})
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["name"]
        assert VALUE not in answer.text
    for body in ({"value": ""}, {"value": None}, {}, {"value": VALUE, "note": "x"}):
        answer = await world.admin.put("/api/secrets/good-name", json=body)
        refused(answer, 400, "ValidationError")
        assert VALUE not in answer.text
    refused(
        await world.admin.put("/api/secrets/good-name", json={"value": "x" * 25_001}), 413, "PayloadTooLarge"
    )


async def test_a_body_that_is_no_object_does_not_echo_the_secret(world: World) -> None:
    answer = await world.admin.put("/api/secrets/good-name", json=VALUE)
    refused(answer, 400, "ValidationError")
    assert VALUE not in answer.text


async def test_the_audit_log_has_names_only(world: World) -> None:
    path = f"/api/organizations/{world.contoso}/secrets/graph-secret"
    await set_secret(world, path)
    ok(await world.admin.delete(path), 204)
    ok(await world.admin.delete(path), 204)
    answer = await world.admin.get("/api/audit", params={"action": "secret."})
    assert [(one["action"], one["target"]) for one in ok(answer)] == [
        ("secret.deleted", "graph-secret"),
        ("secret.set", "graph-secret"),
    ]
    assert VALUE not in answer.text
