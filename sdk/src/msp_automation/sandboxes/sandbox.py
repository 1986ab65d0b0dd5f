"""What the sandboxes share: faults on demand, a log of requests, and their control routes."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTROL_PREFIX = "/_sandbox"
_LOGGED_REQUESTS = 2000


class ControlModel(BaseModel):
    """A body of a control route: camelCase, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Fault(ControlModel):
    """What happens to the next requests that match.

    Args:
        kind: `throttle` answers 429, `error` answers `status`, `delay` only waits.
        count: How many matching requests it hits.
        skip: How many matching requests pass unharmed first.
        method: One HTTP method, or `*`.
        path: Shell pattern over the request's path, such as `*/assignLicense`.
        when: `after` lets the request do its work and then answers with the fault,
            as when the answer is lost on the way.
    """

    kind: Literal["throttle", "error", "delay"]
    # Defaults outside of Field: checkers without pydantic's plugin see that these may be left out.
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0
    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after_seconds: Annotated[float | None, Field(ge=0, le=3600)] = None
    delay_seconds: Annotated[float, Field(ge=0, le=600)] = 0
    method: str = "*"
    path: str = "*"
    when: Literal["before", "after"] = "before"

    def matches(self, method: str, path: str) -> bool:
        """Whether this fault is meant for such a request."""
        return self.method in {"*", method} and fnmatchcase(path.lower(), self.path.lower())


@dataclass(frozen=True)
class LoggedRequest:
    """One request that reached the sandbox, without its body."""

    method: str
    path: str
    status: int
    tenant_id: str | None


class SandboxLog:
    """Pending faults and the requests that were seen."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, int, int]] = []
        self.requests: deque[LoggedRequest] = deque(maxlen=_LOGGED_REQUESTS)

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The faults that still wait for requests, as JSON."""
        return [
            {**fault.model_dump(by_alias=True), "skip": skip, "count": count}
            for fault, skip, count in self._faults
        ]

    def add(self, fault: Fault) -> None:
        """Let `fault` happen to the next matching requests."""
        self._faults.append((fault, fault.skip, fault.count))

    def clear_faults(self) -> None:
        """Forget the faults that have not happened yet."""
        self._faults.clear()

    def reset(self) -> None:
        """Forget faults and requests."""
        self.clear_faults()
        self.requests.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted down."""
        for index, (fault, skip, count) in enumerate(self._faults):
            if not fault.matches(method, path):
                continue
            if skip:
                self._faults[index] = (fault, skip - 1, count)
                continue
            if count > 1:
                self._faults[index] = (fault, 0, count - 1)
            else:
                del self._faults[index]
            return fault
        return None


class FaultyAndLogged:
    """Middleware that lets faults happen and notes each request; control routes are left alone."""

    def __init__(
        self, app: ASGIApp, *, log: SandboxLog, answer: Callable[[Fault, Request], Response]
    ) -> None:
        self._app = app
        self._log = log
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL_PREFIX):
            await self._app(scope, receive, send)
            return
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._serve(scope, receive, noting)
        finally:
            tenant_id = scope.get("state", {}).get("tenant_id")
            self._log.requests.append(LoggedRequest(scope["method"], scope["path"], status, tenant_id))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._log.take(scope["method"], scope["path"])
        if fault is not None and fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if fault is None or fault.kind == "delay":
            await self._app(scope, receive, send)
            return
        if fault.when == "after":
            await self._app(scope, receive, _swallow)
        await self._answer(fault, Request(scope))(scope, receive, send)


async def _swallow(message: Message) -> None:
    del message


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form body; the last of several with one name."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


async def read_json(request: Request) -> Any:
    """The JSON body.

    Raises:
        ValueError: It is no JSON, or JSON that cannot be written again (NaN, half a character).
    """
    try:
        value = json.loads(await request.body(), parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


class ControlRoutes:
    """The control routes that both sandboxes have: health, faults and requests."""

    def __init__(self, log: SandboxLog) -> None:
        self._log = log

    async def faults(self, request: Request) -> Response:
        """Add a fault, list those pending, or forget them."""
        if request.method == "POST":
            self._log.add(await read_model(request, Fault))
            return JSONResponse(self._log.pending, 201)
        if request.method == "DELETE":
            self._log.clear_faults()
        return JSONResponse(self._log.pending)

    async def health(self, request: Request) -> Response:
        """Say that the sandbox answers."""
        return JSONResponse({"status": "ok"})

    async def requests(self, request: Request) -> Response:
        """List the requests that were seen, or forget them."""
        if request.method == "DELETE":
            self._log.requests.clear()
        return JSONResponse([asdict(entry) for entry in self._log.requests])


_Model = TypeVar("_Model", bound=ControlModel)


class InvalidControlRequest(ValueError):
    """A body that a control route cannot read."""


async def read_model(request: Request, model: type[_Model]) -> _Model:
    """The body of a control route.

    Raises:
        InvalidControlRequest: It does not fit `model`.
    """
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        raise InvalidControlRequest(str(error)) from error


async def refuse_invalid_control_request(_request: Request, error: Exception) -> Response:
    """Answer 400 with what is wrong."""
    return JSONResponse({"error": "ValidationError", "message": str(error)}, 400)


class ControlGuard:
    """Keeps web pages away from the control routes: a browser always names the page's origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403 to a page."""
        if scope["type"] == "http" and scope["path"].startswith(CONTROL_PREFIX):
            names = {name for name, _ in scope["headers"]}
            if b"origin" in names or b"sec-fetch-site" in names:
                await JSONResponse({"error": "Forbidden", "message": "Not for web pages"}, 403)(
                    scope, receive, send
                )
                return
        await self._app(scope, receive, send)
