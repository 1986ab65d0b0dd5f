"""How table requests travel: one pool of connections, and as little work around a request as it takes.

The SDK's own chain of policies and its aiohttp transport cost more processor time than the request
itself: user agent, logging and tracing policies, a second retry layer, two thread hops to ask
for proxies. Here one policy signs and decodes, and one transport sends.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, Final, Protocol

import aiohttp
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy, ContentDecodePolicy
from azure.core.pipeline.transport import AioHttpTransport, AsyncHttpTransport
from yarl import URL

from msp_core.storage.codec import ANSWER, BODY

_REDIRECTS: Final = 300


class BufferedResponse:
    """An answer that is wholly read, with what the Azure clients ask of one."""

    __slots__ = ("body_bytes", "content_type", "headers", "is_closed", "reason", "request", "status_code")

    def __init__(
        self, request: Any, status_code: int, headers: Mapping[str, str], body: bytes, reason: str | None
    ) -> None:
        self.request = request
        self.status_code = status_code
        self.headers = headers
        self.body_bytes = body
        self.reason = reason
        self.content_type = headers.get("Content-Type", "")
        self.is_closed = True

    @property
    def content(self) -> bytes:
        """The body."""
        return self.body_bytes

    def body(self) -> bytes:
        """The body, as the older interface asks for it."""
        return self.body_bytes

    def text(self, encoding: str | None = None) -> str:
        """The body as text."""
        return self.body_bytes.decode(encoding or "utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body_bytes)

    async def read(self) -> bytes:
        """The body, as the streaming interface asks for it."""
        return self.body_bytes

    async def close(self) -> None:
        """Nothing is left open."""


class PooledTransport(AsyncHttpTransport[Any, Any]):
    """Sends over a session that it does not own; the address goes out exactly as it was signed."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._streaming = AioHttpTransport(session=session, session_owner=False)

    async def send(self, request: Any, **options: Any) -> Any:
        """Send one request and read the whole answer.

        Transactions ask for a stream, whose parts the SDK's own transport knows how to read.
        """
        if options.get("stream"):
            return await self._streaming.send(request, stream=True)
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.content,
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
                return BufferedResponse(request, answer.status, answer.headers, body, answer.reason)
        except aiohttp.ClientConnectorError as fault:
            raise ServiceRequestError(fault, error=fault) from fault
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise ServiceResponseError(fault, error=fault) from fault

    async def open(self) -> None:
        """Nothing to open: the session is somebody else's."""

    async def close(self) -> None:
        """Nothing to close: the session is somebody else's."""

    async def __aexit__(self, *_args: object) -> None:
        """Nothing to close."""


class Signer(Protocol):
    """Puts the proof of who asks into a request's headers."""

    def sign(self, request: Any) -> None:
        """Add what the service wants to see."""


class SharedKeySigner:
    """Signs with the account's key.

    Source: "Shared Key Lite for Table service",
    https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
    """

    def __init__(self, account: str, key: str) -> None:
        self._account = account
        self._key = base64.b64decode(key)

    def sign(self, request: Any) -> None:
        """Add the Authorization header; the date must be there."""
        address: str = request.url
        path = address[address.index("/", address.index("://") + 3) :].partition("?")[0]
        text = f"{request.headers['x-ms-date']}\n/{self._account}{path}"
        digest = hmac.digest(self._key, text.encode(), "sha256")
        signature = base64.b64encode(digest).decode()
        request.headers["Authorization"] = f"SharedKeyLite {self._account}:{signature}"


class TablePolicy(AsyncHTTPPolicy[Any, Any]):
    """Dates and signs a request, and carries rows past the SDK's own conversions.

    The SDK looks at each value of each row several times, which costs more than the request. So on the way
    out the body is given as the option `BODY`; on the way back the SDK gets to see one row with one text, the
    whole answer, from which `rows_of` reads the real rows.
    """

    def __init__(self, signer: Signer | None) -> None:
        super().__init__()
        self._signer = signer

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send the request down the chain."""
        outgoing = request.http_request
        outgoing.headers["x-ms-date"] = formatdate(usegmt=True)
        if self._signer is not None:
            self._signer.sign(outgoing)
        context: Any = request.context
        context.options.pop("use_location", None)
        body = context.options.pop(BODY, None)
        if body is not None:
            outgoing.set_bytes_body(body)
        context["location_mode"] = "primary"
        response = await self.next.send(request)
        answer = response.http_response
        if isinstance(answer, BufferedResponse) and answer.status_code < _REDIRECTS and answer.body_bytes:
            context[ContentDecodePolicy.CONTEXT_NAME] = _opaque(answer.body_bytes.decode())
        return response


def _opaque(text: str) -> dict[str, Any]:
    row = {ANSWER: text}
    # An entity is read from the top, a query's rows from `value`.
    return {**row, "value": [row]}
