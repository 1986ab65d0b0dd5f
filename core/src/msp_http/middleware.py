"""Pure ASGI middleware: request id, catch-all, body limit, CORS, security headers.

Starlette's BaseHTTPMiddleware costs four times as much per layer, and under Azure Functions an
exception that leaves the app loses its body, so the last catch is here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from msp_core.ids import new_id
from msp_http.answers import error_answer
from msp_http.options import HttpContainer, HttpOptions

_log = structlog.get_logger(__name__)

REQUEST_ID_HEADER: Final = "X-Request-Id"
EXPOSED_HEADERS: Final = (
    "X-Request-Id", "X-Next-Cursor", "ETag", "Retry-After", "Location", "Content-Disposition",
)  # fmt: skip
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_REQUEST_HEADERS = (
    "Authorization", "Content-Type", "X-Organization-Id", "X-Request-Id", "Idempotency-Key",
    "If-Match", "Prefer", "traceparent", "tracestate",
)  # fmt: skip


def install_middleware(app: FastAPI, container: HttpContainer) -> None:
    """Put the layers round the app, the outermost last."""

    def options() -> HttpOptions:
        return container.http

    app.add_middleware(BodyLimitMiddleware, options=options)
    app.add_middleware(CatchAllMiddleware)
    app.add_middleware(LazyCorsMiddleware, options=options)
    app.add_middleware(RequestContextMiddleware)


class RequestContextMiddleware:
    """Gives each request an id, puts it in every answer and log line, and hardens the answer's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(Headers(scope=scope).get(REQUEST_ID_HEADER))
        scope.setdefault("state", None)
        scope["state"] = {**(scope["state"] or {}), "request_id": request_id}
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            await send(message)

        with _log_context(request_id=request_id):
            await self._app(scope, receive, send_with_headers)
            _log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )


@contextmanager
def _log_context(**values: str) -> Iterator[None]:
    """Bind `values` to the log; whatever else is bound until the block ends is unbound with them.

    A host may serve several requests in one task: the next one must not be logged under this one's user.
    """
    before = structlog.contextvars.get_contextvars()
    structlog.contextvars.bind_contextvars(**values)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**before)


def request_id_of(incoming: str | None) -> str:
    """The caller's id when it is a plain token, a new one otherwise."""
    if incoming is not None and _SANE_REQUEST_ID.fullmatch(incoming):
        return incoming
    return new_id()


class CatchAllMiddleware:
    """Turns what nobody foresaw into a 500 in the error shape; the traceback goes to the log only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def watch(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            _log.exception("request_crashed", method=scope["method"], path=scope["path"])
            if has_started:
                raise
            answer = error_answer(
                500,
                "InternalError",
                "Something went wrong on our side; the log has it under this request id.",
            )
            await answer(scope, receive, send)


class _BodyTooLarge(Exception):
    """A signal between two layers: the body passed the limit while it was read."""


class BodyLimitMiddleware:
    """Refuses bodies over the limit, by their declared length or by counting what arrives."""

    def __init__(self, app: ASGIApp, options: Callable[[], HttpOptions]) -> None:
        self._app = app
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._options().body_limit(scope["method"], scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await self._refuse(limit, scope, receive, send)
            return
        received = 0
        is_too_large = False
        has_started = False

        async def counted() -> Message:
            nonlocal received, is_too_large
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                is_too_large = True
                raise _BodyTooLarge
            return message

        async def watch(message: Message) -> None:
            nonlocal has_started
            # FastAPI answers an unreadable body itself; ours says why.
            if is_too_large and not has_started:
                return
            has_started = True
            await send(message)

        with suppress(_BodyTooLarge):
            await self._app(scope, counted, watch)
        if is_too_large and not has_started:
            await self._refuse(limit, scope, receive, send)

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        message = f"The request body is larger than {limit // 1024} KiB."
        await error_answer(413, "PayloadTooLarge", message)(scope, receive, send)


class LazyCorsMiddleware:
    """CORS whose origins are read at the first request, since nothing reads settings at import."""

    def __init__(self, app: ASGIApp, options: Callable[[], HttpOptions]) -> None:
        self._app = app
        self._options = options
        self._cors: CORSMiddleware | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._cors is None:
            self._cors = CORSMiddleware(
                self._app,
                allow_origins=list(self._options().cors_origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=list(_REQUEST_HEADERS),
                expose_headers=list(EXPOSED_HEADERS),
                max_age=600,
            )
        await self._cors(scope, receive, send)
