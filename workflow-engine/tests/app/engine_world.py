"""An engine over real storage and real runners, an identity provider, two organizations and the people."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from msp_core.executions.service import ExecutionService
from msp_core.forms.models import FormDraft
from msp_core.identity.models import Principal
from msp_core.ids import OrgId
from msp_core.integrations.models import IntegrationSet
from msp_core.organizations.models import OrganizationCreate
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, PermissionFlags
from msp_core.roles.models import RoleDraft
from msp_core.storage import Bounds, Storage, StorageSettings
from msp_core.storage.testing import Network
from msp_devstack import demo
from msp_devstack.demo import DemoPerson
from msp_devstack.running import RunningIdentity
from msp_http.testing import refuse_undocumented
from workflow_engine.app import create_app
from workflow_engine.container import Container, Services
from workflow_engine.settings import Settings

HEADER = "import asyncio, time\nfrom msp_automation import *\n"

# Signing in takes several requests; a token holds for the whole session.
_TOKENS: dict[tuple[str, str], str] = {}

BOUNDS = Bounds(call_seconds=2.0, attempt_seconds=1.0, first_pause_seconds=0.05)


def write_author_files(root: Path, *, workflows: str = "", providers: str = "", **more: str) -> None:
    """Author files under `root`; `more` are further workflow files by name."""
    for folder, files in {
        "workflows": {"given": workflows, **more},
        "data_providers": {"given": providers},
    }.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (root / folder / f"{name}.py").write_text(HEADER + textwrap.dedent(text))


def principal_of(person: DemoPerson) -> Principal:
    """The person as their token says."""
    return Principal(
        tenant_id=person.tenant_id,
        object_id=person.object_id,
        email=person.email,
        name=person.name,
        app_roles=person.app_roles,
    )


class World:
    """A platform with Contoso and Fabrikam, and one engine on it.

    The technician may do everything in Contoso and nothing elsewhere.
    """

    def __init__(self, settings: Settings, identity: RunningIdentity) -> None:
        self.settings = settings
        self.identity = identity
        self.network = Network()
        storage = Storage(
            StorageSettings(
                connection_string=settings.storage_settings().connection_string,
                local_vault_path=settings.local_vault_path,
                bounds=BOUNDS,
            ),
            wrap_transport=self.network.wrap,
        )
        self.container = Container(settings, storage=storage)
        self.app = create_app(container=self.container)
        self.core = Platform(Storage(settings.storage_settings()))
        self.core_executions = ExecutionService(self.core.storage)
        self.contoso = OrgId(demo.CONTOSO.id)
        self.fabrikam = OrgId(demo.FABRIKAM.id)
        self._stack = AsyncExitStack()
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self.core.storage.close)
        self._stack.push_async_callback(self.container.close)
        await asyncio.gather(self.container.start(), self._seed())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def services(self) -> Services:
        return self.container.services

    async def scope(self, person: DemoPerson = demo.ADMIN, org_id: str | None = None) -> OrgScope:
        """The person's scope; without an organization the admin's platform-wide one."""
        if org_id is None:
            return await self.core.scopes.resolve_admin(principal_of(person))
        return await self.core.scopes.resolve_member(principal_of(person), org_id)

    def client(self, person: DemoPerson | None = demo.TECHNICIAN) -> httpx.AsyncClient:
        """An HTTP client signed in as somebody, or as nobody, that asks for Contoso."""
        key = "" if person is None else person.key
        if key not in self._clients:
            headers: dict[str, str] = {"X-Organization-Id": self.contoso}
            if person is not None:
                headers["Authorization"] = f"Bearer {self.token(person)}"
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=self.app, client=("203.0.113.7", 50000)),
                base_url="http://engine.test",
                headers=headers,
                timeout=60,
                event_hooks={"response": [refuse_undocumented(self.app)]},
            )
            self._stack.push_async_callback(client.aclose)
            self._clients[key] = client
        return self._clients[key]

    @asynccontextmanager
    async def second_engine_container(self) -> AsyncIterator[Container]:
        """Another engine on the same storage."""
        container = Container(self.settings)
        try:
            await container.start()
            yield container
        finally:
            await container.close()

    @asynccontextmanager
    async def second_engine(self) -> AsyncIterator[httpx.AsyncClient]:
        """The same, asked over HTTP by the technician."""
        async with (
            self.second_engine_container() as container,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=create_app(container=container)),
                base_url="http://other.test",
                headers=dict(self.client().headers),
                timeout=60,
            ) as client,
        ):
            yield client

    @asynccontextmanager
    async def restarted(self, workflows: str) -> AsyncIterator[None]:
        """The same engine, started again over other author files."""
        await self.container.close()
        write_author_files(self.settings.workflows_root, workflows=workflows)
        await self.container.start()
        yield

    def token(self, person: DemoPerson) -> str:
        """A signed access token, got by signing in."""
        key = (self.identity.base_url, person.key)
        if key not in _TOKENS:
            _TOKENS[key] = self.identity.sign_in(person.key).access_token
        return _TOKENS[key]

    async def run(self, name: str, *, person: DemoPerson = demo.TECHNICIAN, **parameters: Any) -> Any:
        """Run a workflow in Contoso to its end; the answer's body."""
        answer = await self.client(person).post(f"/api/workflows/{name}", json={"parameters": parameters})
        return ok(answer)

    async def form(
        self,
        workflow: str,
        *fields: Mapping[str, Any],
        org_id: str | None = None,
        opened: bool = True,
        in_background: bool = False,
    ) -> str:
        """A form of Contoso; `opened` to the client user by a role."""
        scope = await self.scope(demo.ADMIN, org_id or self.contoso)
        draft = {
            "name": f"Form of {workflow}",
            "linkedWorkflow": workflow,
            "formSchema": {"fields": fields},
            "runInBackground": in_background,
        }
        self.core.catalog.catalog = self.services.pool.catalog
        form = (await self.core.forms.create(scope, FormDraft.model_validate(draft))).value
        if opened:
            admin = await self.scope()
            role = (await self.core.roles.create(admin, RoleDraft(name=f"Role for {form.id}"))).value
            await self.core.roles.add_member(admin, role.id, principal_of(demo.CLIENT_USER).user_id)
            await self.core.roles.grant_form(admin, role.id, form.id)
        return form.id

    async def set_integration(
        self, kind: str, settings: dict[str, Any], *, org_id: str | None = None
    ) -> None:
        """Set an integration up for Contoso, or another organization."""
        scope = await self.scope(demo.ADMIN, org_id or self.contoso)
        await self.core.integrations.set(scope, kind, IntegrationSet(settings=settings))

    async def wait_for_record(self) -> Any:
        """The first execution to appear on record in Contoso."""
        return await until(self._first_record)

    async def _first_record(self) -> Any:
        records = await self.records()
        return records[0] if records else None

    async def records(self, org_id: str | None = None) -> Sequence[Any]:
        """Every execution on record in an organization."""
        repository = self.core_executions.repository
        found = [row.value async for row in repository.active_of(OrgId(org_id or self.contoso)).iter()]
        found += [row.value async for row in repository.ended_of(OrgId(org_id or self.contoso)).iter()]
        return found

    async def _seed(self) -> None:
        admin = await self.scope()
        for one in (demo.CONTOSO, demo.FABRIKAM):
            draft = OrganizationCreate(name=one.name, tenant_id=one.tenant_id)
            await self.core.organizations.create(admin, draft, org_id=OrgId(one.id))
        for person in (demo.TECHNICIAN, demo.CLIENT_USER):
            await self.core.users.sign_in(principal_of(person))
        flags = PermissionFlags(
            can_execute_workflows=True, can_manage_config=True, can_manage_forms=True, can_view_history=True
        )
        technician = principal_of(demo.TECHNICIAN).user_id
        await self.core.permissions.grant(admin, technician, self.contoso, flags)


async def until(ask: Callable[[], Awaitable[Any]], *, seconds: float = 15) -> Any:
    """Ask again and again until there is an answer that counts."""
    async with asyncio.timeout(seconds):
        while True:
            answer = await ask()
            if answer:
                return answer
            await asyncio.sleep(0.03)


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer.json()


def refused(answer: httpx.Response, status: int, error: str) -> Any:
    """The body of a refusal that must be of this kind."""
    body = ok(answer, status)
    assert body["error"] == error, body
    assert answer.headers["X-Request-Id"]
    return body
