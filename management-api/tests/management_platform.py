"""The app in process, and a client for each person."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from management_people import ADMIN, Identity

from management_api.app import create_app
from management_api.container import Container, Services
from management_api.settings import Settings
from msp_core.ids import OrgId
from msp_core.permissions.models import OrgScope
from msp_devstack import demo
from msp_devstack.demo import DemoPerson
from msp_http.testing import refuse_undocumented


def at(org_id: str) -> dict[str, str]:
    """The header that names an organization."""
    return {"X-Organization-Id": org_id}


class Platform:
    """The app with its services, and clients that are closed with it."""

    def __init__(self, settings: Settings, identity: Identity) -> None:
        self.identity = identity
        self.app = create_app(settings)
        self.container: Container = self.app.state.container
        self._stack = AsyncExitStack()
        self._clients: dict[str, httpx.AsyncClient] = {}

    @property
    def services(self) -> Services:
        return self.container.services

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self.container.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def as_(self, person: DemoPerson) -> httpx.AsyncClient:
        """A client signed in as `person`."""
        if person.key not in self._clients:
            self._clients[person.key] = self.with_token(self.identity.token(person))
        return self._clients[person.key]

    def with_token(self, token: str | None) -> httpx.AsyncClient:
        """A client that sends this token, or none."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, client=("203.0.113.7", 50000)),
            base_url="http://management.test",
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
            event_hooks={"response": [refuse_undocumented(self.app)]},
        )
        self._stack.push_async_callback(client.aclose)
        return client

    async def scope_of(self, person: DemoPerson, org_id: str | None = None) -> OrgScope:
        """The scope that the resolver gives this person; without an organization the admin's."""
        principal = await self.services.tokens.validate(self.identity.token(person))
        if org_id is None:
            return await self.services.scopes.resolve_admin(principal)
        return await self.services.scopes.resolve_member(principal, org_id)


@dataclass(frozen=True)
class World:
    """Two organizations that exist."""

    platform: Platform
    contoso: OrgId
    fabrikam: OrgId

    def as_(self, person: DemoPerson) -> httpx.AsyncClient:
        return self.platform.as_(person)

    @property
    def admin(self) -> httpx.AsyncClient:
        return self.as_(ADMIN)

    async def sign_in(self, *people: DemoPerson) -> None:
        """Have people on record: the first request of each."""
        for person in people:
            ok(await self.as_(person).get("/api/me"))

    async def grant(self, person: DemoPerson, org_id: str, *permissions: str) -> None:
        """Let a technician do exactly this in an organization."""
        await self.sign_in(person)
        body = {"userId": person.user_id, "orgId": org_id, "permissions": dict.fromkeys(permissions, True)}
        ok(await self.admin.post("/api/permissions", json=body), 201)


async def build_world(platform: Platform) -> World:
    """Contoso and Fabrikam, made by the admin."""
    ids = []
    for one in (demo.CONTOSO, demo.FABRIKAM):
        answer = await platform.as_(ADMIN).post(
            "/api/organizations", json={"name": one.name, "tenantId": one.tenant_id}
        )
        ids.append(OrgId(ok(answer, 201)["id"]))
    return World(platform, *ids)


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    )
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, error: str) -> Any:
    """The body of a refusal of this kind."""
    body = ok(answer, status)
    assert body["error"] == error, body
    assert set(body) == {"error", "message", "details"}
    return body
