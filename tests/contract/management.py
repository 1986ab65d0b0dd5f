"""The Management API in process, with something of everything in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from tests.isolation.people import Identity

from management_api.app import create_app
from management_api.container import Services
from management_api.settings import Settings
from msp_automation.metadata import Catalog, ScheduleMetadata, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.executions.models import Execution, ExecutionOutcome, ExecutionStatus
from msp_core.executions.testing import make_spec
from msp_core.permissions.models import OrgScope
from msp_devstack import demo
from msp_devstack.demo import DemoPerson

ADDRESS: Final = "203.0.113.7"
ORIGIN: Final = "https://app.example"
NOBODY: Final = "c0000000-0000-4000-8000-00000000ffff"
SECRET_VALUE: Final = "hunter2-nobody-may-read-this"
GRAPH: Final = {"clientId": "20000000-0000-4000-8000-000000000001", "clientSecret": "graph"}
HALO: Final = {"baseUrl": "https://halo.example", "clientId": "x", "clientSecret": "halo"}
# Rarely due: what lists show of them must not change within a test.
CATALOG: Final = Catalog(
    workflows=[
        WorkflowMetadata(
            name="greet",
            schedules=[
                ScheduleMetadata(name=name, cron=cron, timezone="UTC")
                for name, cron in (
                    ("leap-day", "0 0 29 2 *"),
                    ("mid-year", "0 0 1 7 *"),
                    ("new-year", "0 0 1 1 *"),
                )
            ],
        ),
        WorkflowMetadata(
            name="sweep",
            requires_org=False,
            schedules=[
                ScheduleMetadata(name="default", cron="0 0 1 1 *", timezone="UTC", all_organizations=False)
            ],
        ),
    ]
)

Json = Any


def webhook(name: str) -> dict[str, Any]:
    """A webhook's body."""
    return {"name": name, "workflowName": "greet"}


def form(name: str, **changes: Any) -> dict[str, Any]:
    """A form's body."""
    return {"name": name, "linkedWorkflow": "greet", "formSchema": {"fields": []}} | changes


@dataclass
class World:
    """Two organizations, three people, and clients that ask as them.

    Args:
        names: What stands for `{name}` in paths.
    """

    services: Services
    identity: Identity
    http: httpx.AsyncClient
    names: dict[str, str] = field(default_factory=dict)

    @property
    def contoso(self) -> str:
        return self.names["orgId"]

    @property
    def fabrikam(self) -> str:
        return self.names["otherOrgId"]

    async def ask(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        who: DemoPerson | None = demo.ADMIN,
        org_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request; `{name}` in the path is filled in."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {self.identity.token(who)}"
        if org_id is not None:
            sent["X-Organization-Id"] = org_id
        return await self.http.request(method, self.filled(path), json=body, headers=sent, params=query)

    def filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text

    async def get(self, path: str, **more: Any) -> Json:
        """The body of a GET that must succeed."""
        return ok(await self.ask("GET", path, **more))

    async def scope(self, who: DemoPerson, org_id: str | None) -> OrgScope:
        principal = await self.services.tokens.validate(self.identity.token(who))
        if org_id is None:
            return await self.services.scopes.resolve_admin(principal)
        return await self.services.scopes.resolve_member(principal, org_id)

    async def execution(
        self, who: DemoPerson, org_id: str, status: ExecutionStatus = ExecutionStatus.RUNNING, **spec: Any
    ) -> Execution:
        """An execution as the engine records it."""
        executions = self.services.executions
        started = await executions.start(
            await self.scope(who, org_id), make_spec(**spec), lease_owner="contract"
        )
        if not status.is_ended:
            return started
        ended = await executions.finish(started, ExecutionOutcome(status=status))
        await executions.drain()
        return ended


def ok(answer: httpx.Response, status: int = 200) -> Json:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    )
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, error: str) -> Json:
    """The body of a refusal of this kind, in the one shape."""
    body = ok(answer, status)
    assert set(body) == {"error", "message", "details"}
    assert body["error"] == error, body
    assert body["message"][0].isupper() or body["details"].get("fields"), body["message"]
    return body


@asynccontextmanager
async def running(settings: Settings, identity: Identity) -> AsyncIterator[World]:
    """An empty platform."""
    app = create_app(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.state.container.close)
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=(ADDRESS, 50000)),
            base_url="http://management.test",
        )
        await stack.enter_async_context(http)
        yield World(app.state.container.services, identity, http)


async def fill(world: World) -> None:
    """Three of everything that is listed, in Contoso and for all."""
    await CatalogRepository(world.services.storage).publish(CATALOG)
    for person in (demo.ADMIN, demo.TECHNICIAN, demo.CLIENT_USER):
        if person is demo.CLIENT_USER:
            continue
        await world.get("/api/me", who=person)
    for key, name, tenant_id in (
        ("orgId", "Contoso", demo.CONTOSO.tenant_id),
        ("otherOrgId", "Fabrikam", demo.FABRIKAM.tenant_id),
        ("thirdOrgId", "Tailspin", None),
    ):
        body = {"name": name} | ({} if tenant_id is None else {"tenantId": tenant_id})
        world.names[key] = ok(await world.ask("POST", "/api/organizations", body), 201)["id"]
    await world.get("/api/me", who=demo.CLIENT_USER)
    world.names |= {"userId": demo.TECHNICIAN.user_id, "clientId": demo.CLIENT_USER.user_id}
    every = dict.fromkeys(
        ("canExecuteWorkflows", "canManageConfig", "canManageForms", "canViewHistory"), True
    )
    for org in ("orgId", "otherOrgId", "thirdOrgId"):
        for user in (demo.TECHNICIAN.user_id, demo.ADMIN.user_id):
            grant = {"userId": user, "orgId": world.names[org], "permissions": every}
            ok(await world.ask("POST", "/api/permissions", grant), 201)
    for place in ("/api", "/api/organizations/{orgId}", "/api/organizations/{otherOrgId}"):
        for name in ("graph", "halo", "mail"):
            ok(await world.ask("PUT", f"{place}/secrets/{name}", {"value": SECRET_VALUE}))
        for key in ("a", "b", "c"):
            ok(await world.ask("POST", f"{place}/config", {"key": key, "value": place}), 201)
        for kind, settings in (("msgraph", GRAPH), ("halopsa", HALO)):
            ok(await world.ask("PUT", f"{place}/integrations/{kind}", {"settings": settings}))
    await _make_forms_and_webhooks(world)
    for name in ("Reception", "Office", "Finance"):
        made = ok(await world.ask("POST", "/api/roles", {"name": name}), 201)
        world.names.setdefault("roleId", made["id"])


async def _make_forms_and_webhooks(world: World) -> None:
    for org in ("orgId", "otherOrgId"):
        for name in ("One", "Two", "Three"):
            made = ok(await world.ask("POST", "/api/forms", form(name), org_id=world.names[org]), 201)
            world.names.setdefault("formId" if org == "orgId" else "otherFormId", made["id"])
        for name in ("Tickets", "Alerts", "Invoices"):
            body = webhook(name)
            made = ok(await world.ask("POST", f"/api/organizations/{world.names[org]}/webhooks", body), 201)
            world.names.setdefault("webhookId" if org == "orgId" else "otherWebhookId", made["id"])
