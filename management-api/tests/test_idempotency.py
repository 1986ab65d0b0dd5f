"""Requests that create, repeated: one thing is made, and the first answer is given again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from management_people import OTHER_TECHNICIAN, TECHNICIAN
from management_platform import World, at, ok, refused

from msp_core.idempotency.models import ClaimedKey
from msp_core.models import utc_now
from msp_core.storage import TableName

KEY = {"Idempotency-Key": "click-1"}
FORM = {"name": "A form", "linkedWorkflow": "greet", "formSchema": {"fields": []}}


def requests(world: World) -> dict[str, tuple[str, dict[str, Any], str]]:
    """By kind of thing: where it is made, from what, and where it is listed."""
    grant = {"userId": TECHNICIAN.user_id, "orgId": world.contoso, "permissions": {"canViewHistory": True}}
    own_config = f"/api/organizations/{world.contoso}/config"
    return {
        "organization": ("/api/organizations", {"name": "Tailspin"}, "/api/organizations"),
        "role": ("/api/roles", {"name": "Reception"}, "/api/roles"),
        "form": ("/api/forms", FORM, "/api/forms"),
        "grant": ("/api/permissions", grant, f"/api/permissions/users/{TECHNICIAN.user_id}"),
        "config": (own_config, {"key": "a", "value": "b"}, own_config),
        "global config": ("/api/config", {"key": "a", "value": "b"}, "/api/config"),
    }


KINDS = ("organization", "role", "form", "grant", "config", "global config")


async def post(world: World, kind: str, **changes: Any) -> httpx.Response:
    path, body, _ = requests(world)[kind]
    return await world.admin.post(path, json=body | changes, headers=KEY | at(world.contoso))


async def listed(world: World, kind: str) -> list[Any]:
    found: list[Any] = ok(await world.admin.get(requests(world)[kind][2], headers=at(world.contoso)))
    return found


@pytest.fixture
async def world(world: World) -> World:
    await world.sign_in(TECHNICIAN)
    return world


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_request_again_gets_the_first_answer(world: World, kind: str) -> None:
    before = len(await listed(world, kind))
    first, again = await post(world, kind), await post(world, kind)
    ok(first, 201)
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers.get("Location") == first.headers.get("Location")
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert len(await listed(world, kind)) == before + 1


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("organization", {"name": "Other"}),
        ("role", {"description": "Other"}),
        ("form", {"description": "Other"}),
        ("grant", {"permissions": {}}),
        ("config", {"value": "c"}),
        ("global config", {"value": "c"}),
    ],
)
async def test_the_key_with_another_body_is_a_conflict(
    world: World, kind: str, change: dict[str, Any]
) -> None:
    ok(await post(world, kind), 201)
    refused(await post(world, kind, **change), 409, "Conflict")


async def test_the_key_for_another_organization_or_address_is_a_conflict(world: World) -> None:
    ok(await post(world, "form"), 201)
    elsewhere = await world.admin.post("/api/forms", json=FORM, headers=KEY | at(world.fabrikam))
    refused(elsewhere, 409, "Conflict")
    refused(await post(world, "role"), 409, "Conflict")


async def test_a_key_is_a_persons_own_and_opens_nothing(world: World) -> None:
    ok(await post(world, "form"), 201)
    await world.grant(TECHNICIAN, world.contoso, "canManageForms")
    headers = KEY | at(world.contoso)
    ok(await world.as_(TECHNICIAN).post("/api/forms", json=FORM, headers=headers), 201)
    assert len(await listed(world, "form")) == 2
    query = {"userId": TECHNICIAN.user_id, "orgId": world.contoso}
    ok(await world.admin.delete("/api/permissions", params=query), 204)
    again = await world.as_(TECHNICIAN).post("/api/forms", json=FORM, headers=headers)
    refused(again, 403, "Forbidden")


async def test_a_double_click_makes_one(world: World) -> None:
    answers = await asyncio.gather(*(post(world, "role") for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(await listed(world, "role")) == 1
    ok(await post(world, "role"), 201)


async def test_a_refused_request_frees_its_key(world: World) -> None:
    path = "/api/permissions"
    body = {"userId": OTHER_TECHNICIAN.user_id, "orgId": world.contoso, "permissions": {}}
    refused(await world.admin.post(path, json=body, headers=KEY), 404, "NotFound")
    ok(await world.admin.post(path, json=body | {"userId": TECHNICIAN.user_id}, headers=KEY), 201)


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
async def test_a_key_must_be_short_and_printable(world: World, key: str) -> None:
    answer = await world.admin.post("/api/roles", json={"name": "A"}, headers={"Idempotency-Key": key})
    refused(answer, 400, "ValidationError")


async def leave_as_after_a_crash(world: World) -> None:
    """Take the kept answer away, as if the process had died before it wrote it, long enough ago."""
    rows = world.platform.services.storage.table(TableName.IDEMPOTENCY_KEYS, ClaimedKey)
    (stored,) = [row async for row in rows.iter_across_partitions()]
    crashed = stored.value.model_copy(update={"answer": None, "held_until": utc_now() - timedelta(seconds=1)})
    await rows.partition(stored.partition_key).replace(stored.row_key, crashed, etag=stored.etag)


@pytest.mark.parametrize("kind", KINDS)
async def test_after_a_crash_behind_the_write_the_thing_is_found(world: World, kind: str) -> None:
    first = ok(await post(world, kind), 201)
    count = len(await listed(world, kind))
    await leave_as_after_a_crash(world)
    again = ok(await post(world, kind), 201)
    assert again.get("id") == first.get("id")
    assert len(await listed(world, kind)) == count
    assert ok(await post(world, kind), 201) == again


async def test_after_a_crash_before_the_write_the_thing_is_made(world: World) -> None:
    made = ok(await post(world, "role"), 201)
    ok(await world.admin.delete(f"/api/roles/{made['id']}"), 204)
    await leave_as_after_a_crash(world)
    assert ok(await post(world, "role"), 201)["id"] == made["id"]
    assert [role["id"] for role in await listed(world, "role")] == [made["id"]]
