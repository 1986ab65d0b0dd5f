"""Forms and roles over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from management_people import ADMIN, CLIENT_USER, OTHER_CLIENT_USER, OTHER_TECHNICIAN, TECHNICIAN
from management_platform import World, at, ok, refused

from management_api.models.forms import FormRead
from msp_automation.metadata import Catalog, ParameterMetadata, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository

CATALOG = Catalog(
    workflows=[
        WorkflowMetadata(
            name="onboard_user",
            description="Create a Microsoft 365 user",
            parameters=[
                ParameterMetadata(name="first_name", label="First name", type="string", required=True),
                ParameterMetadata(name="seats", label="Seats", type="int", required=False, default_value=1),
            ],
        )
    ]
)


def draft(name: str = "Onboard a user", **more: Any) -> dict[str, Any]:
    field = {"name": "first_name", "label": "First name", "type": "text", "required": True}
    body = {"name": name, "linkedWorkflow": "onboard_user", "formSchema": {"fields": [field]}}
    return body | more


@pytest.fixture
async def world(world: World) -> World:
    """With a catalog, as the engine publishes it, and a technician who manages Contoso's forms."""
    await CatalogRepository(world.platform.services.storage).publish(CATALOG)
    await world.grant(TECHNICIAN, world.contoso, "canManageForms")
    return world


async def create(world: World, org_id: str, **more: Any) -> Any:
    return ok(await world.admin.post("/api/forms", json=draft(**more), headers=at(org_id)), 201)


async def create_role(world: World, *, people: list[str], forms: list[str]) -> str:
    role_id: str = ok(await world.admin.post("/api/roles", json={"name": "Reception"}), 201)["id"]
    for user_id in people:
        ok(await world.admin.put(f"/api/roles/{role_id}/users/{user_id}"), 204)
    for form_id in forms:
        ok(await world.admin.put(f"/api/roles/{role_id}/forms/{form_id}"), 204)
    return role_id


async def test_reading_shows_a_form_as_saving_did(world: World) -> None:
    field = {"name": "first_name", "label": "Vorname \u00fc \U0001f600", "type": "text"}
    saved = await create(world, world.contoso, formSchema={"fields": [field], "sections": [{"name": "a"}]})
    header = at(world.contoso)

    one = await world.admin.get(f"/api/forms/{saved['id']}", headers=header)
    every = await world.admin.get("/api/forms", headers=header)

    assert ok(one) == saved
    assert ok(every) == [saved]
    assert set(saved) == {info.alias for info in FormRead.model_fields.values()}
    assert one.headers["ETag"]
    for answer in (one, every):
        assert answer.headers["Content-Type"] == "application/json"


async def test_a_technician_saves_a_form(world: World) -> None:
    client, header = world.as_(TECHNICIAN), at(world.contoso)
    answer = await client.post("/api/forms", json=draft(), headers=header)
    form = ok(answer, 201)
    assert form["createdBy"] == TECHNICIAN.user_id
    assert (form["isGlobal"], form["isActive"], form["runInBackground"]) == (False, True, False)
    assert form["formSchema"]["fields"][0]["name"] == "first_name"
    found = await client.get(answer.headers["Location"], headers=header)
    assert ok(found) == form
    assert found.headers["ETag"] == answer.headers["ETag"]
    assert ok(await client.get("/api/forms", headers=header)) == [form]
    assert ok(await world.admin.get("/api/forms", headers=at(world.fabrikam))) == []


async def test_a_form_may_ask_for_the_background_and_stop_asking(world: World) -> None:
    form, header = await create(world, world.contoso, runInBackground=True), at(world.contoso)
    path = f"/api/forms/{form['id']}"
    assert form["runInBackground"] is True
    assert ok(await world.admin.get(path, headers=header))["runInBackground"] is True
    ok(await world.admin.put(path, json=draft(), headers=header))
    assert ok(await world.admin.get(path, headers=header))["runInBackground"] is False
    wrong = await world.admin.put(path, json=draft(runInBackground="later"), headers=header)
    assert "runInBackground" in refused(wrong, 400, "ValidationError")["details"]["fields"]


async def test_a_form_of_another_organization_is_not_found(world: World) -> None:
    form = await create(world, world.contoso, name="Contoso only")
    await world.grant(OTHER_TECHNICIAN, world.fabrikam, "canManageForms", "canExecuteWorkflows")
    client, header = world.as_(OTHER_TECHNICIAN), at(world.fabrikam)
    for method in ("GET", "PUT"):
        body = draft() if method == "PUT" else None
        answer = await client.request(method, f"/api/forms/{form['id']}", json=body, headers=header)
        refused(answer, 404, "NotFound")
        assert "Contoso only" not in answer.text
    ok(await client.delete(f"/api/forms/{form['id']}", headers=header), 204)
    assert ok(await world.admin.get(f"/api/forms/{form['id']}", headers=at(world.contoso))) == form


async def test_global_forms_are_seen_everywhere_and_written_by_admins(world: World) -> None:
    form = await create(world, world.contoso, isGlobal=True)
    assert ok(await world.admin.get("/api/forms", headers=at(world.fabrikam))) == [form]
    client, header, path = world.as_(TECHNICIAN), at(world.contoso), f"/api/forms/{form['id']}"
    ok(await client.get(path, headers=header))
    refused(await client.put(path, json=draft(isGlobal=True), headers=header), 403, "Forbidden")
    refused(await client.delete(path, headers=header), 403, "Forbidden")
    refused(await client.post("/api/forms", json=draft(isGlobal=True), headers=header), 403, "Forbidden")
    changed = await world.admin.put(path, json=draft("Renamed", isGlobal=True), headers=at(world.fabrikam))
    assert ok(changed)["name"] == "Renamed"


async def test_the_second_of_two_editors_is_told(world: World) -> None:
    form = await create(world, world.contoso)
    path, header = f"/api/forms/{form['id']}", at(world.contoso)
    client = world.as_(TECHNICIAN)
    seen = header | {"If-Match": (await client.get(path, headers=header)).headers["ETag"]}
    first = await client.put(path, json=draft("First"), headers=seen)
    assert ok(first)["name"] == "First"
    late = await world.admin.put(path, json=draft("Second"), headers=seen)
    details = refused(late, 412, "PreconditionFailed")["details"]
    assert details == {"currentEtag": first.headers["ETag"]}
    refused(await world.admin.delete(path, headers=seen), 412, "PreconditionFailed")
    assert ok(await client.get(path, headers=header))["name"] == "First"
    ok(await client.delete(path, headers=header | {"If-Match": first.headers["ETag"]}), 204)
    ok(await client.delete(path, headers=header), 204)
    refused(await client.get(path, headers=header), 404, "NotFound")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": " "}, "name"),
        ({"linkedWorkflow": "no_such_workflow"}, "linkedWorkflow"),
        ({"formSchema": {"fields": [{"name": "a", "type": "dance"}]}}, "formSchema.fields.0.type"),
        ({"colour": "red"}, "colour"),
        ({"formSchema": {"fields": [{"name": "f", "type": "text", "label": "F"}] * 2}}, "formSchema.fields"),
    ],
)
async def test_a_definition_that_does_not_hold_is_told_by_place(
    world: World, change: dict[str, Any], place: str
) -> None:
    answer = await world.admin.post("/api/forms", json=draft() | change, headers=at(world.contoso))
    fields = refused(answer, 400, "ValidationError")["details"]["fields"]
    assert any(found.startswith(place) for found in fields), fields
    assert ok(await world.admin.get("/api/forms", headers=at(world.contoso))) == []


async def test_a_form_is_generated_from_parameters_and_not_saved(world: World) -> None:
    client, header = world.as_(TECHNICIAN), at(world.contoso)
    body = {"workflowName": "onboard_user"}
    form = ok(await client.post("/api/forms/generate", json=body, headers=header))
    assert form["linkedWorkflow"] == "onboard_user"
    assert [(one["name"], one["type"], one["required"]) for one in form["formSchema"]["fields"]] == [
        ("first_name", "text", True),
        ("seats", "number", False),
    ]
    assert ok(await client.get("/api/forms", headers=header)) == []
    ok(await client.post("/api/forms", json=form, headers=header), 201)
    unknown = await client.post("/api/forms/generate", json={"workflowName": "x"}, headers=header)
    refused(unknown, 404, "NotFound")


async def test_a_client_user_sees_the_forms_their_roles_open(world: World) -> None:
    await world.sign_in(CLIENT_USER, OTHER_CLIENT_USER)
    opened = await create(world, world.contoso, name="Opened")
    shared = await create(world, world.contoso, name="Shared", isGlobal=True)
    await create(world, world.contoso, name="Closed")
    fabrikams = await create(world, world.fabrikam, name="Fabrikam's")
    role_id = await create_role(
        world,
        people=[CLIENT_USER.user_id, OTHER_CLIENT_USER.user_id],
        forms=[opened["id"], shared["id"], fabrikams["id"]],
    )

    async def names(person: Any, org_id: str) -> list[str]:
        return [one["name"] for one in ok(await world.as_(person).get("/api/forms", headers=at(org_id)))]

    assert await names(CLIENT_USER, world.contoso) == ["Opened", "Shared"]
    assert await names(OTHER_CLIENT_USER, world.fabrikam) == ["Fabrikam's", "Shared"]
    ok(await world.admin.delete(f"/api/roles/{role_id}/forms/{opened['id']}"), 204)
    assert await names(CLIENT_USER, world.contoso) == ["Shared"]
    path = f"/api/forms/{opened['id']}"
    refused(await world.as_(CLIENT_USER).get(path, headers=at(world.contoso)), 404, "NotFound")
    ok(await world.admin.delete(f"/api/roles/{role_id}/users/{CLIENT_USER.user_id}"), 204)
    assert await names(CLIENT_USER, world.contoso) == []


async def test_a_role_tells_its_people_and_forms(world: World) -> None:
    await world.sign_in(CLIENT_USER)
    form = await create(world, world.contoso)
    role_id = await create_role(world, people=[CLIENT_USER.user_id], forms=[form["id"]])
    answer = await world.admin.get(f"/api/roles/{role_id}")
    role = ok(answer)
    assert [(one["userId"], one["addedBy"]) for one in role["users"]] == [
        (CLIENT_USER.user_id, ADMIN.user_id)
    ]
    assert [(one["formId"], one["orgId"]) for one in role["forms"]] == [(form["id"], world.contoso)]
    listed = [
        (one["id"], one["userCount"], one["formCount"]) for one in ok(await world.admin.get("/api/roles"))
    ]
    assert listed == [(role_id, 1, 1)]
    seen = {"If-Match": answer.headers["ETag"]}
    ok(await world.admin.put(f"/api/roles/{role_id}", json={"name": "Front desk"}, headers=seen))
    refused(
        await world.admin.put(f"/api/roles/{role_id}", json={"name": "Late"}, headers=seen),
        412,
        "PreconditionFailed",
    )
    refused(await world.admin.delete(f"/api/roles/{role_id}", headers=seen), 412, "PreconditionFailed")
    for _ in range(2):
        ok(await world.admin.delete(f"/api/roles/{role_id}"), 204)
    refused(await world.admin.get(f"/api/roles/{role_id}"), 404, "NotFound")


async def test_roles_are_for_client_users(world: World) -> None:
    role_id = await create_role(world, people=[], forms=[])
    refused(await world.admin.put(f"/api/roles/{role_id}/users/{TECHNICIAN.user_id}"), 400, "ValidationError")
    missing = "f0000000-0000-4000-8000-00000000ffff"
    refused(await world.admin.put(f"/api/roles/{role_id}/forms/{missing}"), 404, "NotFound")
    refused(await world.admin.post("/api/roles", json={"name": ""}), 400, "ValidationError")


async def test_changes_of_forms_and_roles_are_in_the_audit_log(world: World) -> None:
    await world.sign_in(CLIENT_USER)
    form = await create(world, world.contoso)
    role_id = await create_role(world, people=[CLIENT_USER.user_id], forms=[form["id"]])
    ok(await world.admin.delete(f"/api/roles/{role_id}/users/{CLIENT_USER.user_id}"), 204)
    ok(await world.admin.delete(f"/api/roles/{role_id}/forms/{form['id']}"), 204)
    ok(await world.admin.delete(f"/api/roles/{role_id}"), 204)
    ok(await world.admin.put(f"/api/forms/{form['id']}", json=draft("New"), headers=at(world.contoso)))
    ok(await world.admin.delete(f"/api/forms/{form['id']}", headers=at(world.contoso)), 204)
    entries = ok(await world.admin.get("/api/audit", params={"limit": "200"}))
    actions = [one["action"] for one in reversed(entries)]
    assert [action for action in actions if action.startswith(("form.", "role."))] == [
        "form.created",
        "role.created",
        "role.userAdded",
        "role.formAdded",
        "role.userRemoved",
        "role.formRemoved",
        "role.deleted",
        "form.updated",
        "form.deleted",
    ]
    updated = next(one for one in entries if one["action"] == "form.updated")
    assert (updated["before"]["name"], updated["after"]["name"]) == ("Onboard a user", "New")
    assert (updated["orgId"], updated["target"]) == (world.contoso, form["id"])
    names = {one["action"]: one["names"] for one in entries if one["target"] == role_id and one["names"]}
    person = {"role": "Reception", "user": CLIENT_USER.email}
    opened = {"role": "Reception", "form": "Onboard a user"}
    assert names == {
        "role.userAdded": person,
        "role.userRemoved": person,
        "role.formAdded": opened,
        "role.formRemoved": opened,
    }
