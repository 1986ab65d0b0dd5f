"""Client organizations over HTTP."""

from __future__ import annotations

from management_people import ADMIN, CLIENT_USER, OTHER_TECHNICIAN, TECHNICIAN
from management_platform import Platform, World, ok, refused

from msp_devstack import demo


async def test_an_admin_creates_an_organization(platform: Platform) -> None:
    answer = await platform.as_(ADMIN).post(
        "/api/organizations", json={"name": "  Contoso ", "tenantId": demo.CONTOSO.tenant_id.upper()}
    )
    body = ok(answer, 201)
    assert body["name"] == "Contoso"
    assert body["tenantId"] == demo.CONTOSO.tenant_id
    assert body["isActive"] is True
    assert body["createdBy"] == ADMIN.user_id
    assert body["createdAt"].endswith("Z")
    assert answer.headers["Location"] == f"/api/organizations/{body['id']}"
    found = await platform.as_(ADMIN).get(answer.headers["Location"])
    assert ok(found) == body
    assert found.headers["ETag"] == answer.headers["ETag"]


async def test_a_tenant_belongs_to_one_organization(world: World) -> None:
    body = {"name": "Another", "tenantId": demo.CONTOSO.tenant_id}
    refused(await world.admin.post("/api/organizations", json=body), 409, "Conflict")


async def test_wrong_bodies_are_told_by_field(platform: Platform) -> None:
    admin = platform.as_(ADMIN)
    empty = refused(await admin.post("/api/organizations", json={"name": "   "}), 400, "ValidationError")
    assert list(empty["details"]["fields"]) == ["name"]
    long = refused(await admin.post("/api/organizations", json={"name": "x" * 201}), 400, "ValidationError")
    assert list(long["details"]["fields"]) == ["name"]
    unknown = await admin.post("/api/organizations", json={"name": "x", "colour": "red"})
    assert list(refused(unknown, 400, "ValidationError")["details"]["fields"]) == ["colour"]
    tenant = await admin.post("/api/organizations", json={"name": "x", "tenantId": "contoso.example"})
    assert list(refused(tenant, 400, "ValidationError")["details"]["fields"]) == ["tenantId"]
    no_json = await admin.post(
        "/api/organizations", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert list(refused(no_json, 400, "ValidationError")["details"]["fields"]) == ["body"]


async def test_everybody_sees_the_organizations_they_have_to_do_with(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canExecuteWorkflows")
    await world.sign_in(OTHER_TECHNICIAN, CLIENT_USER)

    async def names(person: demo.DemoPerson) -> list[str]:
        return [one["name"] for one in ok(await world.as_(person).get("/api/organizations"))]

    assert await names(ADMIN) == ["Contoso", "Fabrikam"]
    assert await names(TECHNICIAN) == ["Contoso"]
    assert await names(OTHER_TECHNICIAN) == []
    assert await names(CLIENT_USER) == ["Contoso"]
    ok(await world.as_(CLIENT_USER).get(f"/api/organizations/{world.contoso}"))
    ok(await world.as_(TECHNICIAN).get(f"/api/organizations/{world.contoso}"))
    for person in (TECHNICIAN, OTHER_TECHNICIAN, CLIENT_USER):
        answer = await world.as_(person).get(f"/api/organizations/{world.fabrikam}")
        assert "Fabrikam" not in answer.text
        refused(answer, 403, "Forbidden")


async def test_an_unknown_organization_is_refused_as_one_that_is_not_permitted(world: World) -> None:
    await world.sign_in(TECHNICIAN)
    unknown = await world.as_(TECHNICIAN).get("/api/organizations/c0000000-0000-4000-8000-00000000ffff")
    foreign = await world.as_(TECHNICIAN).get(f"/api/organizations/{world.contoso}")
    assert unknown.status_code == foreign.status_code == 403
    assert unknown.json() == foreign.json()


async def test_pages_go_through_all_organizations_by_name(platform: Platform) -> None:
    admin = platform.as_(ADMIN)
    for name in ("delta", "Alpha", "charlie", "Bravo", "alpha"):
        ok(await admin.post("/api/organizations", json={"name": name}), 201)
    names: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        answer = await admin.get("/api/organizations", params=query)
        names += [one["name"] for one in ok(answer)]
        cursor = answer.headers.get("X-Next-Cursor")
    assert cursor is None
    assert [name.lower() for name in names] == ["alpha", "alpha", "bravo", "charlie", "delta"]


async def test_a_page_has_between_1_and_200_items(platform: Platform) -> None:
    for limit in ("0", "201", "many"):
        answer = await platform.as_(ADMIN).get("/api/organizations", params={"limit": limit})
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["limit"]
    answer = await platform.as_(ADMIN).get("/api/organizations", params={"cursor": "%%%"})
    assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["cursor"]


async def test_a_change_leaves_out_what_it_does_not_name(world: World) -> None:
    path = f"/api/organizations/{world.contoso}"
    renamed = ok(await world.admin.patch(path, json={"name": "Contoso Ltd"}))
    assert (renamed["name"], renamed["tenantId"]) == ("Contoso Ltd", demo.CONTOSO.tenant_id)
    unlinked = ok(await world.admin.patch(path, json={"tenantId": None}))
    assert (unlinked["name"], unlinked["tenantId"]) == ("Contoso Ltd", None)
    assert unlinked["tenantLink"]["status"] == "notLinked"


async def test_the_second_of_two_editors_is_told(world: World) -> None:
    path = f"/api/organizations/{world.contoso}"
    seen = (await world.admin.get(path)).headers["ETag"]
    ok(await world.admin.patch(path, json={"name": "First"}, headers={"If-Match": seen}))
    late = await world.admin.patch(path, json={"name": "Second"}, headers={"If-Match": seen})
    refused(late, 412, "PreconditionFailed")
    refused(await world.admin.delete(path, headers={"If-Match": seen}), 412, "PreconditionFailed")
    assert ok(await world.admin.get(path))["name"] == "First"


async def test_deactivating_closes_an_organization_at_once_and_can_be_repeated(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    path = f"/api/organizations/{world.contoso}"
    ok(await world.as_(TECHNICIAN).get(f"{path}/config"))
    ok(await world.admin.delete(path), 204)
    ok(await world.admin.delete(path), 204)
    refused(await world.as_(TECHNICIAN).get(f"{path}/config"), 403, "Forbidden")
    assert ok(await world.admin.get(path))["isActive"] is False
    ok(await world.admin.patch(path, json={"isActive": True}))
    ok(await world.as_(TECHNICIAN).get(f"{path}/config"))


async def test_tags_are_words_that_an_admin_sets_and_the_audit_log_has(world: World) -> None:
    body = {"name": "Tagged", "tags": ["vip", "managed-backup", "vip"]}
    made = ok(await world.admin.post("/api/organizations", json=body), 201)
    path = f"/api/organizations/{made['id']}"
    assert made["tags"] == ["managed-backup", "vip"]
    assert ok(await world.admin.patch(path, json={"name": "Renamed"}))["tags"] == ["managed-backup", "vip"]
    assert ok(await world.admin.patch(path, json={"tags": []}))["tags"] == []
    assert ok(await world.admin.get(path))["tags"] == []
    query = {"action": "organization.updated", "organization": made["id"]}
    [newest, _] = ok(await world.admin.get("/api/audit", params=query))
    assert (newest["before"]["tags"], newest["after"]["tags"]) == (["managed-backup", "vip"], [])


async def test_a_tag_that_is_no_word_is_refused(world: World) -> None:
    for tags in (
        ["VIP"],
        ["a b"],
        ["-a"],
        ["a--b"],
        [""],
        ["x" * 51],
        [f"t{n}" for n in range(21)],
        "vip",
        [1],
    ):
        answer = await world.admin.patch(f"/api/organizations/{world.contoso}", json={"tags": tags})
        fields = refused(answer, 400, "ValidationError")["details"]["fields"]
        assert {name.partition(".")[0] for name in fields} == {"tags"}
