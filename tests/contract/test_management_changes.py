"""Every change of the Management API: what it answers when repeated, and what the audit log says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.contract.management import ADDRESS, HALO, SECRET_VALUE, World, form, ok, refused, webhook

from msp_core.executions.models import ExecutionStatus
from msp_devstack import demo, openapi
from msp_http.openapi import operations

DOCUMENT = json.loads((openapi.FOLDER / "management-api.json").read_text())
ORG = "/api/organizations/{orgId}"
ROLE = "/api/roles/{roleId}"
GRANT = {"userId": "{userId}", "orgId": "{orgId}", "permissions": {"canViewHistory": True}}
REVOKE = "/api/permissions?userId={userId}&orgId={orgId}"
WEBHOOK = f"{ORG}/webhooks/{{webhookId}}"
SCHEDULE = "schedules/{workflowName}/{scheduleName}"
LEAP_DAY = f"{ORG}/schedules/greet/leap-day"
SWEEP = "/api/schedules/sweep/default"
ON, OFF = {"isEnabled": True}, {"isEnabled": False}


@dataclass(frozen=True)
class Change:
    """A change, in a world where everything is there already unless `first` takes it away or adds it.

    Args:
        sides: `b` if the entry says what was before, `a` if what is after.
        target: What the entry names; may hold `{name}`.
        home: Whose log it is in.
    """

    route: str
    path: str
    action: str
    sides: str
    target: str
    home: str = "{orgId}"
    body: Any = None
    org: bool = False
    first: tuple[str, str, Any] | None = None
    status: int = 200


CHANGES = (
    Change("POST /api/organizations", "/api/organizations", "organization.created", "a", "", "",
           {"name": "New"}, status=201),
    Change(f"PATCH {ORG}", ORG, "organization.updated", "ba", "{orgId}", body={"name": "Contoso Ltd"}),
    Change(f"DELETE {ORG}", ORG, "organization.deactivated", "ba", "{orgId}", status=204),
    Change(f"POST {ORG}/tenant/verify", f"{ORG}/tenant/verify", "organization.verified", "ba", "{orgId}"),
    Change(f"POST {ORG}/config", f"{ORG}/config", "config.set", "ba", "a",
           body={"key": "a", "value": "new"}, status=201),
    Change(f"POST {ORG}/config", f"{ORG}/config", "config.set", "a", "new",
           body={"key": "new", "value": "new"}, status=201),
    Change(f"DELETE {ORG}/config/{{key}}", f"{ORG}/config/a", "config.deleted", "b", "a", status=204),
    Change("POST /api/config", "/api/config", "config.set", "ba", "a", "GLOBAL",
           {"key": "a", "value": "new"}, status=201),
    Change("DELETE /api/config/{key}", "/api/config/a", "config.deleted", "b", "a", "GLOBAL", status=204),
    Change(f"PUT {ORG}/integrations/{{type}}", f"{ORG}/integrations/halopsa", "integration.set", "ba",
           "halopsa", body={"settings": HALO | {"clientId": "y"}}),
    Change(f"DELETE {ORG}/integrations/{{type}}", f"{ORG}/integrations/halopsa", "integration.deleted", "b",
           "halopsa", status=204),
    Change("PUT /api/integrations/{type}", "/api/integrations/halopsa", "integration.set", "ba", "halopsa",
           "GLOBAL", {"settings": HALO | {"clientId": "y"}}),
    Change("DELETE /api/integrations/{type}", "/api/integrations/halopsa", "integration.deleted", "b",
           "halopsa", "GLOBAL", status=204),
    Change(f"PUT {ORG}/secrets/{{name}}", f"{ORG}/secrets/mail", "secret.set", "ba", "mail",
           body={"value": SECRET_VALUE}),
    Change(f"DELETE {ORG}/secrets/{{name}}", f"{ORG}/secrets/mail", "secret.deleted", "b", "mail", status=204),
    Change("PUT /api/secrets/{name}", "/api/secrets/new_one", "secret.set", "a", "new-one", "GLOBAL",
           {"value": SECRET_VALUE}),
    Change("DELETE /api/secrets/{name}", "/api/secrets/two_words", "secret.deleted", "b", "two-words", "GLOBAL",
           first=("PUT", "/api/secrets/two-words", {"value": SECRET_VALUE}), status=204),
    Change("POST /api/permissions", "/api/permissions", "permission.granted", "ba", "{userId}", body=GRANT,
           status=201),
    Change("POST /api/permissions", "/api/permissions", "permission.granted", "a", "{userId}", body=GRANT,
           first=("DELETE", REVOKE, None), status=201),
    Change("DELETE /api/permissions", REVOKE, "permission.revoked", "b", "{userId}", status=204),
    Change("PATCH /api/users/{userId}", "/api/users/{clientId}", "user.updated", "ba", "{clientId}", "GLOBAL",
           {"isActive": False}),
    Change("POST /api/roles", "/api/roles", "role.created", "a", "", "GLOBAL", {"name": "New"}, status=201),
    Change("PUT /api/roles/{roleId}", ROLE, "role.updated", "ba", "{roleId}", "GLOBAL", {"name": "New"}),
    Change("DELETE /api/roles/{roleId}", ROLE, "role.deleted", "b", "{roleId}", "GLOBAL", status=204),
    Change("PUT /api/roles/{roleId}/users/{userId}", f"{ROLE}/users/{{clientId}}", "role.userAdded", "a",
           "{roleId}", "GLOBAL", status=204),
    Change("DELETE /api/roles/{roleId}/users/{userId}", f"{ROLE}/users/{{clientId}}", "role.userRemoved", "b",
           "{roleId}", "GLOBAL", first=("PUT", f"{ROLE}/users/{{clientId}}", None), status=204),
    Change("PUT /api/roles/{roleId}/forms/{formId}", f"{ROLE}/forms/{{formId}}", "role.formAdded", "a",
           "{roleId}", "GLOBAL", status=204),
    Change("DELETE /api/roles/{roleId}/forms/{formId}", f"{ROLE}/forms/{{formId}}", "role.formRemoved", "b",
           "{roleId}", "GLOBAL", first=("PUT", f"{ROLE}/forms/{{formId}}", None), status=204),
    Change("POST /api/forms", "/api/forms", "form.created", "a", "", body=form("New"), org=True, status=201),
    Change("POST /api/forms", "/api/forms", "form.created", "a", "", "GLOBAL", form("New", isGlobal=True),
           org=True, status=201),
    Change("PUT /api/forms/{formId}", "/api/forms/{formId}", "form.updated", "ba", "{formId}",
           body=form("New"), org=True),
    Change("DELETE /api/forms/{formId}", "/api/forms/{formId}", "form.deleted", "b", "{formId}", org=True,
           status=204),
    Change(f"POST {ORG}/webhooks", f"{ORG}/webhooks", "webhook.created", "a", "", body=webhook("New"), status=201),
    Change(f"PATCH {WEBHOOK}", WEBHOOK, "webhook.updated", "ba", "{webhookId}", body={"isActive": False}),
    Change(f"POST {WEBHOOK}/rotate", f"{WEBHOOK}/rotate", "webhook.rotated", "ba", "{webhookId}", body={}),
    Change(f"DELETE {WEBHOOK}", WEBHOOK, "webhook.deleted", "b", "{webhookId}", status=204),
    Change(f"PUT {ORG}/{SCHEDULE}", LEAP_DAY, "schedule.switched", "a", "greet/leap-day", body=OFF),
    Change(f"PUT {ORG}/{SCHEDULE}", LEAP_DAY, "schedule.switched", "ba", "greet/leap-day", body=OFF,
           first=("PUT", LEAP_DAY, ON)),
    Change(f"PUT /api/{SCHEDULE}", SWEEP, "schedule.switched", "a", "sweep/default", "GLOBAL", OFF),
    Change(f"PUT /api/{SCHEDULE}", SWEEP, "schedule.switched", "ba", "sweep/default", "GLOBAL", ON,
           first=("PUT", SWEEP, OFF)),
)  # fmt: skip
NO_CHANGE = {"POST /api/forms/generate"}
# Real calls: the room's tests have the other side.
CALLS_OUT = {
    "POST /api/gdap/import",
    f"POST {ORG}/integrations/{{type}}/test",
    "POST /api/integrations/{type}/test",
}
LISTS = (
    "/api/organizations", f"{ORG}/config", "/api/config", f"{ORG}/secrets", "/api/secrets",
    f"{ORG}/integrations", "/api/integrations", "/api/permissions/users/{userId}",
    "/api/permissions/organizations/{orgId}", "/api/users", "/api/roles", ROLE, "/api/forms",
    f"{ORG}/webhooks", LEAP_DAY, SWEEP,
)  # fmt: skip


def _filled(world: World, value: Any) -> Any:
    if isinstance(value, str):
        return world.filled(value)
    return {key: _filled(world, one) for key, one in value.items()} if isinstance(value, dict) else value


async def make(world: World, change: Change, **headers: str) -> Any:
    return await world.ask(
        change.route.partition(" ")[0],
        change.path,
        _filled(world, change.body),
        org_id=world.contoso if change.org else None,
        headers=headers,
    )


async def everything(world: World) -> str:
    """What every list shows, without moments and versions."""
    shown = []
    for path in LISTS:
        answer = await world.ask("GET", path, org_id=world.contoso if path == "/api/forms" else None)
        shown.append(f"{path} {answer.status_code} {json.dumps(_timeless(answer.json()))}")
    return "\n".join(shown)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        moving = {"etag", "updatedAt", "grantedAt", "addedAt", "verifiedAt", "lastLogin"}
        return {key: _timeless(one) for key, one in value.items() if key not in moving}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


def test_every_changing_route_is_in_the_table() -> None:
    routes = {f"{method} {path}" for path, method, _ in operations(DOCUMENT) if method != "GET"}
    assert {change.route for change in CHANGES} == routes - NO_CHANGE - CALLS_OUT


async def test_every_change_is_audited_with_who_where_from_before_and_after(world: World) -> None:
    # A world for each would take minutes: each change finds what the one before it left, put back.
    for number, change in enumerate(CHANGES):
        if change.first is not None:
            ok_any(await world.ask(change.first[0], change.first[1], _filled(world, change.first[2])))
        request_id = f"contract-{number:04}"
        answer = await make(world, change, **{"X-Request-Id": request_id})
        assert answer.status_code == change.status, f"{change.route}: {answer.text}"
        entries = await world.get("/api/audit", query={"action": change.action, "limit": "1"})
        assert len(entries) == 1, change
        (entry,) = entries
        assert entry["requestId"] == request_id, change
        assert entry["ip"] == ADDRESS
        assert (entry["actorId"], entry["actorEmail"]) == (demo.ADMIN.user_id, demo.ADMIN.email)
        assert entry["at"].endswith("Z")
        made = answer.json() if answer.content else {}
        assert entry["target"] == (world.filled(change.target) or made["id"]), change
        assert entry["orgId"] == (world.filled(change.home) or made["id"]), change
        sides = ("b" if entry["before"] is not None else "") + ("a" if entry["after"] is not None else "")
        assert sides == change.sides, (change, entry)
        if sides == "ba" and not change.action.startswith("secret."):
            assert entry["before"] != entry["after"], change
        assert SECRET_VALUE not in json.dumps(entry)
        await put_back(world, change)


async def put_back(world: World, change: Change) -> None:
    """Have again what later changes need."""
    if change.action == "organization.deactivated":
        ok(await world.ask("PATCH", ORG, {"isActive": True}))
    if change.action == "user.updated":
        ok(await world.ask("PATCH", "/api/users/{clientId}", {"isActive": True}))
    if change.action == "role.deleted":
        world.names["roleId"] = ok(await world.ask("POST", "/api/roles", {"name": "Again"}), 201)["id"]
    if change.action == "webhook.deleted":
        made = ok(await world.ask("POST", f"{ORG}/webhooks", webhook("Again")), 201)
        world.names["webhookId"] = made["id"]


def ok_any(answer: Any) -> None:
    assert answer.is_success, answer.text


async def test_the_same_put_or_delete_again_changes_nothing_more(world: World) -> None:
    for change in CHANGES:
        if not change.route.startswith(("PUT", "DELETE", "PATCH")):
            continue
        if change.first is not None:
            ok_any(await world.ask(change.first[0], change.first[1], _filled(world, change.first[2])))
        first = await make(world, change)
        assert first.status_code == change.status, f"{change.route}: {first.text}"
        shown = await everything(world)
        again = await make(world, change, **{"X-Request-Id": "the-second-time"})
        assert again.status_code == change.status, f"{change.route}: {again.text}"
        assert await everything(world) == shown, change.route
        if change.route.startswith("DELETE"):
            (newest,) = await world.get("/api/audit", query={"limit": "1"})
            assert newest["requestId"] != "the-second-time", change.route
        await put_back(world, change)


async def test_deleting_what_never_was_is_fine_and_a_lost_answer_may_be_asked_for_again(world: World) -> None:
    nobody = "c0000000-0000-4000-8000-00000000ffff"
    for path, org in (
        (f"{ORG}/config/none", None),
        (f"{ORG}/secrets/none", None),
        (f"/api/roles/{nobody}", None),
        (f"{ROLE}/users/{{userId}}", None),
        (f"{ROLE}/forms/{nobody}", None),
        (f"/api/forms/{nobody}", world.contoso),
        (f"{ORG}/webhooks/{nobody}", None),
        (f"{ORG}/webhooks/{{otherWebhookId}}", None),
    ):
        ok(await world.ask("DELETE", path, org_id=org), 204)
    refused(await world.ask("DELETE", f"/api/organizations/{nobody}"), 403, "Forbidden")
    (item,) = [one for one in await world.get(f"{ORG}/config") if one["key"] == "a"]
    role = (await world.ask("GET", ROLE)).headers["ETag"]
    ok(await world.ask("GET", f"/api/organizations/{world.fabrikam}/webhooks/{{otherWebhookId}}"))
    hook = (await world.get(WEBHOOK))["etag"]
    for path, etag in ((f"{ORG}/config/a", item["etag"]), (ROLE, role), (WEBHOOK, hook)):
        for _ in range(2):
            ok(await world.ask("DELETE", path, headers={"If-Match": etag}), 204)
    organization = await world.ask("GET", ORG)
    for _ in range(2):
        ok(await world.ask("DELETE", ORG, headers={"If-Match": organization.headers["ETag"]}), 204)


async def test_a_secret_that_is_named_somewhere_is_deleted_by_force_only(world: World) -> None:
    reference = {"key": "mail.password", "value": "mail", "type": "secret_ref"}
    ok(await world.ask("POST", f"{ORG}/config", reference), 201)
    for path, found in (
        (f"{ORG}/secrets/mail", [("config", world.contoso, "mail.password")]),
        (
            f"{ORG}/secrets/halo",
            [("integration", world.contoso, "halopsa"), ("integration", "GLOBAL", "halopsa")],
        ),
        ("/api/secrets/mail", [("config", world.contoso, "mail.password")]),
        ("/api/secrets/graph", [("integration", "GLOBAL", "msgraph")]),
    ):
        for force in ({}, {"force": "false"}):
            answer = await world.ask("DELETE", path, query=force)
            references = refused(answer, 409, "Conflict")["details"]["references"]
            assert {(one["kind"], one["orgId"], one["key"]) for one in references} == set(found), path
        listed = path.rpartition("/")[0]
        name = path.rpartition("/")[2]
        assert name in [one["name"] for one in await world.get(listed)]
        ok(await world.ask("DELETE", path, query={"force": "true"}), 204)
        left = [one for one in await world.get(listed) if not one["inherited"]]
        assert name not in [one["name"] for one in left]


async def test_no_answer_ever_carries_a_secret(world: World) -> None:
    of_header = {"/api/forms", "/api/executions", "/api/schedules", "/api/schedules/slots"}
    for path in (*LISTS, *of_header, "/api/me", "/api/audit", "/api/integration-types", ORG, WEBHOOK):
        org = world.contoso if path in of_header else None
        answer = await world.ask("GET", path, org_id=org)
        assert answer.status_code == 200, path
        assert SECRET_VALUE not in answer.text, path
    for body in ({"value": SECRET_VALUE, "note": SECRET_VALUE}, {"value": [SECRET_VALUE]}, SECRET_VALUE):
        answer = await world.ask("PUT", f"{ORG}/secrets/mail", body)
        refused(answer, 400, "ValidationError")
        assert SECRET_VALUE not in answer.text
    answer = await world.ask("PUT", f"{ORG}/secrets/mail", {"value": SECRET_VALUE})
    assert SECRET_VALUE not in answer.text + str(answer.headers)


BODIES: dict[str, set[str]] = {
    "Organization": {
        "id", "name", "tenantId", "isActive", "tags", "createdAt", "createdBy", "updatedAt", "tenantLink", "etag",
    },
    "Config": {
        "key", "value", "type", "description", "updatedAt", "updatedBy", "scope", "overrides", "inherited",
        "globalValue", "globalType", "etag",
    },
    "Permission": {
        "userId", "orgId", "canExecuteWorkflows", "canManageConfig", "canManageForms", "canViewHistory",
        "grantedBy", "grantedAt", "etag",
    },
    "Form": {
        "id", "name", "description", "linkedWorkflow", "formSchema", "isGlobal", "isActive",
        "runInBackground", "createdBy", "createdAt", "updatedAt", "etag",
    },
    "Execution": {
        "executionId", "workflowName", "organizationId", "formId", "executedBy", "executedByName", "trigger",
        "status", "inputData", "result", "error", "durationMs", "startedAt", "completedAt", "progress",
        "contentHash", "ipAddress", "checkpoints", "integrationCalls", "variables", "timeoutSeconds",
        "cancelRequested", "attempts", "nextAttemptAt",
    },
    "Logs": {"items", "next", "done", "status", "progress"},
    "Webhook": {
        "id", "organizationId", "name", "workflowName", "path", "authentication", "parameters", "payloadParameter",
        "allowedAddresses", "isActive", "createdAt", "createdBy", "updatedAt", "keyHint", "keyCreatedAt",
        "previousKeyHint", "previousKeyValidUntil", "lastUsedAt", "etag",
    },
    "Schedule": {
        "workflowName", "scheduleName", "organizationId", "organizationName", "cron", "timezone", "description",
        "overlap", "isEnabled", "nextRuns", "lastRun", "lastDay", "lastWeek", "etag",
    },
    "Switch": {"workflowName", "scheduleName", "isEnabled", "changedAt", "changedBy", "etag"},
}  # fmt: skip


async def test_bodies_have_the_names_of_the_contract_and_null_where_nothing_is(world: World) -> None:
    execution = await world.execution(demo.TECHNICIAN, world.contoso, ExecutionStatus.SUCCESS)
    path, org = f"/api/executions/{execution.execution_id}", world.contoso
    found = {
        "Organization": await world.get("/api/organizations/{thirdOrgId}"),
        "Config": (await world.get(f"{ORG}/config"))[0],
        "Permission": (await world.get("/api/permissions/users/{userId}"))[0],
        "Form": await world.get("/api/forms/{formId}", org_id=org),
        "Execution": await world.get(path, org_id=org),
        "Logs": await world.get(f"{path}/logs", org_id=org),
        "Webhook": await world.get(WEBHOOK),
        "Schedule": (await world.get("/api/schedules", org_id=org))[0],
        "Switch": await world.get(LEAP_DAY),
    }
    assert {name: set(body) for name, body in found.items()} == BODIES
    organization = found["Organization"]
    assert organization["tenantId"] is None
    link: dict[str, Any] = {
        "status": "notLinked",
        "verifiedAt": None,
        "reason": None,
        "roles": [],
        "endsAt": None,
    }
    assert organization["tenantLink"] == link
    webhook_unused = found["Webhook"]
    assert (webhook_unused["previousKeyHint"], webhook_unused["lastUsedAt"]) == (None, None)
    untouched = found["Switch"]
    assert (untouched["isEnabled"], untouched["changedAt"], untouched["etag"]) == (True, None, None)
    assert (found["Schedule"]["lastRun"], found["Execution"]["nextAttemptAt"]) == (None, None)
    config = found["Config"]
    assert (config["scope"], config["overrides"], config["inherited"]) == ("org", True, False)
    assert config["globalValue"] == "/api"
    for body in found.values():
        for name, value in body.items():
            if name.endswith("At") and value is not None:
                assert value.endswith("Z"), name
