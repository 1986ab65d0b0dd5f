"""Who is let in where: every route, every kind of person, one organization's ids in all places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import httpx
import pytest
from management_people import (
    ADMIN,
    CLIENT_USER,
    DISABLED,
    OTHER_CLIENT_USER,
    OTHER_TECHNICIAN,
    STRANGER,
    TECHNICIAN,
)
from management_platform import Platform, World, at, ok, refused

from msp_core.permissions.models import Permission
from msp_devstack.demo import DemoPerson
from msp_http.openapi import operations, public_routes

FORM = "f0000000-0000-4000-8000-000000000001"
ROLE = "d0000000-0000-4000-8000-000000000001"
EXECUTION = "01900000-0000-7000-8000-000000000001"
FLAGS = {"canExecuteWorkflows": True}
FORM_BODY = {"name": "A form", "linkedWorkflow": "greet", "formSchema": {"fields": []}}
CONTOSO_ONLY = "Contoso only"


class Who(Enum):
    """Who may call a route, besides admins."""

    ADMIN = auto()
    CONFIG = auto()
    FORMS = auto()
    FORMS_OR_RUNS = auto()
    HISTORY = auto()
    TECHNICIAN = auto()
    MSP = auto()
    MEMBER = auto()
    KNOWN = auto()


@dataclass(frozen=True)
class Case:
    """One route with a request to it, about Contoso."""

    method: str
    path: str
    who: Who
    json: Any = None
    params: dict[str, str] | None = None


ORG = "/api/organizations/{orgId}"
SCHEDULE = "{workflowName}/{scheduleName}"
CASES = (
    Case("GET", "/api/me", Who.KNOWN),
    Case("GET", "/api/metrics", Who.MSP),
    Case("GET", "/api/organizations", Who.KNOWN),
    Case("POST", "/api/organizations", Who.ADMIN, {"name": "New"}),
    Case("GET", ORG, Who.MEMBER),
    Case("PATCH", ORG, Who.ADMIN, {"name": CONTOSO_ONLY}),
    Case("POST", f"{ORG}/tenant/verify", Who.ADMIN),
    Case("GET", "/api/gdap/customers", Who.ADMIN),
    Case("POST", "/api/gdap/import", Who.ADMIN, {"tenantIds": ["a0000000-0000-4000-8000-000000000004"]}),
    Case("GET", f"{ORG}/config", Who.CONFIG),
    Case("POST", f"{ORG}/config", Who.CONFIG, {"key": "a", "value": "b"}),
    Case("DELETE", f"{ORG}/config/{{key}}", Who.CONFIG),
    Case("GET", "/api/config", Who.ADMIN),
    Case("GET", "/api/config/overrides", Who.ADMIN),
    Case("POST", "/api/config", Who.ADMIN, {"key": "a", "value": "b"}),
    Case("DELETE", "/api/config/{key}", Who.ADMIN),
    Case("GET", f"{ORG}/secrets", Who.ADMIN),
    Case("PUT", f"{ORG}/secrets/{{name}}", Who.ADMIN, {"value": "not-for-anybody"}),
    Case("DELETE", f"{ORG}/secrets/{{name}}", Who.ADMIN),
    Case("GET", "/api/secrets", Who.ADMIN),
    Case("PUT", "/api/secrets/{name}", Who.ADMIN, {"value": "not-for-anybody"}),
    Case("DELETE", "/api/secrets/{name}", Who.ADMIN),
    Case("GET", "/api/integration-types", Who.KNOWN),
    Case("GET", f"{ORG}/integrations", Who.CONFIG),
    Case("PUT", f"{ORG}/integrations/{{type}}", Who.CONFIG, {"settings": {}}),
    Case("POST", f"{ORG}/integrations/{{type}}/test", Who.CONFIG),
    Case("DELETE", f"{ORG}/integrations/{{type}}", Who.CONFIG),
    Case("GET", "/api/integrations", Who.ADMIN),
    Case("PUT", "/api/integrations/{type}", Who.ADMIN, {"settings": {}}),
    Case("POST", "/api/integrations/{type}/test", Who.ADMIN),
    Case("DELETE", "/api/integrations/{type}", Who.ADMIN),
    Case("GET", "/api/permissions/users/{userId}", Who.ADMIN),
    Case("GET", "/api/permissions/organizations/{orgId}", Who.ADMIN),
    Case(
        "POST", "/api/permissions", Who.ADMIN,
        {"userId": "{userId}", "orgId": "{orgId}", "permissions": FLAGS},
    ),
    Case("DELETE", "/api/permissions", Who.ADMIN, params={"userId": "{userId}", "orgId": "{orgId}"}),
    Case("GET", "/api/users", Who.ADMIN),
    Case("GET", "/api/users/{userId}", Who.ADMIN),
    Case("PATCH", "/api/users/{userId}", Who.ADMIN, {"isActive": True}),
    Case("GET", "/api/roles", Who.ADMIN),
    Case("POST", "/api/roles", Who.ADMIN, {"name": "Reception"}),
    Case("GET", "/api/roles/{roleId}", Who.ADMIN),
    Case("PUT", "/api/roles/{roleId}", Who.ADMIN, {"name": "Reception"}),
    Case("PUT", "/api/roles/{roleId}/users/{userId}", Who.ADMIN),
    Case("DELETE", "/api/roles/{roleId}/users/{userId}", Who.ADMIN),
    Case("PUT", "/api/roles/{roleId}/forms/{formId}", Who.ADMIN),
    Case("DELETE", "/api/roles/{roleId}/forms/{formId}", Who.ADMIN),
    Case("DELETE", "/api/roles/{roleId}", Who.ADMIN),
    Case("GET", "/api/forms", Who.MEMBER),
    Case("POST", "/api/forms", Who.FORMS, FORM_BODY),
    Case("POST", "/api/forms/generate", Who.FORMS_OR_RUNS, {"workflowName": "greet"}),
    Case("GET", "/api/forms/{formId}", Who.MEMBER),
    Case("PUT", "/api/forms/{formId}", Who.FORMS, FORM_BODY),
    Case("DELETE", "/api/forms/{formId}", Who.FORMS),
    Case("GET", f"{ORG}/webhooks", Who.ADMIN),
    Case("POST", f"{ORG}/webhooks", Who.ADMIN, {"name": "Hook", "workflowName": "greet"}),
    Case("GET", f"{ORG}/webhooks/{{webhookId}}", Who.ADMIN),
    Case("PATCH", f"{ORG}/webhooks/{{webhookId}}", Who.ADMIN, {"name": CONTOSO_ONLY}),
    Case("POST", f"{ORG}/webhooks/{{webhookId}}/rotate", Who.ADMIN, {}),
    Case("DELETE", f"{ORG}/webhooks/{{webhookId}}", Who.ADMIN),
    Case("GET", "/api/executions", Who.HISTORY),
    Case("GET", "/api/executions/latest", Who.MSP),
    Case("GET", "/api/executions/users/{userId}", Who.ADMIN),
    Case("GET", "/api/executions/{executionId}", Who.MEMBER),
    Case("GET", "/api/executions/{executionId}/logs", Who.MEMBER),
    Case("GET", "/api/schedules", Who.HISTORY),
    Case("GET", "/api/schedules/slots", Who.HISTORY),
    Case("GET", f"{ORG}/schedules/{SCHEDULE}", Who.CONFIG),
    Case("PUT", f"{ORG}/schedules/{SCHEDULE}", Who.CONFIG, {"isEnabled": False}),
    Case("GET", f"/api/schedules/{SCHEDULE}", Who.ADMIN),
    Case("PUT", f"/api/schedules/{SCHEDULE}", Who.ADMIN, {"isEnabled": False}),
    Case("GET", "/api/executions/{executionId}/values/{valueId}", Who.MEMBER),
    Case("GET", "/api/audit", Who.ADMIN),
    Case("DELETE", ORG, Who.ADMIN),
)  # fmt: skip

NEEDS = {
    Who.CONFIG: {Permission.CAN_MANAGE_CONFIG},
    Who.FORMS: {Permission.CAN_MANAGE_FORMS},
    Who.FORMS_OR_RUNS: {Permission.CAN_MANAGE_FORMS, Permission.CAN_EXECUTE_WORKFLOWS},
    Who.HISTORY: {Permission.CAN_VIEW_HISTORY},
}


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, dict):
        return {key: _filled(one, names) for key, one in value.items()}
    return value


async def send(client: httpx.AsyncClient, case: Case, world: World) -> httpx.Response:
    """The case's request, every id in it Contoso's."""
    names = {
        "orgId": world.contoso,
        "userId": OTHER_CLIENT_USER.user_id,
        "roleId": ROLE,
        "formId": FORM,
        "executionId": EXECUTION,
        "webhookId": EXECUTION,
        "key": "a",
        "name": "a",
        "type": "msgraph",
        "workflowName": "greet",
        "scheduleName": "nightly",
    }
    return await client.request(
        case.method,
        _filled(case.path, names),
        json=_filled(case.json, names),
        params=_filled(case.params, names),
        headers=at(world.contoso),
    )


async def refusals(world: World, client: httpx.AsyncClient, cases: Iterable[Case]) -> set[str]:
    """The cases that are answered 403; their answers say nothing of the organization."""
    found: set[str] = set()
    for case in cases:
        answer = await send(client, case, world)
        assert answer.status_code not in {401, 500, 503}, f"{case}: {answer.status_code} {answer.text}"
        if answer.status_code == 403:
            assert set(answer.json()) == {"error", "message", "details"}
            assert CONTOSO_ONLY not in answer.text
            found.add(f"{case.method} {case.path}")
    return found


def names_of(*kinds: Who) -> set[str]:
    return {f"{case.method} {case.path}" for case in CASES if case.who in kinds}


@pytest.fixture
async def marked(world: World) -> World:
    """Contoso by a name that must not get out."""
    ok(await world.admin.patch(f"/api/organizations/{world.contoso}", json={"name": CONTOSO_ONLY}))
    return world


def test_the_table_has_every_route(platform: Platform) -> None:
    routes = {f"{method} {path}" for path, method, _ in operations(platform.app.openapi())}
    assert {f"{case.method} {case.path}" for case in CASES} == routes - {"GET /api/health"}


def test_only_these_routes_are_public(platform: Platform) -> None:
    assert public_routes(platform.app) == {
        "GET /api/health",
        "GET /api/openapi.json",
        "GET /api/docs",
    }


async def test_an_admin_is_refused_nowhere(marked: World) -> None:
    await marked.sign_in(OTHER_CLIENT_USER)
    assert await refusals(marked, marked.admin, CASES) == set()


@pytest.mark.parametrize("permission", Permission)
async def test_a_technician_may_do_what_the_permission_says(marked: World, permission: Permission) -> None:
    await marked.grant(TECHNICIAN, marked.contoso, permission.value)
    open_to_all = {Who.KNOWN, Who.MSP, Who.MEMBER, Who.TECHNICIAN}
    allowed = open_to_all | {who for who, needed in NEEDS.items() if permission in needed}
    refused_routes = await refusals(marked, marked.as_(TECHNICIAN), CASES)
    assert refused_routes == names_of(*(set(Who) - allowed))


async def test_a_technician_without_any_permission_there_is_refused(marked: World) -> None:
    every = [permission.value for permission in Permission]
    await marked.grant(OTHER_TECHNICIAN, marked.fabrikam, *every)
    refused_routes = await refusals(marked, marked.as_(OTHER_TECHNICIAN), CASES)
    assert refused_routes == names_of(*(set(Who) - {Who.KNOWN, Who.MSP}))


async def test_a_client_user_sees_their_own_organization_only(marked: World) -> None:
    refused_routes = await refusals(marked, marked.as_(CLIENT_USER), CASES)
    assert refused_routes == names_of(*(set(Who) - {Who.KNOWN, Who.MEMBER}))


async def test_a_client_user_of_another_organization_is_refused(marked: World) -> None:
    foreign = [case for case in CASES if OTHER_CLIENT_USER.user_id not in str(case)]
    own_id = {"GET /api/permissions/users/{userId}", "GET /api/executions/users/{userId}"}
    refused_routes = await refusals(marked, marked.as_(OTHER_CLIENT_USER), foreign)
    assert refused_routes == names_of(*(set(Who) - {Who.KNOWN})) - own_id


async def test_a_stranger_is_refused_everywhere(marked: World) -> None:
    client = marked.as_(STRANGER)
    assert await refusals(marked, client, CASES) == names_of(*Who)
    refused(await client.get("/api/me"), 403, "NoAccess")


async def test_a_disabled_person_is_refused_everywhere_from_the_next_request_on(marked: World) -> None:
    await marked.grant(DISABLED, marked.contoso, *(permission.value for permission in Permission))
    ok(await marked.as_(DISABLED).get("/api/executions", headers=at(marked.contoso)))
    ok(await marked.admin.patch(f"/api/users/{DISABLED.user_id}", json={"isActive": False}))
    assert await refusals(marked, marked.as_(DISABLED), CASES) == names_of(*Who)
    refused(await marked.as_(DISABLED).get("/api/me"), 403, "AccountDisabled")


async def test_nobody_gets_in_without_a_token(marked: World) -> None:
    client = marked.platform.with_token(None)
    for case in CASES:
        answer = await send(client, case, marked)
        refused(answer, 401, "Unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert CONTOSO_ONLY not in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"iss": "https://login.microsoftonline.com/x/v2.0"},
        {"exp": 1_700_000_000},
        {"nbf": 4_000_000_000},
        {"tid": "10000000-0000-4000-8000-0000000000ff"},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_a_token_that_does_not_hold_is_refused(platform: Platform, claims: dict[str, Any]) -> None:
    client = platform.with_token(platform.identity.token(ADMIN, **claims))
    refused(await client.get("/api/organizations"), 401, "Unauthorized")


async def test_an_organization_must_be_named(world: World) -> None:
    for headers in ({}, at(""), at("not-a-uuid"), at("GLOBAL"), at(f"{world.contoso}'")):
        refused(await world.admin.get("/api/forms", headers=headers), 400, "ValidationError")


async def test_revoking_counts_from_the_next_request_on(world: World) -> None:
    await world.grant(TECHNICIAN, world.contoso, "canManageConfig")
    client, path = world.as_(TECHNICIAN), f"/api/organizations/{world.contoso}/config"
    ok(await client.get(path))
    query = {"userId": TECHNICIAN.user_id, "orgId": world.contoso}
    ok(await world.admin.delete("/api/permissions", params=query), 204)
    refused(await client.get(path), 403, "Forbidden")


async def test_an_admin_by_app_role_of_another_tenant_is_none(world: World) -> None:
    person: DemoPerson = CLIENT_USER
    token = world.platform.identity.token(person, roles=["Platform.Admin"])
    refused(await world.platform.with_token(token).get("/api/users"), 403, "Forbidden")
