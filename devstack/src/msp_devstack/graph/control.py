"""The control routes: state for proofs, seats, consent, paging, reset."""

from __future__ import annotations

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from msp_devstack.graph.errors import GraphError
from msp_devstack.graph.skus import BY_PART_NUMBER
from msp_devstack.graph.state import Consent
from msp_devstack.graph.store import DirectoryStore
from msp_devstack.sandbox import (
    CONTROL_PREFIX,
    ControlModel,
    ControlRoutes,
    InvalidControlRequest,
    SandboxLog,
    read_model,
)


class TenantChange(ControlModel):
    """What a test may change about a tenant; seats go by part number, 0 or more."""

    consent: Consent | None = None
    seats: dict[str, int] = Field(default_factory=dict)


class SettingsChange(ControlModel):
    """What a test may change about the sandbox; a page size of null means Graph's own."""

    page_size: int | None = Field(None, ge=1, le=999)
    token_seconds: int | None = Field(None, ge=1, le=86_400)


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
        """Read everything in a tenant, or change its consent and seats."""
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
            tenant.seats.update({BY_PART_NUMBER[name].id: n for name, n in change.seats.items()})
            self._store.save()
        return JSONResponse(tenant.snapshot())
