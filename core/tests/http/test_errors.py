"""What goes wrong becomes the right status, in one shape."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

import msp_core
from msp_automation import errors as sdk
from msp_core import errors as core
from msp_http.errors import STATUS_OF_KIND, install_error_handlers, status_of


def every_kind(root: type[core.MspError]) -> Iterator[type[core.MspError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from every_kind(kind)


class Child(BaseModel):
    size: int


class Body(BaseModel):
    name: str
    children: list[Child] = []


def make_app(error: Exception | None = None) -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/fails")
    async def fails() -> None:
        if error is not None:
            raise error

    @app.post("/takes")
    async def takes(body: Body, limit: int = 1) -> None: ...

    return app


async def ask(app: FastAPI, method: str, path: str, content: str | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(
            method, path, content=content, headers={"content-type": "application/json"}
        )


@pytest.mark.parametrize(("current", "told"), [("an-etag", '"YW4tZXRhZw"'), (None, None)])
async def test_who_lost_a_race_is_told_the_version_that_won(current: str | None, told: str | None) -> None:
    answer = await ask(make_app(core.PreconditionFailed.changed(current)), "GET", "/fails")
    assert answer.status_code == 412
    assert answer.json()["details"] == {"currentEtag": told}


def test_every_kind_of_error_has_a_status_of_its_own_or_of_its_parent() -> None:
    for module in pkgutil.walk_packages(msp_core.__path__, "msp_core."):
        importlib.import_module(module.name)
    kinds = list(every_kind(core.MspError))
    assert len(kinds) > len(STATUS_OF_KIND)
    ours = {kind.__name__ for kind in kinds if status_of(kind.__new__(kind)) == 500}
    # A row that nobody can read is a fault of ours; whatever else would be a 500 belongs in the table.
    assert ours == {"UnreadableRow"}


def test_every_status_of_the_contract_is_reachable() -> None:
    assert set(STATUS_OF_KIND.values()) == {400, 401, 403, 404, 409, 412, 413, 429, 502, 503, 504}


@pytest.mark.parametrize("kind", [core.Unavailable, core.TooManyRequests, core.UpstreamTimeout])
async def test_what_may_succeed_later_says_when(kind: type[core.RetryableError]) -> None:
    answer = await ask(make_app(kind("Later.", retry_after_seconds=7)), "GET", "/fails")
    assert answer.headers["Retry-After"] == "7"
    assert answer.json() == {"error": kind.code, "message": "Later.", "details": {}}


async def test_a_missing_sign_in_names_the_scheme() -> None:
    answer = await ask(make_app(core.Unauthenticated("Sign in.")), "GET", "/fails")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_wrong_fields_are_named_by_path_without_the_refused_value() -> None:
    body = '{"children": [{"size": 1}, {"size": "hunter2"}]}'
    answer = await ask(make_app(), "POST", "/takes?limit=x", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "ValidationError"
    assert set(answer.json()["details"]["fields"]) == {"limit", "name", "children.1.size"}
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("body", ["{", "", "[1]", "null", '"text"', "\x00"])
async def test_a_body_that_is_no_object_is_a_validation_error(body: str) -> None:
    answer = await ask(make_app(), "POST", "/takes", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "ValidationError"
    assert set(answer.json()["details"]["fields"]) == {"body"}


async def test_an_error_may_repeat_what_utf_8_cannot_write() -> None:
    error = core.Invalid(
        "There is no field \ud800.", details={"fields": {"\ud800": "is unknown", "naïve": "too"}}
    )
    answer = await ask(make_app(error), "GET", "/fails")
    assert answer.status_code == 400
    assert answer.json()["message"] == "There is no field ?."
    assert answer.json()["details"]["fields"] == {"?": "is unknown", "naïve": "too"}


async def test_unknown_addresses_and_methods_have_the_same_shape() -> None:
    nowhere = await ask(make_app(), "GET", "/nowhere")
    assert (nowhere.status_code, nowhere.json()["error"]) == (404, "NotFound")
    wrong_method = await ask(make_app(), "DELETE", "/takes")
    assert (wrong_method.status_code, wrong_method.json()["error"]) == (405, "MethodNotAllowed")
    assert wrong_method.headers["Allow"] == "POST"


async def test_an_authors_validation_error_keeps_its_fields() -> None:
    error = sdk.ValidationError.for_fields({"email": "is no address"})
    answer = await ask(make_app(error), "GET", "/fails")
    assert answer.status_code == 400
    assert answer.json()["details"] == {"fields": {"email": "is no address"}}
