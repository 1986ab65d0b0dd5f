"""A network between the platform and its storage that counts, and misbehaves when told to.

Hand `Network().wrap` to `Storage`: everything above and below it is the real thing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import AsyncHttpTransport
from multidict import CIMultiDict

from msp_core.storage.transport import BufferedResponse


@dataclass(frozen=True)
class Request:
    """One request that went out."""

    method: str
    path: str
    query: dict[str, list[str]]


@dataclass(frozen=True)
class Refused:
    """The connection is refused: nothing reaches storage."""


@dataclass(frozen=True)
class AnswerLost:
    """Storage does what it was asked, and the connection breaks before the answer arrives."""


@dataclass(frozen=True)
class Stalled:
    """Nothing happens for so long."""

    seconds: float


@dataclass(frozen=True)
class Status:
    """Something in between answers with this status."""

    code: int


@dataclass(frozen=True)
class Meanwhile:
    """Somebody else gets to storage first, and does this."""

    do: Callable[[], Awaitable[object]]


Fault = Refused | AnswerLost | Stalled | Status | Meanwhile


class Network:
    """Counts requests; faults are used up one request after the other."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.is_down = False
        self.page_rows: int | None = None
        self.has_empty_pages = False
        self._faults: deque[tuple[str | None, Fault]] = deque()
        self._withheld: dict[str, Any] = {}
        self._writes_left: int | None = None

    def wrap(self, transport: AsyncHttpTransport[Any, Any]) -> AsyncHttpTransport[Any, Any]:
        """Put this network before a transport."""
        return _NetworkTransport(self, transport)

    def fail(self, *faults: Fault, method: str | None = None) -> None:
        """Let the next requests, of one method if it is given, meet these faults."""
        self._faults.extend((method, fault) for fault in faults)

    def crash_after(self, writes: int) -> None:
        """Let so many writes through; from the next one on all is down, as if the process had died."""
        self._writes_left = writes

    def recover(self) -> None:
        """The process is started again: all is up.

        Raises:
            RuntimeError: It had not come to the crash.
        """
        if not self.is_down:
            raise RuntimeError("The work was over before the crash.")
        self.is_down, self._writes_left = False, None

    def count(self, work: Callable[[Request], bool] = lambda _: True) -> int:
        """How many requests went out since the last `forget`."""
        return sum(1 for request in self.requests if work(request))

    def forget(self) -> None:
        """Count from zero."""
        self.requests.clear()

    async def send(self, transport: AsyncHttpTransport[Any, Any], request: Any, options: Any) -> Any:
        """Carry one request, or do not."""
        parts = urlsplit(request.url)
        query = parse_qs(parts.query)
        self.requests.append(Request(request.method, unquote(parts.path), query))
        self._count_down(request.method)
        if self.is_down:
            raise ServiceRequestError("connection refused")
        fault = self._next_fault(request.method)
        if isinstance(fault, Refused):
            raise ServiceRequestError("connection refused")
        if isinstance(fault, Stalled):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Meanwhile):
            await fault.do()
        if isinstance(fault, Status):
            return _MadeUpResponse(request, fault.code, CIMultiDict(), b"", "made up")
        if "NextRowKey" in query and query["NextRowKey"][0] in self._withheld:
            return self._withheld.pop(query["NextRowKey"][0])
        self._shorten(request, query)
        answer = await transport.send(request, **options)
        if isinstance(fault, AnswerLost):
            raise ServiceRequestError("connection reset")
        is_rows = self.has_empty_pages and request.method == "GET" and parts.path.endswith("()")
        return self._withhold(request, answer) if is_rows else answer

    def _count_down(self, method: str) -> None:
        if self._writes_left is None or method in {"GET", "HEAD"}:
            return
        self.is_down = self.is_down or self._writes_left == 0
        self._writes_left = max(0, self._writes_left - 1)

    def _next_fault(self, method: str) -> Fault | None:
        if self._faults and self._faults[0][0] in {None, method}:
            return self._faults.popleft()[1]
        return None

    def _shorten(self, request: Any, query: dict[str, list[str]]) -> None:
        if self.page_rows is not None and "$top" in query:
            request.url = request.url.replace(f"$top={query['$top'][0]}", f"$top={self.page_rows}").replace(
                f"%24top={query['$top'][0]}", f"%24top={self.page_rows}"
            )

    def _withhold(self, request: Any, answer: Any) -> Any:
        token = f"withheld-{len(self.requests)}"
        self._withheld[token] = answer
        headers = CIMultiDict({"Content-Type": "application/json;odata=minimalmetadata"})
        headers["x-ms-continuation-NextPartitionKey"] = token
        headers["x-ms-continuation-NextRowKey"] = token
        return _MadeUpResponse(request, 200, headers, b'{"value":[]}', "OK")


class _MadeUpResponse(BufferedResponse):
    """Without slots: the blob and queue clients note on an answer where it came from."""


class _NetworkTransport(AsyncHttpTransport[Any, Any]):
    def __init__(self, network: Network, inner: AsyncHttpTransport[Any, Any]) -> None:
        self._network = network
        self._inner = inner

    async def send(self, request: Any, **options: Any) -> Any:
        return await self._network.send(self._inner, request, options)

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def __aexit__(self, *_args: object) -> None:
        return None
