"""What all sandboxes of a test have: faults on demand, answers of the test's own, and what was called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Literal

import httpx

from msp_automation.integrations.addresses import endpoint_of
from msp_automation.testing.calls import ApiCall, Expected, explain, path_matches
from msp_automation.testing.clock import VirtualClock

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_READ_TIMEOUT = 1e9
Answer = Callable[[ApiCall], Any]

# Options of a form are loaded before it is sent: those calls are no part of what a test looks at.
_aside: ContextVar[bool] = ContextVar("msp_testing_aside", default=False)


@contextmanager
def aside() -> Iterator[None]:
    """Calls in here meet no faults and are not recorded."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


@dataclass(frozen=True)
class Mishap:
    """What happens to the next requests that match."""

    kind: Literal["answer", "slow", "time_out", "disconnect", "unreachable"]
    times: int
    method: str
    path: str
    status: int = 503
    retry_after: float | None = None
    seconds: float = 0.0
    work_is_done: bool = False
    body: Any = None

    def matches(self, call: ApiCall) -> bool:
        """Whether it is meant for this request."""
        return self.method.upper() in {"*", call.method} and path_matches(self.path, call.path)


class SandboxApi:
    """One API of a test, in this process: nothing leaves it.

    Attributes:
        calls: The requests that reached it, in order, each try of its own; sign-ins are in `sign_ins`.
        sign_ins: The requests that its token endpoint got.
    """

    def __init__(self, label: str, base_url: str, clock: VirtualClock) -> None:
        self.label = label
        self.calls: list[ApiCall] = []
        self.sign_ins: list[ApiCall] = []
        self._base_path = httpx.URL(base_url).path.rstrip("/")
        self._clock = clock
        self._mishaps: list[Mishap] = []
        self._answers: list[tuple[str, str, Answer, int, Mapping[str, str]]] = []

    @property
    def pending_faults(self) -> list[Mishap]:
        """Faults that were asked for and have not happened yet."""
        return list(self._mishaps)

    def fail_next(
        self,
        status: int = 503,
        *,
        times: int = 1,
        retry_after: float | None = None,
        method: str = "*",
        path: str = "*",
        work_is_done: bool = False,
    ) -> None:
        """Answer the next requests with an error, in the API's own words; sign-ins are left alone.

        Args:
            status: 429 for throttling, or a 5xx.
            retry_after: Seconds of the `Retry-After` header. They pass at once.
            path: `{name}` stands for one segment, `*` for anything.
            work_is_done: The work is done, but its answer is lost.
        """
        self._mishaps.append(
            Mishap(
                "answer", times, method, path,
                status=status, retry_after=retry_after, work_is_done=work_is_done,
            )
        )  # fmt: skip

    def slow_next(self, seconds: float, *, times: int = 1, method: str = "*", path: str = "*") -> None:
        """Let the next requests take so long; past the client's patience they time out. It passes at once."""
        self._mishaps.append(Mishap("slow", times, method, path, seconds=seconds))

    def time_out_next(
        self, *, times: int = 1, method: str = "*", path: str = "*", work_is_done: bool = False
    ) -> None:
        """Answer the next requests never."""
        self._mishaps.append(Mishap("time_out", times, method, path, work_is_done=work_is_done))

    def disconnect_next(
        self, *, times: int = 1, method: str = "*", path: str = "*", work_is_done: bool = False
    ) -> None:
        """Break the connection of the next requests."""
        self._mishaps.append(Mishap("disconnect", times, method, path, work_is_done=work_is_done))

    def unreachable_next(self, *, times: int = 1, method: str = "*", path: str = "*") -> None:
        """Let the next requests find nobody there."""
        self._mishaps.append(Mishap("unreachable", times, method, path))

    def on(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer such requests with this from now on; the last word for a request counts.

        Args:
            json: The answer's body, or a function that makes it of the `ApiCall`; the function may
                also make a whole `httpx.Response`.
        """
        answer: Answer = json if callable(json) else lambda _: json
        self._answers.insert(0, (method.upper(), path, answer, status, dict(headers or {})))

    def assert_called(
        self,
        method: str = "*",
        path: str = "*",
        *,
        times: int | None = None,
        json: Any = None,
        query: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> list[ApiCall]:
        """Fail unless there were such calls, and hand them out.

        Args:
            path: As it was sent, or with `{name}` for one segment and `*` for anything.
            times: How often exactly, each try counting; at least once unless given.
            json: What the body has to hold; it may hold more.
            query: What the query has to hold; it may hold more.
            status: How it was answered: `status=201` leaves out the tries that failed.
        """
        __tracebackhide__ = True
        expected = Expected(method, path, json, query, status)
        found = [call for call in self.calls if expected.matches(call)]
        if (times is None and not found) or (times is not None and len(found) != times):
            raise AssertionError(explain(self.label, expected, len(found), times, self.calls))
        return found

    def assert_not_called(self, method: str = "*", path: str = "*", **also: Any) -> None:
        """Fail if there were such calls; takes what `assert_called` takes."""
        __tracebackhide__ = True
        self.assert_called(method, path, times=0, **also)

    def assert_only_read(self) -> None:
        """Fail if anything but reading was asked for, whatever the answer was."""
        __tracebackhide__ = True
        changes = [call for call in self.calls if call.method not in _READS]
        if changes:
            listed = "\n".join(f"  {call}" for call in changes)
            raise AssertionError(f"Expected {self.label} only to be read, but it was also sent\n{listed}")

    async def serve(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, as the network would.

        Raises:
            httpx.TransportError: A fault asked for it.
        """
        call = self._described(request)
        is_sign_in = self.is_sign_in(request)
        if _aside.get():
            return await self._answer(request, call, is_sign_in)
        record = (self.sign_ins if is_sign_in else self.calls).append
        mishap = None if is_sign_in else self._take(call)
        try:
            response = await self._happen(request, call, mishap, is_sign_in)
        except httpx.TransportError:
            record(call)
            raise
        record(replace(call, status=response.status_code))
        return response

    def is_sign_in(self, request: httpx.Request) -> bool:
        """Whether a request goes to the token endpoint."""
        return request.url.path.endswith("/token")

    async def refuse(self, request: httpx.Request, mishap: Mishap) -> httpx.Response:
        """The answer of a fault, in this API's own words."""
        headers = {} if mishap.retry_after is None else {"Retry-After": f"{mishap.retry_after:g}"}
        body = {"error": {"code": str(mishap.status), "message": "The test asked for this."}}
        return httpx.Response(mishap.status, json=body, headers=headers)

    async def fulfil(self, request: httpx.Request) -> httpx.Response:
        """The answer where neither a fault nor the test's own answer applies."""
        listed = ", ".join(f"{method} {path}" for method, path, *_ in self._answers) or "nothing yet"
        message = f"The test gave no answer for {request.method} {request.url.path}. It gave: {listed}."
        return httpx.Response(404, json={"error": {"code": "NoAnswer", "message": message}})

    async def _happen(
        self, request: httpx.Request, call: ApiCall, mishap: Mishap | None, is_sign_in: bool
    ) -> httpx.Response:
        if mishap is None:
            return await self._answer(request, call, is_sign_in)
        if mishap.work_is_done:
            await self._answer(request, call, is_sign_in)
        match mishap.kind:
            case "answer":
                return await self.refuse(request, mishap)
            case "disconnect":
                raise httpx.RemoteProtocolError("The connection broke", request=request)
            case "unreachable":
                raise httpx.ConnectError("Nobody answers", request=request)
        patience = request.extensions.get("timeout", {}).get("read") or _NO_READ_TIMEOUT
        if mishap.kind == "time_out" or mishap.seconds >= patience:
            self._clock.pass_by(patience)
            raise httpx.ReadTimeout("The answer took too long", request=request)
        self._clock.pass_by(mishap.seconds)
        return await self._answer(request, call, is_sign_in)

    async def _answer(self, request: httpx.Request, call: ApiCall, is_sign_in: bool) -> httpx.Response:
        for method, path, answer, status, headers in self._answers:
            is_meant = not is_sign_in or path.endswith("/token")
            if is_meant and method in {"*", call.method} and path_matches(path, call.path):
                body = answer(call)
                if isinstance(body, httpx.Response):
                    return body
                content: dict[str, Any] = {} if body is None else {"json": body}
                return httpx.Response(status, headers=dict(headers), **content)
        return await self.fulfil(request)

    def _take(self, call: ApiCall) -> Mishap | None:
        for index, mishap in enumerate(self._mishaps):
            if mishap.matches(call):
                left = replace(mishap, times=mishap.times - 1)
                self._mishaps[index : index + 1] = [left] if left.times > 0 else []
                return mishap
        return None

    def _described(self, request: httpx.Request) -> ApiCall:
        return ApiCall(
            request.method,
            request.url.path.removeprefix(self._base_path) or "/",
            endpoint_of(request),
            None,
            _body(request),
            dict(request.url.params),
        )


class FakeApi(SandboxApi):
    """An API that answers what the test says: for integrations of an author's own.

    Its token endpoint (a path that ends in `/token`) gives a token, unless the test says otherwise
    with `on`.
    """

    async def fulfil(self, request: httpx.Request) -> httpx.Response:
        """A token for who signs in; else what is missing."""
        if self.is_sign_in(request):
            return httpx.Response(200, json={"access_token": "test-token", "expires_in": 3600})
        return await super().fulfil(request)


def _body(request: httpx.Request) -> Any:
    if not request.content:
        return None
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None  # a sign-in, with secrets in it
    try:
        return json.loads(request.content)
    except ValueError:
        return request.content.decode("utf-8", "replace")
