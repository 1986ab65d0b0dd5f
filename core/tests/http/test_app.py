"""An app put together: who may call a route, what OpenAPI says, how it starts under Functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import azure.functions as func
import httpx
import pytest
from fastapi import APIRouter, FastAPI

from msp_core.errors import Forbidden, Unauthenticated
from msp_core.identity.models import Principal
from msp_core.ids import GLOBAL, OrgId, UserId
from msp_core.models import utc_now
from msp_core.permissions.models import ALL_PERMISSIONS, OrgScope, Permission
from msp_core.users.models import User, UserType
from msp_http.app import build_app
from msp_http.authentication import (
    AdminScope,
    Caller,
    ClientAddress,
    ExecuteScope,
    MemberScope,
    PathConfigScope,
    RequestId,
)
from msp_http.bodies import RequestBody
from msp_http.functions import start_once
from msp_http.openapi import docs_page, public_routes
from msp_http.options import HttpOptions

USER = User(id=UserId("t.o"), user_type=UserType.MSP, created_at=utc_now())
PATH = "c0000000-0000-4000-8000-000000000001"


class Known:
    """Knows one token, and notes which scope was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def validate(self, token: str) -> Principal:
        if token != "good":
            raise Unauthenticated("This is not the token.")
        return Principal(tenant_id="t", object_id="o")

    def _scope(self, org_id: str | None) -> OrgScope:
        return OrgScope(
            org_id=OrgId(org_id or GLOBAL),
            organization=None,
            user=USER,
            permissions=ALL_PERMISSIONS,
            is_admin=False,
        )

    async def resolve(self, principal: Principal, org_id: str | None, needs: Permission | None) -> OrgScope:
        self.asked.append(("resolve", org_id, needs))
        return self._scope(org_id)

    async def resolve_member(self, principal: Principal, org_id: str | None) -> OrgScope:
        self.asked.append(("member", org_id))
        return self._scope(org_id)

    async def resolve_admin(self, principal: Principal) -> OrgScope:
        raise Forbidden("Only an MSP admin may do this.")

    async def resolve_user(self, principal: Principal) -> User:
        return USER


class Container:
    def __init__(self, **options: Any) -> None:
        self.http = HttpOptions(**options)
        self.known = Known()
        self.starts = 0

    @property
    def token_validator(self) -> Any:
        return self.known

    @property
    def scope_resolver(self) -> Any:
        return self.known

    async def start(self) -> None:
        await asyncio.sleep(0.01)
        self.starts += 1

    async def close(self) -> None: ...


class Thing(RequestBody):
    full_name: str


router = APIRouter(prefix="/api")


@router.get("/me")
async def get_me(caller: Caller, address: ClientAddress, request_id: RequestId) -> dict[str, Any]:
    """Who asks."""
    return {"id": caller.id, "address": address, "requestId": request_id}


@router.post("/run")
async def run_thing(scope: ExecuteScope, body: Thing) -> str:
    """Run."""
    return scope.org_id


@router.get("/own")
async def get_own(scope: MemberScope) -> str:
    """Own."""
    return scope.org_id


@router.put("/organizations/{orgId}/config")
async def put_config(scope: PathConfigScope) -> str:
    """Config."""
    return scope.org_id


@router.get("/admin")
async def get_admin_page(scope: AdminScope) -> None:
    """Admin."""


@router.get("/open")
async def get_open() -> str:
    """Open to all."""
    return "open"


def make(container: Container) -> FastAPI:
    return build_app(title="Test", description="", version="1", container=container, routers=[router])


@pytest.fixture
def container() -> Container:
    return Container()


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make(container), client=("198.51.100.4", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Authorization": "Bearer good"}
    ) as client:
        yield client


async def test_a_scopes_alias_says_what_is_needed_and_where_the_organization_stands(
    client: httpx.AsyncClient, container: Container
) -> None:
    header = {"X-Organization-Id": "in-header"}
    await client.post("/api/run", json={"fullName": "x"}, headers=header)
    await client.get("/api/own", headers=header)
    await client.put(f"/api/organizations/{PATH}/config", headers=header)
    assert container.known.asked == [
        ("resolve", "in-header", Permission.CAN_EXECUTE_WORKFLOWS),
        ("member", "in-header"),
        ("resolve", PATH, Permission.CAN_MANAGE_CONFIG),
    ]
    assert (await client.get("/api/admin")).json()["error"] == "Forbidden"


async def test_who_may_not_learns_nothing_about_the_body(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/run", json={"wrong": 1}, headers={"Authorization": "Bearer bad"})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


async def test_a_body_with_a_property_we_do_not_know_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/run", json={"fullName": "x", "isAdmin": True})
    assert set(answer.json()["details"]["fields"]) == {"isAdmin"}


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        ("203.0.113.9:51000", 1, "203.0.113.9"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        # The client wrote the first entry, hoping to be taken for somebody else.
        ("192.0.2.1, 203.0.113.9:51000", 1, "203.0.113.9"),
        ("192.0.2.1, 203.0.113.9, 10.0.0.1:40000", 2, "203.0.113.9"),
        # It did not come through both proxies.
        ("203.0.113.9", 2, None),
        ("<script>", 1, None),
        ("", 1, None),
    ],
)
async def test_a_proxys_word_on_the_address_counts_only_where_there_is_a_proxy(
    client: httpx.AsyncClient, container: Container, forwarded: str, hops: int, address: str | None
) -> None:
    headers = {"X-Forwarded-For": forwarded}
    assert (await client.get("/api/me", headers=headers)).json()["address"] == "198.51.100.4"
    container.http = HttpOptions(is_behind_proxy=True, proxy_hops=hops)
    answer = await client.get("/api/me", headers=headers)
    assert answer.json()["address"] == address
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"]


async def test_openapi_is_enough_to_generate_a_client_from(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    run = document["paths"]["/api/run"]["post"]
    assert run["operationId"] == "runThing"
    assert run["security"] == [{"entra": []}]
    assert document["components"]["securitySchemes"]["entra"]["scheme"] == "bearer"
    (organization,) = [one for one in run["parameters"] if one["name"] == "X-Organization-Id"]
    assert organization["required"]
    assert set(run["responses"]) == {"200", "400", "401", "403", "413", "429", "500", "503"}
    assert "Retry-After" in run["responses"]["503"]["headers"]
    assert run["summary"] == "Run."
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_two_routes_of_one_name_are_refused() -> None:
    twice = APIRouter()
    twice.add_api_route("/a", get_open)
    twice.add_api_route("/b", get_open)
    app = build_app(title="T", description="", version="1", container=Container(), routers=[twice])
    with pytest.raises(ValueError, match="getOpen"):
        app.openapi()


async def test_the_docs_page_is_served_where_the_deployment_says_so(
    client: httpx.AsyncClient, container: Container
) -> None:
    assert (await client.get("/api/docs")).status_code == 404
    container.http = HttpOptions(shows_docs=True)
    page = await client.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/api/run" in page.text
    hostile = {"info": {"title": "<script>"}, "paths": {"/<b>": {"get": {"summary": "<i>"}}}}
    assert not any(tag in docs_page(hostile) for tag in ("<script>", "<b>", "<i>"))


def test_routes_that_ask_nobody_to_sign_in_are_found(container: Container) -> None:
    assert public_routes(make(container)) == {"GET /api/open", "GET /api/openapi.json", "GET /api/docs"}


async def test_requests_that_arrive_together_start_the_app_once(container: Container) -> None:
    app = start_once(func.AsgiFunctionApp(app=make(container), http_auth_level=func.AuthLevel.ANONYMOUS))
    (function,) = app.get_functions()

    def ask() -> Any:
        return function.get_user_function()(
            func.HttpRequest(method="GET", url="https://x/api/open", headers={}, params={}, body=b""), None
        )

    answers = await asyncio.gather(*(ask() for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert container.starts == 1
    middleware: Any = app.middleware
    await middleware.notify_shutdown()
    app.startup_task_done = False
