"""The Management API against the words of its contract: answers in general, and lists."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.contract.management import CATALOG, HALO, NOBODY, ORIGIN, World, form, ok, refused, running
from tests.isolation.people import Identity

from management_api.settings import Settings
from msp_core.executions.models import ExecutionStatus
from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.schedules.models import Mark, Slot, SlotState, declared_schedules
from msp_core.schedules.repository import ScheduleRepository
from msp_devstack import demo, openapi
from msp_http.openapi import operations

DOCUMENT = json.loads((openapi.FOLDER / "management-api.json").read_text())
ORG = "/api/organizations/{orgId}"
SWITCH = f"{ORG}/schedules/{{workflowName}}/{{scheduleName}}"


@dataclass(frozen=True)
class List:
    """A list, and a request that needs an item's version.

    Args:
        sorted_by: Of an item, if the order can be told from it.
        change: Method, path and body, made of an item; None where nothing can be changed.
    """

    path: str
    org: bool = False
    sorted_by: str | None = None
    change: tuple[str, str, Any] | None = None


def _put_form(name: str) -> dict[str, Any]:
    return form(name, description="changed")


FLAGS = {"canViewHistory": True}
LISTS = (
    List("/api/organizations", False, "name", ("PATCH", "/api/organizations/{id}", {"name": "Zed"})),
    List(f"{ORG}/config", False, "key", ("POST", f"{ORG}/config", {"key": "{key}", "value": "z"})),
    List("/api/config", False, "key", ("POST", "/api/config", {"key": "{key}", "value": "z"})),
    List(f"{ORG}/secrets", False, "name", ("PUT", f"{ORG}/secrets/{{name}}", {"value": "z"})),
    List("/api/secrets", False, "name", ("PUT", "/api/secrets/{name}", {"value": "z"})),
    List(f"{ORG}/integrations", False, "type", ("PUT", f"{ORG}/integrations/halopsa", {"settings": HALO})),
    List("/api/integrations", False, "type", ("PUT", "/api/integrations/halopsa", {"settings": HALO})),
    List("/api/integration-types", False, "type"),
    List(
        "/api/permissions/users/{userId}", False, "orgId",
        ("POST", "/api/permissions", {"userId": "{userId}", "orgId": "{orgId}", "permissions": FLAGS}),
    ),
    List(
        "/api/permissions/organizations/{orgId}", False, "userId",
        ("POST", "/api/permissions", {"userId": "{userId}", "orgId": "{orgId}", "permissions": FLAGS}),
    ),
    List("/api/users", False, "id", ("PATCH", "/api/users/{id}", {"isActive": True})),
    List("/api/roles", False, "name", ("PUT", "/api/roles/{id}", {"name": "Zed"})),
    List("/api/forms", True, "name", ("PUT", "/api/forms/{id}", _put_form("Zed"))),
    List(f"{ORG}/webhooks", False, "name", ("PATCH", f"{ORG}/webhooks/{{id}}", {"name": "Zed"})),
    List("/api/schedules", True, "scheduleName", ("PUT", SWITCH, {"isEnabled": False})),
    List("/api/schedules/slots", True),
    List("/api/executions", True),
    List("/api/executions/latest"),
    List("/api/config/overrides"),
    List("/api/executions/users/{userId}"),
    List("/api/audit"),
)  # fmt: skip
NEEDS_GRAPH = "/api/gdap/customers"


def _with(item: dict[str, Any], value: Any) -> Any:
    if isinstance(value, str):
        for name, text in item.items():
            value = value.replace("{" + name + "}", str(text))
        return value
    return {key: _with(item, one) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.fixture
async def listed(world: World) -> World:
    """With executions, a switch that somebody touched, and schedules that were due, too."""
    ok(await world.ask("PUT", f"{ORG}/schedules/greet/leap-day", {"isEnabled": True}))
    await _leave_slots(ScheduleRepository(world.services.storage), OrgId(world.contoso))
    for workflow in ("one", "two", "three"):
        await world.execution(demo.TECHNICIAN, world.contoso, ExecutionStatus.SUCCESS, workflow_name=workflow)
    await world.execution(demo.TECHNICIAN, world.fabrikam, ExecutionStatus.SUCCESS, workflow_name="one")
    ok(await world.ask("POST", "/api/config", {"key": "overridden", "value": "z"}), 201)
    for org in (world.contoso, world.fabrikam):
        ok(await world.ask("POST", f"{ORG}/config", {"key": "overridden", "value": "o"}, org_id=org), 201)
    return world


async def _leave_slots(schedules: ScheduleRepository, org_id: OrgId) -> None:
    now = utc_now()
    for one in declared_schedules(CATALOG):
        mark = Mark(
            workflow_name=one.workflow.name,
            schedule_name=one.schedule.name,
            first_seen_at=now,
            decided_until=now,
        )
        await schedules.insert_mark(one.mark_key, mark)
    for hours in (1, 2, 3):
        due_at = now - timedelta(hours=hours)
        slot = Slot(
            workflow_name="greet",
            schedule_name="leap-day",
            due_at=due_at,
            state=SlotState.SKIPPED,
            decided_at=due_at,
        )
        await schedules.insert_slot(org_id, slot)


def test_every_list_of_the_document_is_examined_and_takes_limit_and_cursor() -> None:
    found = {}
    for path, method, operation in operations(DOCUMENT):
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        if method == "GET" and answer.get("schema", {}).get("type") == "array":
            found[path] = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert set(found) == {one.path for one in LISTS} | {NEEDS_GRAPH}
    for path, parameters in found.items():
        limit = parameters["limit"]
        assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 200), path
        assert "cursor" in parameters, path


async def test_a_list_is_sorted_and_read_whole_page_by_page(listed: World) -> None:
    for one in LISTS:
        org = listed.contoso if one.org else None
        whole = await listed.get(one.path, org_id=org, query={"limit": "200"})
        assert len(whole) > 1, f"{one.path} has too little"
        if one.sorted_by is not None:
            keys = [str(item[one.sorted_by]).casefold() for item in whole]
            assert keys == sorted(keys), one.path
        found: list[Any] = []
        query = {"limit": "1"}
        while True:
            answer = await listed.ask("GET", one.path, org_id=org, query=query)
            found += ok(answer)
            if "X-Next-Cursor" not in answer.headers:
                break
            query["cursor"] = answer.headers["X-Next-Cursor"]
        assert found == whole, one.path


async def test_a_page_has_50_items_unless_more_are_asked_for(empty: World) -> None:
    for number in range(52):
        ok(await empty.ask("POST", "/api/config", {"key": f"k{number:02}", "value": "x"}), 201)
    answer = await empty.ask("GET", "/api/config")
    assert len(ok(answer)) == 50
    assert answer.headers["X-Next-Cursor"]
    assert len(await empty.get("/api/config", query={"limit": "200"})) == 52


async def test_what_is_no_limit_and_no_cursor_of_this_list_is_refused(listed: World) -> None:
    cursors: dict[str, str] = {}
    for one in LISTS:
        answer = await listed.ask(
            "GET", one.path, org_id=listed.contoso if one.org else None, query={"limit": "1"}
        )
        cursors[one.path] = answer.headers["X-Next-Cursor"]
    for place, one in enumerate(LISTS):
        org = listed.contoso if one.org else None
        wrong = [("limit", text) for text in ("0", "201", "-1", "many", "1.5", "")]
        foreign = cursors[LISTS[place - 1].path]
        wrong += [("cursor", text) for text in ("", "%%%", "Z2FyYmFnZQ", "x" * 3000, foreign)]
        for name, text in wrong:
            answer = await listed.ask("GET", one.path, org_id=org, query={name: text})
            body = refused(answer, 400, "ValidationError")
            assert list(body["details"]["fields"]) == [name], (one.path, name, text)


async def test_a_cursor_of_another_organization_is_refused(listed: World) -> None:
    for path in (f"{ORG}/config", "/api/forms", "/api/permissions/organizations/{orgId}"):
        org = listed.contoso if path == "/api/forms" else None
        answer = await listed.ask("GET", path, org_id=org, query={"limit": "1"})
        cursor = {"cursor": answer.headers["X-Next-Cursor"]}
        ok(await listed.ask("GET", path, org_id=org, query=cursor))
        elsewhere = path.replace("{orgId}", "{otherOrgId}")
        org = listed.fabrikam if path == "/api/forms" else None
        answer = await listed.ask("GET", elsewhere, org_id=org, query=cursor)
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["cursor"]


async def test_an_item_of_a_list_names_the_version_to_change(listed: World) -> None:
    for one in LISTS:
        if one.change is None:
            continue
        method, path, body = one.change
        org = listed.contoso if one.org else None

        async def items(one: List = one, org: str | None = org) -> dict[str, Any]:
            found = await listed.get(one.path, org_id=org)
            return {item.get("id") or item[one.sorted_by or ""]: item for item in found}

        key, item = next((key, item) for key, item in (await items()).items() if key != "msgraph")
        assert item["etag"], one.path
        sent = _with(item, body)
        seen = {"If-Match": item["etag"]}
        changed = await listed.ask(method, _with(item, path), sent, org_id=org, headers=seen)
        assert changed.is_success, changed.text
        now = (await items())[key]["etag"]
        assert changed.headers["ETag"] == changed.json()["etag"] == now != item["etag"], one.path
        late = await listed.ask(method, _with(item, path), sent, org_id=org, headers=seen)
        assert refused(late, 412, "PreconditionFailed")["details"] == {"currentEtag": now}, one.path


async def test_what_is_inherited_has_no_version_to_change_here(world: World) -> None:
    ok(await world.ask("POST", "/api/config", {"key": "shared", "value": "x"}), 201)
    ok(await world.ask("PUT", "/api/secrets/shared", {"value": "x"}))
    ok(await world.ask("DELETE", f"{ORG}/integrations/halopsa"), 204)
    for path, name, key in (
        (f"{ORG}/config", "key", "shared"),
        (f"{ORG}/secrets", "name", "shared"),
        (f"{ORG}/integrations", "type", "halopsa"),
    ):
        (item,) = [one for one in await world.get(path) if one[name] == key]
        assert (item["inherited"], item["scope"], item["etag"]) == (True, "global", None)


async def test_a_schedule_that_nobody_switched_has_no_version_but_is_switched_with_one_thereafter(
    listed: World,
) -> None:
    shown = {one["scheduleName"]: one for one in await listed.get("/api/schedules", org_id=listed.contoso)}
    assert shown["mid-year"]["etag"] is None
    assert shown["leap-day"]["etag"]
    path = f"{ORG}/schedules/greet/mid-year"
    assert "ETag" not in (await listed.ask("GET", path)).headers
    early = await listed.ask(
        "PUT", path, {"isEnabled": False}, headers={"If-Match": shown["leap-day"]["etag"]}
    )
    assert refused(early, 412, "PreconditionFailed")["details"] == {"currentEtag": None}
    first = await listed.ask("PUT", path, {"isEnabled": False})
    assert first.headers["ETag"] == ok(first)["etag"]
    # What is said already is no change, so that the version stays.
    again = await listed.ask("PUT", path, {"isEnabled": False}, headers={"If-Match": first.json()["etag"]})
    assert again.json() == first.json()
    shown = {one["scheduleName"]: one for one in await listed.get("/api/schedules", org_id=listed.contoso)}
    assert shown["mid-year"]["etag"] == first.json()["etag"]


async def test_of_many_editors_who_saw_the_same_one_wins_and_the_others_are_told_its_version(
    world: World,
) -> None:
    for path, method, body, org in (
        (ORG, "PATCH", {"name": "Mine"}, None),
        (f"{ORG}/config", "POST", {"key": "a", "value": "mine"}, None),
        ("/api/roles/{roleId}", "PUT", {"name": "Mine"}, None),
        ("/api/forms/{formId}", "PUT", form("Mine"), world.contoso),
        ("/api/users/{clientId}", "PATCH", {"isActive": True}, None),
        (f"{ORG}/integrations/halopsa", "PUT", {"settings": HALO}, None),
        (f"{ORG}/secrets/mail", "PUT", {"value": "mine"}, None),
        (f"{ORG}/webhooks/{{webhookId}}", "PATCH", {"name": "Mine"}, None),
        (f"{ORG}/webhooks/{{webhookId}}/rotate", "POST", {}, None),
    ):
        first = await world.ask(method, path, body, org_id=org)
        seen = {"If-Match": first.headers["ETag"]}
        answers = await asyncio.gather(
            *(world.ask(method, path, body, org_id=org, headers=seen) for _ in range(4))
        )
        (won,) = [one for one in answers if one.is_success]
        for lost in answers:
            if lost is not won:
                details = refused(lost, 412, "PreconditionFailed")["details"]
                assert details == {"currentEtag": won.headers["ETag"]}, path


async def test_an_organization_must_be_named_well_and_be_ones_own(world: World) -> None:
    missing = await world.ask("GET", "/api/forms")
    assert list(refused(missing, 400, "ValidationError")["details"]["fields"]) == ["X-Organization-Id"]
    for text in ("x", "GLOBAL", f"{world.contoso}'", "*", "{" + world.contoso + "}"):
        answer = await world.ask("GET", "/api/forms", org_id=text)
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["X-Organization-Id"]
        answer = await world.ask("GET", f"/api/organizations/{text}/config")
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == ["orgId"]
    ok(await world.ask("GET", "/api/forms", org_id=world.contoso.upper()))
    foreign = await world.ask("GET", "/api/forms", org_id=world.fabrikam, who=demo.CLIENT_USER)
    unknown = await world.ask("GET", "/api/forms", org_id=NOBODY, who=demo.CLIENT_USER)
    assert refused(foreign, 403, "Forbidden") == refused(unknown, 403, "Forbidden")
    refused(await world.ask("GET", "/api/forms", org_id=NOBODY), 403, "Forbidden")


REFUSALS: tuple[tuple[str, str, Any, demo.DemoPerson | None, int, str], ...] = (
    ("GET", "/api/me", None, None, 401, "Unauthorized"),
    ("GET", "/api/nothing", None, demo.ADMIN, 404, "NotFound"),
    ("PUT", "/api/me", {}, demo.ADMIN, 405, "MethodNotAllowed"),
    ("GET", "/api/users", None, demo.TECHNICIAN, 403, "Forbidden"),
    ("GET", f"/api/roles/{NOBODY}", None, demo.ADMIN, 404, "NotFound"),
    ("GET", "/api/roles/x", None, demo.ADMIN, 400, "ValidationError"),
    ("POST", "/api/roles", {"name": ""}, demo.ADMIN, 400, "ValidationError"),
    ("POST", "/api/roles", {"name": "x", "description": "y" * 2_000_000}, demo.ADMIN, 413, "PayloadTooLarge"),
    ("DELETE", "/api/secrets/halo", None, demo.ADMIN, 409, "Conflict"),
    ("POST", "/api/organizations", {"name": "x", "tenantId": demo.CONTOSO.tenant_id}, demo.ADMIN, 409, "Conflict"),
)  # fmt: skip


async def test_every_answer_has_the_request_id_and_every_refusal_the_one_shape(world: World) -> None:
    sent = {"X-Request-Id": "contract-0001", "Origin": ORIGIN}
    for method, path, body, who, status, error in REFUSALS:
        answer = await world.ask(method, path, body, who=who, headers=sent)
        refused(answer, status, error)
        assert answer.headers["X-Request-Id"] == "contract-0001"
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        exposed = answer.headers["Access-Control-Expose-Headers"]
        assert {"X-Request-Id", "X-Next-Cursor", "ETag", "Retry-After"} <= set(exposed.split(", "))
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    preflight = sent | {"Access-Control-Request-Method": "DELETE"}
    for path in ("/api/forms/x", "/nowhere"):
        answer = await world.ask("OPTIONS", path, who=None, headers=preflight)
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (200, "contract-0001")
    for path in ("/api/health", "/api/openapi.json"):
        answer = await world.ask("GET", path, who=None)
        assert answer.status_code == 200
        assert len(answer.headers["X-Request-Id"]) == 36


async def test_who_asks_too_much_is_told_when_to_come_back(settings: Settings, identity: Identity) -> None:
    few = settings.model_copy(update={"rate_limit_per_minute": 6, "rate_limit_burst": 1})
    async with running(few, identity) as world:
        ok(await world.ask("GET", "/api/me"))
        answer = await world.ask("GET", "/api/me")
        refused(answer, 429, "TooManyRequests")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["X-Request-Id"]


async def test_details_name_every_wrong_field_by_its_path(world: World) -> None:
    body = {
        "name": "x" * 201,
        "linkedWorkflow": "greet",
        "formSchema": {"fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "colour"}]},
        "colour": "red",
    }
    answer = await world.ask("POST", "/api/forms", body, org_id=world.contoso)
    fields = refused(answer, 400, "ValidationError")["details"]["fields"]
    assert {"formSchema.fields.1.type", "colour"} <= set(fields), fields
    for query, name in (
        ({"actor": "x"}, "actor"),
        ({"organization": "x"}, "organization"),
        ({"from": "x"}, "from"),
    ):
        answer = await world.ask("GET", "/api/audit", query=query)
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == [name]
    for path, name in (
        ("/api/permissions/users/x", "userId"),
        ("/api/permissions/organizations/x", "orgId"),
        ("/api/permissions?userId={userId}&orgId=x", "orgId"),
    ):
        answer = await world.ask("DELETE" if "?" in path else "GET", path)
        assert list(refused(answer, 400, "ValidationError")["details"]["fields"]) == [name]
