"""The control routes: state for proofs, rate limit, tokens, reset."""

from __future__ import annotations

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from msp_automation.sandboxes.halopsa.access import Access, RateLimit
from msp_automation.sandboxes.halopsa.state import HaloStore
from msp_automation.sandboxes.sandbox import (
    CONTROL_PREFIX,
    ControlModel,
    ControlRoutes,
    SandboxLog,
    read_model,
)

_LIMIT = RateLimit()
_TOKEN_SECONDS = 3600.0


class SettingsChange(ControlModel):
    """What a test may change: the rate limit and the tokens' life."""

    limit: int | None = Field(None, ge=0, le=1_000_000)
    window_seconds: float | None = Field(None, gt=0, le=3600)
    token_seconds: float | None = Field(None, gt=0, le=86_400)


class HaloControlRoutes:
    """What answers under `/_sandbox`."""

    def __init__(self, store: HaloStore, access: Access, limit: RateLimit, log: SandboxLog) -> None:
        self._store = store
        self._access = access
        self._limit = limit
        self._log = log

    def routes(self) -> list[Route]:
        """All of them."""
        shared = ControlRoutes(self._log)
        return [
            Route(f"{CONTROL_PREFIX}/health", shared.health),
            Route(f"{CONTROL_PREFIX}/reset", self.reset, methods=["POST"]),
            Route(f"{CONTROL_PREFIX}/state", self.state),
            Route(f"{CONTROL_PREFIX}/settings", self.settings, methods=["GET", "PATCH"]),
            Route(f"{CONTROL_PREFIX}/tokens", self.tokens, methods=["DELETE"]),
            Route(f"{CONTROL_PREFIX}/faults", shared.faults, methods=["GET", "POST", "DELETE"]),
            Route(f"{CONTROL_PREFIX}/requests", shared.requests, methods=["GET", "DELETE"]),
        ]

    async def reset(self, request: Request) -> Response:
        """Forget tickets, faults, requests and settings; tokens stay good."""
        self._store.reset()
        self._log.reset()
        self._limit.change(_LIMIT.count, _LIMIT.window_seconds)
        self._access.token_seconds = _TOKEN_SECONDS
        return Response(status_code=204)

    async def state(self, request: Request) -> Response:
        """Everything that the sandbox holds."""
        tickets = list(self._store.tickets.values())
        return JSONResponse({"clients": list(self._store.clients.values()), "tickets": tickets})

    async def settings(self, request: Request) -> Response:
        """Read or change the rate limit and the tokens' life."""
        if request.method == "PATCH":
            change = await read_model(request, SettingsChange)
            count = self._limit.count if change.limit is None else change.limit
            self._limit.change(count, change.window_seconds or self._limit.window_seconds)
            self._access.token_seconds = change.token_seconds or self._access.token_seconds
        return JSONResponse(
            {
                "limit": self._limit.count,
                "windowSeconds": self._limit.window_seconds,
                "tokenSeconds": self._access.token_seconds,
            }
        )

    async def tokens(self, request: Request) -> Response:
        """Revoke every token."""
        self._access.revoke_all()
        return Response(status_code=204)
