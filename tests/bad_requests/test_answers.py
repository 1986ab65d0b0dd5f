"""The checks of the generated requests find what is wrong."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.bad_requests.answers import problems
from tests.bad_requests.generating import Draft, Source
from tests.bad_requests.operations import ROUTES

ERROR = {"error": "ValidationError", "message": "key: is too long.", "details": {}}
CREATED = {"orgId": "a"}
ROUTE = next(route for route in ROUTES if (route.method, route.path) == ("POST", "/api/roles"))
GET_ROLE = next(route for route in ROUTES if (route.method, route.path) == ("GET", "/api/roles/{roleId}"))


def _found(
    status: int, body: Any, *, draft: Draft | None = None, headers: dict[str, str] | None = None
) -> list[str]:
    answer = httpx.Response(
        status,
        headers={"Content-Type": "application/json"}
        | ({"X-Request-Id": "1"} if headers is None else headers),
        content=body if isinstance(body, bytes) else json.dumps(body).encode(),
        request=httpx.Request("POST", "http://management-api.test/api/roles"),
    )
    return list(problems(draft or Draft(ROUTE, Source.GOOD, {}), answer))


@pytest.mark.parametrize("status", [400, 401, 403, 409, 413, 429])
def test_a_documented_refusal_is_right(status: int) -> None:
    assert _found(status, ERROR) == []


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, ERROR, "500 is an error of ours"),
        (503, ERROR, "503 is an error of ours"),
        (502, ERROR, "502 is an error of ours"),
        (422, ERROR, "422 is not documented"),
        (404, ERROR, "404 is not documented"),
        (200, {}, "200 is not documented"),
        (400, b"Bad Request", "400 without JSON"),
        (400, {"detail": "no"}, "400 in another shape than that of errors"),
        (400, [], "400 in another shape than that of errors"),
        (400, ERROR | {"message": " "}, "400 without a sentence"),
        (400, ERROR | {"error": ""}, "400 without a code"),
        (400, ERROR | {"details": None}, "400 whose details are no object"),
        (400, ERROR | {"message": "Traceback (most recent call last)"}, "400 with a traceback"),
    ],
)
def test_a_wrong_answer_is_found(status: int, body: Any, problem: str) -> None:
    assert problem in _found(status, body)


def test_a_success_in_another_shape_than_the_document_says_is_found() -> None:
    assert [one.partition(":")[0] for one in _found(201, CREATED)] == ["JsonSchemaError"]


def test_an_answer_without_a_request_id_is_found() -> None:
    assert _found(400, ERROR, headers={}) == ["no X-Request-Id"]


@pytest.mark.parametrize("segment", ["a/b", ""])
def test_only_a_path_of_another_route_may_be_unknown(segment: str) -> None:
    elsewhere = Draft(GET_ROLE, Source.GOOD, {"roleId": segment})
    here = Draft(GET_ROLE, Source.GOOD, {"roleId": "a"})
    assert _found(405, ERROR, draft=elsewhere) == []
    assert _found(405, ERROR, draft=here) == ["405 is not documented"]
