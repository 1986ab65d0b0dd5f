"""What one request and one person may ask for, and where versions are told."""

from __future__ import annotations

from typing import Any

import pytest
from management_people import ADMIN, CLIENT_USER, TECHNICIAN, Identity
from management_platform import Platform, World, at, ok, refused

from management_api.settings import Settings
from msp_http.openapi import operations

SETTINGS = {"clientId": "20000000-0000-4000-8000-000000000001", "clientSecret": "graph"}
FORM = {"name": "A form", "linkedWorkflow": "greet", "formSchema": {"fields": []}}

Request = tuple[str, dict[str, Any] | None]
"""Where something is set, and from what."""


async def test_a_body_over_the_limit_is_refused(platform: Platform) -> None:
    body = {"name": "x" * (1024 * 1024)}
    refused(await platform.as_(ADMIN).post("/api/roles", json=body), 413, "PayloadTooLarge")


async def test_who_asks_too_fast_is_told_when_to_come_back(settings: Settings, identity: Identity) -> None:
    few = settings.model_copy(update={"rate_limit_per_minute": 6, "rate_limit_burst": 3})
    async with Platform(few, identity) as platform:
        admin = platform.as_(ADMIN)
        for _ in range(3):
            ok(await admin.get("/api/me"))
        answer = await admin.get("/api/me")
        refused(answer, 429, "TooManyRequests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
        ok(await platform.as_(TECHNICIAN).get("/api/me"))
        for _ in range(10):
            ok(await platform.with_token(None).get("/api/health"))
            refused(await platform.with_token("no token").get("/api/me"), 401, "Unauthorized")


async def test_metrics_are_for_the_msps_people(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canViewHistory")
    of_all = ok(await world.admin.get("/api/metrics"))
    assert (of_all["window"], of_all["organizations"], len(of_all["buckets"])) == ("24h", None, 24)
    assert of_all["total"]["byStatus"]["Success"] == 0
    assert of_all["total"]["durations"] == {"p50Ms": None, "p95Ms": None, "p99Ms": None, "maxMs": None}
    week = ok(await world.as_(TECHNICIAN).get("/api/metrics", params={"window": "7d"}))
    assert (week["window"], week["organizations"], len(week["buckets"])) == ("7d", 1, 28)
    refused(await world.as_(CLIENT_USER).get("/api/metrics"), 403, "Forbidden")
    wrong = await world.admin.get("/api/metrics", params={"window": "1y"})
    assert set(refused(wrong, 400, "ValidationError")["details"]["fields"]) == {"window"}


async def _secret(world: World) -> Request:
    return f"/api/organizations/{world.contoso}/secrets/mail", {"value": "one"}


async def _shared_secret(_: World) -> Request:
    return "/api/secrets/mail", {"value": "one"}


async def _member(world: World) -> Request:
    await world.sign_in(CLIENT_USER)
    role = ok(await world.admin.post("/api/roles", json={"name": "Reception"}), 201)
    return f"/api/roles/{role['id']}/users/{CLIENT_USER.user_id}", None


async def _opened_form(world: World) -> Request:
    role = ok(await world.admin.post("/api/roles", json={"name": "Reception"}), 201)
    form = ok(await world.admin.post("/api/forms", json=FORM, headers=at(world.contoso)), 201)
    return f"/api/roles/{role['id']}/forms/{form['id']}", None


async def _integration(world: World) -> Request:
    return f"/api/organizations/{world.contoso}/integrations/msgraph", {"settings": SETTINGS}


@pytest.mark.parametrize("make", [_secret, _shared_secret, _member, _opened_form, _integration])
async def test_a_thing_is_set_and_deleted_only_in_the_version_seen(world: World, make: Any) -> None:
    path, body = await make(world)
    first = await world.admin.put(path, json=body)
    assert first.is_success, first.text
    old = {"If-Match": first.headers["ETag"]}
    second = await world.admin.put(path, json=body, headers=old)
    assert second.is_success, second.text
    new = {"If-Match": second.headers["ETag"]}
    assert old != new
    refusal = refused(await world.admin.put(path, json=body, headers=old), 412, "PreconditionFailed")
    assert refusal["details"]["currentEtag"] == new["If-Match"]
    refused(await world.admin.delete(path, headers=old), 412, "PreconditionFailed")
    ok(await world.admin.delete(path, headers=new), 204)
    ok(await world.admin.delete(path, headers=new), 204)
    gone = refused(await world.admin.put(path, json=body, headers=new), 412, "PreconditionFailed")
    assert gone["details"]["currentEtag"] is None


async def test_a_grant_is_changed_and_revoked_only_in_the_version_seen(world: World) -> None:
    await world.sign_in(TECHNICIAN)
    who = {"userId": TECHNICIAN.user_id, "orgId": world.contoso}

    async def grant(seen: dict[str, str]) -> Any:
        return await world.admin.post(
            "/api/permissions", json=who | {"permissions": {"canViewHistory": True}}, headers=seen
        )

    first = await grant({})
    second = await grant({"If-Match": first.headers["ETag"]})
    ok(second, 201)
    seen = {"If-Match": first.headers["ETag"]}
    refused(await grant(seen), 412, "PreconditionFailed")
    refusal = await world.admin.delete("/api/permissions", params=who, headers=seen)
    assert refused(refusal, 412, "PreconditionFailed")["details"]["currentEtag"] == second.headers["ETag"]
    seen = {"If-Match": second.headers["ETag"]}
    ok(await world.admin.delete("/api/permissions", params=who, headers=seen), 204)
    ok(await world.admin.delete("/api/permissions", params=who, headers=seen), 204)


async def test_a_role_changed_meanwhile_is_not_deleted(world: World) -> None:
    made = await world.admin.post("/api/roles", json={"name": "Reception"})
    path = f"/api/roles/{ok(made, 201)['id']}"
    changed = await world.admin.put(path, json={"name": "Front desk"})
    refused(
        await world.admin.delete(path, headers={"If-Match": made.headers["ETag"]}), 412, "PreconditionFailed"
    )
    ok(await world.admin.delete(path, headers={"If-Match": changed.headers["ETag"]}), 204)


async def test_what_cannot_be_changed_has_a_version_too(world: World) -> None:
    first, same = await world.admin.get("/api/me"), await world.admin.get("/api/me")
    assert first.headers["ETag"] == same.headers["ETag"]
    ok(await world.admin.post("/api/organizations", json={"name": "Tailspin"}), 201)
    assert (await world.admin.get("/api/me")).headers["ETag"] != first.headers["ETag"]


def test_every_change_of_one_thing_honours_if_match(platform: Platform) -> None:
    for path, method, operation in operations(platform.app.openapi()):
        if method in {"PUT", "PATCH", "DELETE"}:
            assert "If-Match" in {one["name"] for one in operation["parameters"]}, f"{method} {path}"
