"""Microsoft Graph for one test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from msp_automation.capabilities import OrganizationInfo
from msp_automation.sandboxes.graph.app import create_app
from msp_automation.sandboxes.graph.permissions import (
    GROUPS_ADMINISTRATOR,
    LICENSE_ADMINISTRATOR,
    USER_ADMINISTRATOR,
)
from msp_automation.sandboxes.graph.seed import relationship
from msp_automation.sandboxes.graph.state import Directory, Json, ServiceAccount, Tenant
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import OwnKey
from msp_automation.sandboxes.identities import GRAPH_REFRESH_TOKEN, MSP
from msp_automation.sandboxes.sandbox import Fault, SandboxLog
from msp_automation.testing.api import Mishap, SandboxApi
from msp_automation.testing.clock import VirtualClock
from msp_automation.testing.graph_tenant import GraphTenant
from msp_automation.testing.lists import answer_list

BASE_URL = "https://graph.microsoft.com/v1.0"
HOSTS = ("graph.microsoft.com", "login.microsoftonline.com")


@dataclass(frozen=True)
class _Refusal:
    code: str
    message: str
    times: int


class GraphSandbox(SandboxApi, GraphTenant):
    """Microsoft Graph and Entra's token endpoint, with an empty tenant for the test's organization.

    What is said of one tenant (`users`, `add_user`, …) is about that organization's; `tenant(name)`
    gives another's.

    Args:
        directory: The tenants there are; nothing but the MSP's own, without anybody in it, unless given.
    """

    def __init__(
        self, org: OrganizationInfo, clock: VirtualClock, *, directory: Directory | None = None
    ) -> None:
        SandboxApi.__init__(self, "Microsoft Graph", BASE_URL, clock)
        self._directory = directory or _empty_directory()
        known = self._directory.tenants.get(str(org.tenant_id))
        GraphTenant.__init__(self, known or self._add_tenant(org.name, str(org.tenant_id)))
        self.msp = GraphTenant(self._directory.tenants[MSP.tenant_id])
        self._log = SandboxLog()
        app = create_app(DirectoryStore(seed=lambda: self._directory), OwnKey(), log=self._log)
        self._app = httpx.ASGITransport(app)
        self._refusals: list[_Refusal] = []
        self._foreign: str | None = None

    def tenant(self, org: OrganizationInfo | str) -> GraphTenant:
        """The tenant of another organization, by its name or id; made on first sight of an organization.

        Raises:
            LookupError: There is no tenant of this name or id.
        """
        if isinstance(org, OrganizationInfo):
            if org.tenant_id not in self._directory.tenants:
                return GraphTenant(self._add_tenant(org.name, str(org.tenant_id)))
            return GraphTenant(self._directory.tenants[org.tenant_id])
        for tenant in self._directory.tenants.values():
            if org in {tenant.id, tenant.name}:
                return GraphTenant(tenant)
        there = ", ".join(tenant.name for tenant in self._directory.tenants.values())
        raise LookupError(f"There is no tenant {org!r}. There are: {there}. Make a context for it first.")

    @property
    def page_size(self) -> int | None:
        """The longest page of a list; None for Graph's own. Set it small to force paging."""
        return self._directory.page_size

    @page_size.setter
    def page_size(self, entries: int | None) -> None:
        self._directory.page_size = entries

    def on_list(self, path: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Answer a path that the sandbox does not know with a list, as Graph answers one.

        `$filter` (eq, ne, startswith, endswith, and, or, not), `$select`, `$top` and paging work; other
        options change nothing. What is added to or changed in `items` later counts, too.
        """
        self.on("GET", path, lambda call: answer_list(items, call, BASE_URL + call.path, self.page_size))

    def fail_sign_in(self, code: str = "AADSTS7000222", message: str = "", *, times: int = 1) -> None:
        """Let Entra refuse the next sign-ins with this code, such as `AADSTS53003`."""
        self._refusals.append(_Refusal(code, message or "The test asked for this.", times))

    def issue_tokens_of(self, org: OrganizationInfo | str) -> None:
        """Let every sign-in give tokens of another tenant, as a mix-up would."""
        self._foreign = self.tenant(org).tenant_id

    def add_relationship(
        self, org: OrganizationInfo | str | None = None, *, days_left: int = 400, roles: Sequence[str] = ()
    ) -> Json:
        """Let an organization's tenant trust the MSP by GDAP.

        Args:
            org: The test's organization unless given.
            days_left: Below 0, it has expired.
            roles: Ids of directory roles; those for users, licences and groups unless given.
        """
        tenant = self if org is None else self.tenant(org)
        given = tuple(roles) or (USER_ADMINISTRATOR, LICENSE_ADMINISTRATOR, GROUPS_ADMINISTRATOR)
        name = self._directory.tenants[tenant.tenant_id].name
        today = datetime.now(UTC).replace(microsecond=0)
        entry = relationship(tenant.tenant_id, name, given, today, days_left=days_left)
        self._directory.relationships.append(entry)
        return entry

    async def fulfil(self, request: httpx.Request) -> httpx.Response:
        """The sandbox's answer."""
        if self.is_sign_in(request):
            if self._refusals:
                return self._refuse_sign_in()
            if self._foreign is not None:
                request = _for_tenant(request, self._foreign)
        return await self._app.handle_async_request(request)

    async def refuse(self, request: httpx.Request, mishap: Mishap) -> httpx.Response:
        """The answer of a fault in Graph's own words."""
        kind: Literal["throttle", "error"] = (
            "throttle" if mishap.status == httpx.codes.TOO_MANY_REQUESTS else "error"
        )
        fault = Fault(kind=kind, status=mishap.status, retry_after_seconds=mishap.retry_after)
        self._log.add(fault)
        return await self._app.handle_async_request(request)

    def _refuse_sign_in(self) -> httpx.Response:
        refusal = self._refusals.pop(0)
        if refusal.times > 1:
            self._refusals.insert(0, _Refusal(refusal.code, refusal.message, refusal.times - 1))
        number = int(refusal.code.upper().removeprefix("AADSTS"))
        body = {
            "error": "invalid_client",
            "error_description": f"AADSTS{number}: {refusal.message}",
            "error_codes": [number],
        }
        return httpx.Response(httpx.codes.UNAUTHORIZED, json=body)

    def _add_tenant(self, name: str, tenant_id: str) -> Tenant:
        domain = "".join(letter for letter in name.lower() if letter.isalnum() or letter == "-")
        tenant = Tenant(tenant_id, name, f"{domain}.example")
        self._directory.tenants[tenant_id] = tenant
        return tenant


def _for_tenant(request: httpx.Request, tenant_id: str) -> httpx.Request:
    rest = request.url.path.split("/", 2)[2]
    url = request.url.copy_with(path=f"/{tenant_id}/{rest}")
    return httpx.Request(request.method, url, headers=request.headers, content=request.content)


def _empty_directory() -> Directory:
    msp = Tenant(MSP.tenant_id, MSP.name, MSP.domain)
    return Directory({msp.id: msp}, [], ServiceAccount([GRAPH_REFRESH_TOKEN]))
