"""Who somebody is, people, and what they may do, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from management_people import ADMIN, CLIENT_USER, OTHER_TECHNICIAN, TECHNICIAN
from management_platform import Platform, World, ok, refused

NONE = dict.fromkeys(("canExecuteWorkflows", "canManageConfig", "canManageForms", "canViewHistory"), False)
ALL = dict.fromkeys(NONE, True)


async def test_an_admin_learns_that_everything_is_theirs(world: World) -> None:
    me = ok(await world.admin.get("/api/me"))
    assert me["isAdmin"] is True
    assert me["user"]["id"] == ADMIN.user_id
    assert (me["user"]["displayName"], me["user"]["email"]) == (ADMIN.name, ADMIN.email)
    assert [(one["name"], one["permissions"]) for one in me["organizations"]] == [
        ("Contoso", ALL),
        ("Fabrikam", ALL),
    ]


async def test_a_technician_learns_what_they_may_do_where(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canExecuteWorkflows", "canViewHistory")
    me = ok(await world.as_(TECHNICIAN).get("/api/me"))
    assert (me["isAdmin"], me["user"]["userType"]) == (False, "MSP")
    assert me["roles"] == []
    assert me["organizations"] == [
        {
            "id": world.contoso,
            "name": "Contoso",
            "isActive": True,
            "permissions": NONE | {"canExecuteWorkflows": True, "canViewHistory": True},
        }
    ]


async def test_a_client_user_learns_their_organization_and_roles(world: World) -> None:
    await world.sign_in(CLIENT_USER)
    role = ok(await world.admin.post("/api/roles", json={"name": "Reception"}), 201)
    ok(await world.admin.put(f"/api/roles/{role['id']}/users/{CLIENT_USER.user_id}"), 204)
    me = ok(await world.as_(CLIENT_USER).get("/api/me"))
    assert (me["user"]["userType"], me["user"]["orgId"]) == ("ORG", world.contoso)
    assert [(one["id"], one["permissions"]) for one in me["organizations"]] == [(world.contoso, NONE)]
    assert [one["name"] for one in me["roles"]] == ["Reception"]


async def test_users_are_listed_by_type_and_page(world: World) -> None:
    await world.sign_in(TECHNICIAN, OTHER_TECHNICIAN, CLIENT_USER)
    msp = ok(await world.admin.get("/api/users", params={"type": "MSP"}))
    assert {one["id"] for one in msp} == {ADMIN.user_id, TECHNICIAN.user_id, OTHER_TECHNICIAN.user_id}
    org = ok(await world.admin.get("/api/users", params={"type": "ORG"}))
    assert [one["id"] for one in org] == [CLIENT_USER.user_id]
    assert org[0]["lastLogin"].endswith("Z")
    first = await world.admin.get("/api/users", params={"limit": "3"})
    second = await world.admin.get("/api/users", params={"cursor": first.headers["X-Next-Cursor"]})
    everybody = [one["id"] for one in ok(first) + ok(second)]
    assert len(everybody) == len(set(everybody)) == 4
    assert "X-Next-Cursor" not in second.headers
    refused(await world.admin.get("/api/users", params={"type": "GUEST"}), 400, "ValidationError")


async def test_a_user_is_made_an_admin_and_is_one_at_once(world: World) -> None:
    await world.sign_in(TECHNICIAN)
    refused(await world.as_(TECHNICIAN).get("/api/users"), 403, "Forbidden")
    path = f"/api/users/{TECHNICIAN.user_id}"
    assert ok(await world.admin.patch(path, json={"isMspAdmin": True}))["isMspAdmin"] is True
    ok(await world.as_(TECHNICIAN).get("/api/users"))
    ok(await world.admin.patch(path, json={"isMspAdmin": False}))
    refused(await world.as_(TECHNICIAN).get("/api/users"), 403, "Forbidden")


async def test_an_admin_cannot_lock_themselves_out_nor_raise_a_client_user(world: World) -> None:
    await world.sign_in(CLIENT_USER)
    for body in ({"isActive": False}, {"isMspAdmin": False}):
        refused(await world.admin.patch(f"/api/users/{ADMIN.user_id}", json=body), 409, "Conflict")
    path = f"/api/users/{CLIENT_USER.user_id}"
    refused(await world.admin.patch(path, json={"isMspAdmin": True}), 400, "ValidationError")


async def test_the_second_of_two_admins_who_change_a_user_is_told(world: World) -> None:
    await world.sign_in(TECHNICIAN)
    path = f"/api/users/{TECHNICIAN.user_id}"
    seen = {"If-Match": (await world.admin.get(path)).headers["ETag"]}
    ok(await world.admin.patch(path, json={"isActive": False}, headers=seen))
    refused(await world.admin.patch(path, json={"isActive": True}, headers=seen), 412, "PreconditionFailed")


@pytest.mark.parametrize("user_id", ["x", "a.b", "%27%20or%20true", "1" * 1025])
async def test_a_user_id_that_is_none_is_told(platform: Platform, user_id: str) -> None:
    answer = await platform.as_(ADMIN).get(f"/api/users/{user_id}")
    assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["userId"]


async def test_an_unknown_user_is_not_found(platform: Platform) -> None:
    for path in (f"/api/users/{TECHNICIAN.user_id}",):
        refused(await platform.as_(ADMIN).get(path), 404, "NotFound")
        refused(await platform.as_(ADMIN).patch(path, json={"isActive": False}), 404, "NotFound")


async def test_a_grant_is_seen_from_both_sides_and_replaces_the_one_before(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageForms")
    await world.grant(TECHNICIAN, world.contoso, "canExecuteWorkflows")
    by_user = ok(await world.admin.get(f"/api/permissions/users/{TECHNICIAN.user_id}"))
    by_organization = ok(await world.admin.get(f"/api/permissions/organizations/{world.contoso}"))
    assert by_user == by_organization
    (grant,) = by_user
    assert {name: grant[name] for name in NONE} == NONE | {"canExecuteWorkflows": True}
    assert (grant["grantedBy"], grant["orgId"]) == (ADMIN.user_id, world.contoso)
    assert ok(await world.as_(TECHNICIAN).get(f"/api/permissions/users/{TECHNICIAN.user_id}")) == by_user


async def test_nobody_but_an_admin_sees_other_peoples_permissions(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageForms")
    await world.sign_in(OTHER_TECHNICIAN)
    path = f"/api/permissions/users/{TECHNICIAN.user_id}"
    refused(await world.as_(OTHER_TECHNICIAN).get(path), 403, "Forbidden")


async def test_revoking_can_be_repeated(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageForms")
    query = {"userId": TECHNICIAN.user_id, "orgId": world.contoso}
    for _ in range(2):
        ok(await world.admin.delete("/api/permissions", params=query), 204)
    assert ok(await world.admin.get(f"/api/permissions/organizations/{world.contoso}")) == []
    entries = ok(await world.admin.get("/api/audit", params={"action": "permission."}))
    assert [(one["action"], one["orgId"], one["names"]) for one in entries] == [
        ("permission.revoked", world.contoso, {"user": TECHNICIAN.email}),
        ("permission.granted", world.contoso, {"user": TECHNICIAN.email}),
    ]


async def test_only_a_known_technician_gets_permissions(world: World) -> None:
    await world.sign_in(CLIENT_USER)

    async def grant(user_id: str, org_id: str, permissions: Any) -> Any:
        body = {"userId": user_id, "orgId": org_id, "permissions": permissions}
        return await world.admin.post("/api/permissions", json=body)

    flags = {"canViewHistory": True}
    refused(await grant(TECHNICIAN.user_id, world.contoso, flags), 404, "NotFound")
    refused(await grant(CLIENT_USER.user_id, world.contoso, flags), 400, "ValidationError")
    refused(await grant(ADMIN.user_id, "c0000000-0000-4000-8000-00000000ffff", flags), 403, "Forbidden")
    refused(await grant(ADMIN.user_id, "GLOBAL", flags), 400, "ValidationError")
    unknown = await grant(ADMIN.user_id, world.contoso, {"canDoAnything": True})
    fields = refused(unknown, 400, "ValidationError")["details"]["fields"]
    assert list(fields) == ["permissions.canDoAnything"]
