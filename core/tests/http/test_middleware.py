"""Each answer has an id and safe headers, whatever happened on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from msp_http.errors import install_error_handlers
from msp_http.middleware import install_middleware, request_id_of
from msp_http.options import HttpOptions

ORIGIN = "https://app.example"


class Container:
    """Only what the layers read."""

    http = HttpOptions(
        cors_origins=(ORIGIN,), max_body_bytes=1000, upload_path=r"/raw/[^/]+/files", max_upload_bytes=5000
    )
    token_validator: Any = None
    scope_resolver: Any = None

    async def start(self) -> None: ...

    async def close(self) -> None: ...


def make_app() -> FastAPI:
    app = FastAPI()

    @app.get("/fine")
    async def fine() -> dict[str, Any]:
        return structlog.contextvars.get_contextvars()

    @app.get("/bind")
    async def bind() -> None:
        structlog.contextvars.bind_contextvars(org_id="an-organization", user_id="somebody")

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("the password is hunter2")

    @app.post("/json")
    async def takes_json(body: dict[str, Any]) -> int:
        return len(body)

    @app.post("/raw")
    async def takes_raw(request: Request) -> int:
        return len(await request.body())

    install_error_handlers(app)
    install_middleware(app, Container())
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=make_app()), base_url="http://test"
    ) as client:
        yield client


@pytest.fixture
def _log_by_default() -> Iterator[None]:
    """Whatever an app that ran before has set up, and how loud."""
    configured = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**configured)


@pytest.mark.usefixtures("_log_by_default")
async def test_what_a_request_binds_into_the_log_ends_with_it(client: httpx.AsyncClient) -> None:
    with structlog.contextvars.bound_contextvars(service="management"):
        # All in this very task, as a host may do.
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
            await client.get("/bind")
        assert [(line["org_id"], line["user_id"]) for line in logs] == [("an-organization", "somebody")]
        assert structlog.contextvars.get_contextvars() == {"service": "management"}
        assert set((await client.get("/fine")).json()) == {"service", "request_id"}


async def test_a_sane_request_id_is_kept_and_bound_into_the_log(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fine", headers={"X-Request-Id": "caller-id-1234"})
    assert answer.headers["X-Request-Id"] == "caller-id-1234"
    assert answer.json()["request_id"] == "caller-id-1234"


@pytest.mark.parametrize(
    "incoming", [None, "", "short", "with space here", "a" * 129, 'x"quote"-12', "ümlaut-id"]
)
def test_a_request_id_that_could_hurt_a_log_is_replaced(incoming: str | None) -> None:
    replaced = request_id_of(incoming)
    assert replaced != incoming
    assert request_id_of(replaced) == replaced


async def test_the_id_of_one_request_is_not_seen_by_the_next(client: httpx.AsyncClient) -> None:
    first = (await client.get("/fine")).headers["X-Request-Id"]
    second = (await client.get("/fine")).headers["X-Request-Id"]
    assert first != second
    assert structlog.contextvars.get_contextvars() == {}


async def test_a_crash_is_answered_in_the_error_shape_and_logged_with_its_traceback(
    client: httpx.AsyncClient,
) -> None:
    with capture_logs() as logs:
        answer = await client.get("/crash", headers={"Origin": ORIGIN})
    assert answer.status_code == 500
    assert answer.json()["error"] == "InternalError"
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["X-Request-Id"]
    crash = next(line for line in logs if line["event"] == "request_crashed")
    assert crash["exc_info"]


@pytest.mark.parametrize("path", ["/fine", "/nowhere", "/crash"])
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/json", "/raw"])
async def test_a_body_over_the_limit_is_refused_by_its_declared_length(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.post(path, content=b"x" * 1001)
    assert (answer.status_code, answer.json()["error"]) == (413, "PayloadTooLarge")


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/raw/a/files", 5000),
        ("PUT", "/raw/a/files", 1000),
        ("POST", "/raw/a/files/b", 1000),
        ("POST", "/raw/a/b/files", 1000),
        ("POST", "/x/raw/a/files", 1000),
        ("POST", "/raw/a%2Fb/files", 1000),
        ("POST", "/raw/a/files%0A", 1000),
    ],
)
async def test_only_where_files_are_posted_bodies_may_be_as_large_as_files(
    client: httpx.AsyncClient, method: str, path: str, limit: int
) -> None:
    assert (await client.request(method, path, content=b"x" * limit)).status_code != 413
    assert (await client.request(method, path, content=b"x" * (limit + 1))).status_code == 413


@pytest.mark.parametrize("path", ["/json", "/raw"])
async def test_a_body_over_the_limit_is_refused_while_it_arrives(
    client: httpx.AsyncClient, path: str
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    answer = await client.post(path, content=chunks())
    assert (answer.status_code, answer.json()["error"]) == (413, "PayloadTooLarge")
    assert answer.headers["X-Request-Id"]


async def test_a_body_within_the_limit_passes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/raw", content=b"x" * 1000)).json() == 1000


async def test_a_browser_of_ours_may_ask_and_may_read_our_headers(client: httpx.AsyncClient) -> None:
    preflight = await client.options(
        "/json",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-organization-id,idempotency-key,prefer,if-match",
        },
    )
    assert preflight.status_code == 200
    answer = await client.get("/nowhere", headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {"X-Request-Id", "X-Next-Cursor", "ETag", "Retry-After", "Location"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )


async def test_a_browser_elsewhere_may_not(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fine", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
