"""Each document states what each route can answer when it does not do what it was asked.

What every route of a kind can answer follows from a rule; the rest is listed here, route by route.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from msp_devstack import openapi
from msp_http.openapi import operations

DOCUMENTS = {name: json.loads((openapi.FOLDER / f"{name}.json").read_text()) for name in openapi.DOCUMENTS}
ROUTES = [
    pytest.param(path, method, operation, id=f"{name} {method} {path}")
    for name, document in DOCUMENTS.items()
    for path, method, operation in operations(document)
]

PUBLIC = {"GET /api/health"}
BEYOND_THE_RULE: dict[str, set[str]] = {
    "POST /api/config": {"404"},
    "POST /api/forms/generate": {"404"},
    "POST /api/gdap/import": {"409", "502"},
    "GET /api/gdap/customers": {"409", "502"},
    "PATCH /api/organizations/{orgId}": {"409"},
    "POST /api/organizations/{orgId}/config": {"404"},
    "POST /api/organizations/{orgId}/tenant/verify": {"409", "412"},
    "POST /api/permissions": {"404"},
    "DELETE /api/organizations/{orgId}/secrets/{name}": {"409"},
    "DELETE /api/secrets/{name}": {"409"},
    "PATCH /api/users/{userId}": {"409"},
    "GET /api/data-providers/{name}": {"502", "504"},
    "POST /api/data-providers/{name}": {"502", "504"},
    "POST /api/executions/{executionId}/cancel": {"409"},
    "POST /api/forms/{formId}/submit": {"502", "504"},
    "POST /api/organizations/{orgId}/webhooks/{webhookId}/rotate": {"412"},
}
LESS_THAN_THE_RULE = {
    "GET /api/permissions/users/{userId}": {"404"},
    "GET /api/executions/users/{userId}": {"404"},
    # Whoever may not is told the same as with a wrong key; accepted events are never held off.
    "POST /api/webhooks/{orgId}/{webhookId}": {"403", "404", "429"},
    "GET /api/webhooks/{orgId}/{webhookId}/executions/{executionId}": {"403"},
}


def by_the_rule(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    """What a route can answer by its method, its path and what it takes."""
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    in_path = {part[1:-1] for part in path.split("/") if part.startswith("{")}
    has_body = "requestBody" in operation
    found = {"500", "503"}
    if f"{method} {path}" not in PUBLIC:
        found |= {"401", "403", "429"}
    if names or has_body:
        found |= {"400"}
    if in_path - {"orgId"} and method != "DELETE":
        found |= {"404"}
    if has_body:
        found |= {"413"}
    if method in {"PUT", "PATCH", "DELETE"} or "If-Match" in names:
        found |= {"412"}
    if "Idempotency-Key" in names:
        found |= {"409"}
    return found


@pytest.mark.parametrize(("path", "method", "operation"), ROUTES)
def test_a_route_states_its_error_answers(path: str, method: str, operation: dict[str, Any]) -> None:
    route = f"{method} {path}"
    expected = by_the_rule(path, method, operation)
    expected |= BEYOND_THE_RULE.get(route, set())
    expected -= LESS_THAN_THE_RULE.get(route, set())
    assert {status for status in operation["responses"] if status >= "400"} == expected


@pytest.mark.parametrize(("path", "method", "operation"), ROUTES)
def test_an_error_answer_has_the_error_shape_and_says_when_to_come_back(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    for status, response in operation["responses"].items():
        if status < "400" or f"{method} {path}" in PUBLIC:
            continue
        schema = response["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/ErrorBody"}, status
        assert ("Retry-After" in response.get("headers", {})) == (status in {"429", "502", "503", "504"})


@pytest.mark.parametrize(("path", "method", "operation"), ROUTES)
def test_a_route_says_in_a_sentence_what_it_does_and_no_parameter_takes_null(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"].endswith("."), operation["summary"]
    for parameter in operation.get("parameters", ()):
        assert {"type": "null"} not in parameter["schema"].get("anyOf", ()), parameter["name"]


def test_the_exceptions_name_routes_that_exist() -> None:
    routes = {f"{method} {path}" for doc in DOCUMENTS.values() for path, method, _ in operations(doc)}
    assert PUBLIC | set(BEYOND_THE_RULE) | set(LESS_THAN_THE_RULE) <= routes


def test_every_post_that_creates_can_be_repeated() -> None:
    document = DOCUMENTS["management-api"]
    for path, method, operation in operations(document):
        if method == "POST" and "201" in operation["responses"]:
            assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}, path
