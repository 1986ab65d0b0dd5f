"""Webhooks over HTTP: made, changed, rotated and deleted by admins; a key is shown once and kept nowhere."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from management_people import ADMIN
from management_platform import World, ok, refused

from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.models import Model
from msp_core.storage import TableName
from msp_core.webhooks.models import WebhookDraft

GREET = {
    "name": "greet",
    "contentHash": "x",
    "parameters": [
        {"name": "name", "label": "Name", "type": "string", "required": False},
        {"name": "event", "label": "Event", "type": "json", "required": False},
    ],
}
DRAFT = {"name": "From HaloPSA", "workflowName": "greet"}


@pytest.fixture
async def world(world: World) -> World:
    """With an engine that published one workflow."""
    catalog = Catalog(workflows=[WorkflowMetadata.model_validate(GREET)])
    await CatalogRepository(world.platform.services.storage).publish(catalog)
    return world


def path_of(world: World, webhook_id: str = "") -> str:
    return f"/api/organizations/{world.contoso}/webhooks" + (f"/{webhook_id}" if webhook_id else "")


async def make(world: World, **changes: Any) -> Any:
    return ok(await world.admin.post(path_of(world), json=DRAFT | changes), 201)


async def everything_stored(world: World) -> str:
    """Every row of every table, as text."""
    storage, text = world.platform.services.storage, ""
    for name in TableName:
        async for row in storage.table(name, Model, large_values=False).query(None, top=1000):
            text += json.dumps(row, default=str)
    return text


async def test_a_key_is_shown_once_and_kept_nowhere(world: World) -> None:
    answer = await world.admin.post(path_of(world), json=DRAFT)
    made = ok(answer, 201)
    assert re.fullmatch(r"mspk_[0-9a-f]{64}", made["key"])
    assert answer.headers["Location"] == path_of(world, made["id"])
    assert made["path"] == f"/api/webhooks/{world.contoso}/{made['id']}"
    assert made["keyHint"] == made["key"][-4:]
    assert (made["isActive"], made["lastUsedAt"], made["authentication"]) == (True, None, "apiKey")

    read = await world.admin.get(path_of(world, made["id"]))
    assert ok(read) == {name: value for name, value in made.items() if name != "key"}
    assert read.headers["ETag"] == answer.headers["ETag"]
    listed = await world.admin.get(path_of(world))
    audit = await world.admin.get("/api/audit")
    assert ok(audit)[0]["action"] == "webhook.created"
    for text in (read.text, listed.text, audit.text, await everything_stored(world)):
        assert made["key"][5:] not in text
    assert "keyHash" not in listed.text + audit.text


@pytest.mark.parametrize("authentication", ["signature", "bodySignature"])
async def test_a_signing_secret_lies_in_the_vault_alone(world: World, authentication: str) -> None:
    made = await make(world, authentication=authentication)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["key"])
    vault = world.platform.services.storage.vault
    (entry,) = await vault.list_names("WEBHOOK--")
    assert await vault.get(entry) == made["key"]
    assert made["key"][6:] not in await everything_stored(world)
    listed = await world.admin.get(f"/api/organizations/{world.contoso}/secrets")
    assert ok(listed) == []
    ok(await world.admin.delete(path_of(world, made["id"])), 204)
    assert await vault.list_names("WEBHOOK--") == []


async def test_the_same_request_again_makes_no_second_webhook_and_shows_no_key(world: World) -> None:
    headers = {"Idempotency-Key": "click-1"}
    first = await world.admin.post(path_of(world), json=DRAFT, headers=headers)
    again = await world.admin.post(path_of(world), json=DRAFT, headers=headers)
    made = ok(first, 201)
    assert made["key"].startswith("mspk_")
    assert ok(again, 201) == made | {"key": None}
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(ok(await world.admin.get(path_of(world)))) == 1
    assert made["key"][5:] not in await everything_stored(world)
    other = await world.admin.post(path_of(world), json=DRAFT | {"name": "Other"}, headers=headers)
    refused(other, 409, "Conflict")


async def test_a_creation_that_died_is_found_without_its_key(world: World) -> None:
    service = world.platform.services.webhooks
    scope = await world.platform.scope_of(ADMIN, world.contoso)
    draft = WebhookDraft.model_validate(DRAFT | {"authentication": "signature"})
    webhook_id = str(uuid4())
    first = await service.create(scope, draft, webhook_id=webhook_id)
    again = await service.create(scope, draft, webhook_id=webhook_id)
    assert (again.stored, again.key) == (first.stored, None)
    assert len(await world.platform.services.storage.vault.list_names("WEBHOOK--")) == 1


async def test_rotation_shows_a_new_key_and_keeps_the_old_as_long_as_asked(world: World) -> None:
    made = await make(world)
    path = path_of(world, made["id"])
    rotated = ok(await world.admin.post(f"{path}/rotate", json={"overlapSeconds": 3600}))
    assert rotated["key"] not in (None, made["key"])
    assert (rotated["previousKeyHint"], rotated["keyHint"]) == (made["keyHint"], rotated["key"][-4:])
    assert rotated["previousKeyValidUntil"] > rotated["updatedAt"]
    at_once = ok(await world.admin.post(f"{path}/rotate", json={}))
    assert (at_once["previousKeyHint"], at_once["previousKeyValidUntil"]) == (None, None)
    audit = await world.admin.get("/api/audit", params={"action": "webhook.rotated"})
    assert len(ok(audit)) == 2
    stored = await everything_stored(world)
    for shown in (made, rotated, at_once):
        assert shown["key"][5:] not in stored + audit.text
    for seconds in (-1, 604_801, "x"):
        refused(
            await world.admin.post(f"{path}/rotate", json={"overlapSeconds": seconds}), 400, "ValidationError"
        )


async def test_a_rotation_that_is_asked_for_twice_is_done_once_with_if_match(world: World) -> None:
    made = await world.admin.post(path_of(world), json=DRAFT | {"authentication": "signature"})
    path, headers = path_of(world, ok(made, 201)["id"]), {"If-Match": made.headers["ETag"]}
    answers = await asyncio.gather(
        *(world.admin.post(f"{path}/rotate", json={}, headers=headers) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    assert len(await world.platform.services.storage.vault.list_names("WEBHOOK--")) == 1


async def test_a_change_counts_for_the_version_that_was_seen(world: World) -> None:
    made = await world.admin.post(
        path_of(world), json=DRAFT | {"payloadParameter": "event", "parameters": {"name": "Ada"}}
    )
    path, etag = path_of(world, ok(made, 201)["id"]), made.headers["ETag"]
    changes = {
        "name": "Renamed",
        "allowedAddresses": ["203.0.113.7", "2001:db8::1/32"],
        "isActive": False,
    }
    changed = ok(await world.admin.patch(path, json=changes, headers={"If-Match": etag}))
    assert changed["allowedAddresses"] == ["203.0.113.7/32", "2001:db8::/32"]
    assert (changed["name"], changed["isActive"]) == ("Renamed", False)
    assert (changed["payloadParameter"], changed["parameters"]) == ("event", {"name": "Ada"})
    refused(await world.admin.patch(path, json={}, headers={"If-Match": etag}), 412, "PreconditionFailed")
    refused(await world.admin.delete(path, headers={"If-Match": etag}), 412, "PreconditionFailed")
    cleared = ok(await world.admin.patch(path, json={"payloadParameter": None}))
    assert cleared["payloadParameter"] is None
    ok(await world.admin.delete(path), 204)
    ok(await world.admin.delete(path), 204)
    refused(await world.admin.get(path), 404, "NotFound")
    actions = [one["action"] for one in ok(await world.admin.get("/api/audit"))]
    assert actions[:4] == ["webhook.deleted", "webhook.updated", "webhook.updated", "webhook.created"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"workflowName": "unknown"}, "workflowName"),
        ({"parameters": {"unknown": 1}}, "parameters"),
        ({"payloadParameter": "unknown"}, "payloadParameter"),
        ({"payloadParameter": "event", "parameters": {"event": {}}}, "payloadParameter"),
        ({"allowedAddresses": ["203.0.113.300"]}, "allowedAddresses"),
        ({"allowedAddresses": ["example.com"]}, "allowedAddresses"),
        ({"allowedAddresses": ["203.0.113.7"] * 51}, "allowedAddresses"),
        ({"authentication": "none"}, "authentication"),
        ({"parameters": {"name": "x" * 20_000}}, "parameters"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"key": "mspk_mine"}, "key"),
        ({"organizationId": str(uuid4())}, "organizationId"),
    ],
)
async def test_a_webhook_that_could_not_work_is_refused(
    world: World, changes: dict[str, Any], field: str
) -> None:
    answer = await world.admin.post(path_of(world), json=DRAFT | changes)
    assert field in refused(answer, 400, "ValidationError")["details"]["fields"]
    assert ok(await world.admin.get(path_of(world))) == []
    assert await world.platform.services.storage.vault.list_names("WEBHOOK--") == []


async def test_another_organizations_webhook_is_none_here(world: World) -> None:
    made = await make(world)
    foreign = f"/api/organizations/{world.fabrikam}/webhooks"

    async def ask(method: str, path: str, body: Any = None) -> httpx.Response:
        return await world.admin.request(method, path, json=body)

    refused(await ask("GET", f"{foreign}/{made['id']}"), 404, "NotFound")
    refused(await ask("PATCH", f"{foreign}/{made['id']}", {"name": "Mine"}), 404, "NotFound")
    refused(await ask("POST", f"{foreign}/{made['id']}/rotate", {}), 404, "NotFound")
    ok(await ask("DELETE", f"{foreign}/{made['id']}"), 204)
    assert ok(await ask("GET", foreign)) == []
    assert ok(await ask("GET", path_of(world, made["id"])))["name"] == DRAFT["name"]
    for odd in ("x", "'", "a%2Fb", "GLOBAL"):
        refused(await ask("GET", path_of(world, odd)), 404 if "%2F" in odd else 400, _code(odd))


async def test_a_list_is_by_name_in_pages(world: World) -> None:
    for name in ("b", "a", "C"):
        await make(world, name=name)
    first = await world.admin.get(path_of(world), params={"limit": 2})
    rest = await world.admin.get(path_of(world), params={"cursor": first.headers["X-Next-Cursor"]})
    assert [[one["name"] for one in ok(answer)] for answer in (first, rest)] == [["a", "b"], ["C"]]


def _code(odd: str) -> str:
    return "NotFound" if "%2F" in odd else "ValidationError"
