"""The HaloPSA sandbox's routes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from msp_automation.sandboxes.halopsa.access import Access, ApiApplication, RateLimit, TooManyRequests
from msp_automation.sandboxes.halopsa.control import HaloControlRoutes
from msp_automation.sandboxes.halopsa.state import TICKET_TYPES, HaloError, HaloStore, Json
from msp_automation.sandboxes.sandbox import (
    CONTROL_PREFIX,
    ControlGuard,
    Fault,
    FaultyAndLogged,
    InvalidControlRequest,
    SandboxLog,
    read_json,
    refuse_invalid_control_request,
)

_DEFAULT_PAGE, _LARGEST_PAGE = 50, 100


def create_app(
    store: HaloStore,
    *,
    application: ApiApplication | None = None,
    log: SandboxLog | None = None,
    limit: RateLimit | None = None,
) -> ASGIApp:
    """The sandbox as an ASGI app.

    Args:
        log: Takes the faults to come and the requests seen; its own unless given.
        limit: How many requests pass; HaloPSA's own unless given.
    """
    log = log if log is not None else SandboxLog()
    limit = limit if limit is not None else RateLimit()
    access = Access(application if application is not None else ApiApplication(), limit)
    api = ApiRoutes(store, access)
    app = Starlette(
        routes=[
            Route("/auth/token", access.endpoint, methods=["POST"]),
            Route("/api/client", api.clients),
            Route("/api/client/{number:int}", api.client),
            Route("/api/tickettype", api.ticket_types),
            Route("/api/tickets", api.tickets, methods=["GET", "POST"]),
            Route("/api/tickets/{number:int}", api.ticket),
            *HaloControlRoutes(store, access, limit, log).routes(),
        ],
        exception_handlers={
            HaloError: _refused,
            HTTPException: _no_route,
            InvalidControlRequest: refuse_invalid_control_request,
        },
    )
    return ControlGuard(FaultyAndLogged(AnyCase(app), log=log, answer=_fault_answer))


class AnyCase:
    """Lets paths be written in any case, as HaloPSA does: its documents say `/Tickets`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not scope["path"].startswith(CONTROL_PREFIX):
            scope = {**scope, "path": scope["path"].lower()}
        await self._app(scope, receive, send)


class ApiRoutes:
    """What answers under `/api`."""

    def __init__(self, store: HaloStore, access: Access) -> None:
        self._store = store
        self._access = access

    async def clients(self, request: Request) -> Response:
        """GET `/api/client`, optionally with `search` in the name."""
        self._access.check(request)
        search = request.query_params.get("search", "").casefold()
        found = [client for client in self._store.clients.values() if search in client["name"].casefold()]
        return JSONResponse(_page(request, "clients", found))

    async def client(self, request: Request) -> Response:
        """GET `/api/client/{id}`."""
        self._access.check(request)
        return JSONResponse(self._store.client(request.path_params["number"]))

    async def ticket_types(self, request: Request) -> Response:
        """GET `/api/tickettype`."""
        self._access.check(request)
        return JSONResponse([{"id": number, "name": name} for number, name in TICKET_TYPES.items()])

    async def tickets(self, request: Request) -> Response:
        """GET lists, newest first; POST takes an array of tickets."""
        self._access.check(request)
        if request.method == "POST":
            return await self._write(request)
        client_id = _number(request, "client_id")
        found: Iterable[Json] = reversed(self._store.tickets.values())
        if client_id is not None:
            found = (ticket for ticket in found if ticket["client_id"] == client_id)
        return JSONResponse(_page(request, "tickets", list(found)))

    async def ticket(self, request: Request) -> Response:
        """GET `/api/tickets/{id}`."""
        self._access.check(request)
        return JSONResponse(self._store.ticket(request.path_params["number"]))

    async def _write(self, request: Request) -> Response:
        try:
            body = await read_json(request)
        except ValueError as error:
            raise HaloError(400, "The request body is no JSON.") from error
        if not isinstance(body, list) or not body:
            raise HaloError(400, "The request body must be an array of tickets.")
        written = self._store.write(body)
        return JSONResponse(written[0] if len(written) == 1 else written, 201)


def _page(request: Request, name: str, found: list[Json]) -> Json:
    page = _number(request, "page_no") or 1
    size = min(_number(request, "page_size") or _DEFAULT_PAGE, _LARGEST_PAGE)
    start = (page - 1) * size
    return {
        "page_no": page,
        "page_size": size,
        "record_count": len(found),
        name: found[start : start + size],
    }


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < 1:  # noqa: PLR2004
        raise HaloError(400, f"{name} must be a whole number of 1 or more.")
    return int(text)


def _answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"Message": message}, status, headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HaloError)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}  # noqa: PLR2004
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(math.ceil(error.wait_seconds))
    return _answer(error.status, str(error), headers)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(error.status_code, f"No HTTP resource was found that matches {request.url.path}.")


def _fault_answer(fault: Fault, request: Request) -> Response:
    headers = {} if fault.retry_after_seconds is None else {"Retry-After": f"{fault.retry_after_seconds:g}"}
    if fault.kind == "throttle":
        return _answer(429, "API calls quota exceeded.", headers)
    return _answer(fault.status, "An error has occurred.", headers)
