"""The control routes: state for proofs, seats, consent, paging, reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from msp_automation.sandboxes.graph.errors import GraphError
from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER
from msp_automation.sandboxes.graph.state import AccountState, Consent
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.sandbox import (
    CONTROL_PREFIX,
    ControlModel,
    ControlRoutes,
    InvalidControlRequest,
    SandboxLog,
    read_model,
)


class TenantChange(ControlModel):
    """What a test may change about a tenant; seats go by part number, 0 or more.

    Args:
        withheld: Permissions that its administrator did not consent to, such as `AuditLog.Read.All`.
    """

    consent: Consent | None = None
    withheld: frozenset[str] | None = None
    is_premium: bool | None = None
    seats: dict[str, int] = Field(default_factory=dict)


class SettingsChange(ControlModel):
    """What a test may change about the sandbox; a page size of null means Graph's own."""

    page_size: int | None = Field(None, ge=1, le=999)
    token_seconds: int | None = Field(None, ge=1, le=86_400)


class AccountChange(ControlModel):
    """What a test may change about the MSP's service account."""

    state: AccountState | None = None
    forgets_used: bool | None = None


class RelationshipChange(ControlModel):
    """What a test may change about a tenant's relationships with the MSP; roles go by id."""

    status: Literal["active", "terminated", "expired"] | None = None
    roles: tuple[str, ...] | None = None
    days_left: int | None = Field(None, ge=-3650, le=3650)


class GraphControlRoutes:
    """What answers under `/_sandbox`."""

    def __init__(self, store: DirectoryStore, log: SandboxLog) -> None:
        self._store = store
        self._log = log

    def routes(self) -> list[Route]:
        """All of them."""
        shared = ControlRoutes(self._log)
        return [
            Route(f"{CONTROL_PREFIX}/health", shared.health),
            Route(f"{CONTROL_PREFIX}/reset", self.reset, methods=["POST"]),
            Route(f"{CONTROL_PREFIX}/settings", self.settings, methods=["GET", "PATCH"]),
            Route(f"{CONTROL_PREFIX}/tenants", self.tenants),
            Route(f"{CONTROL_PREFIX}/tenants/{{tenant}}", self.tenant, methods=["GET", "PATCH"]),
            Route(f"{CONTROL_PREFIX}/account", self.account, methods=["GET", "PATCH"]),
            Route(f"{CONTROL_PREFIX}/relationships/{{tenant}}", self.relationships, methods=["GET", "PATCH"]),
            Route(f"{CONTROL_PREFIX}/faults", shared.faults, methods=["GET", "POST", "DELETE"]),
            Route(f"{CONTROL_PREFIX}/requests", shared.requests, methods=["GET", "DELETE"]),
        ]

    async def reset(self, request: Request) -> Response:
        """Go back to the seed; forget faults and requests."""
        self._store.reset()
        self._log.reset()
        return Response(status_code=204)

    async def settings(self, request: Request) -> Response:
        """Read or change paging and the tokens' life."""
        directory = self._store.directory
        if request.method == "PATCH":
            change = await read_model(request, SettingsChange)
            if "page_size" in change.model_fields_set:
                directory.page_size = change.page_size
            directory.token_seconds = change.token_seconds or directory.token_seconds
        return JSONResponse({"pageSize": directory.page_size, "tokenSeconds": directory.token_seconds})

    async def tenants(self, request: Request) -> Response:
        """List the tenants."""
        tenants = self._store.directory.tenants.values()
        return JSONResponse([{"id": t.id, "name": t.name, "consent": t.consent} for t in tenants])

    async def tenant(self, request: Request) -> Response:
        """Read everything in a tenant, or change its consent, seats and licence for reports."""
        tenant = self._store.directory.find_tenant(request.path_params["tenant"])
        if tenant is None:
            raise GraphError(404, "TenantNotFound", "There is no such tenant in this sandbox.")
        if request.method == "PATCH":
            change = await read_model(request, TenantChange)
            unknown = [name for name in change.seats if name not in BY_PART_NUMBER]
            if unknown or any(count < 0 for count in change.seats.values()):
                raise InvalidControlRequest(
                    f"seats: not a known product with a count of 0 or more: {unknown}"
                )
            tenant.consent = change.consent or tenant.consent
            tenant.withheld = tenant.withheld if change.withheld is None else set(change.withheld)
            tenant.is_premium = tenant.is_premium if change.is_premium is None else change.is_premium
            tenant.seats.update({BY_PART_NUMBER[name].id: n for name, n in change.seats.items()})
            self._store.save()
        return JSONResponse(tenant.snapshot())

    async def account(self, request: Request) -> Response:
        """Read the service account with its refresh tokens, or change what it may do."""
        account = self._store.directory.account
        if request.method == "PATCH":
            change = await read_model(request, AccountChange)
            account.state = change.state or account.state
            if change.forgets_used is not None:
                account.forgets_used = change.forgets_used
            self._store.save()
        return JSONResponse(
            {"state": account.state, "forgetsUsed": account.forgets_used, "tokens": account.tokens}
        )

    async def relationships(self, request: Request) -> Response:
        """Read the relationships with one tenant, or change all of them."""
        tenant_id = request.path_params["tenant"]
        found = [
            one for one in self._store.directory.relationships if one["customer"]["tenantId"] == tenant_id
        ]
        if request.method == "PATCH":
            change = await read_model(request, RelationshipChange)
            for entry in found:
                if change.status is not None:
                    entry["status"] = change.status
                if change.roles is not None:
                    roles = [{"roleDefinitionId": role} for role in change.roles]
                    entry["accessDetails"] = {"unifiedRoles": roles}
                if change.days_left is not None:
                    end = datetime.now(UTC) + timedelta(days=change.days_left)
                    entry["endDateTime"] = f"{end:%Y-%m-%dT%H:%M:%SZ}"
        return JSONResponse(found)
