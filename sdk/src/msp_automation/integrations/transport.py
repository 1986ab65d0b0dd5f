"""The one way out: authenticate → assert tenant → track → retry → network.

Each layer is an `httpx.AsyncBaseTransport` around the next, so nothing that an
author calls can step around one of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from msp_automation.capabilities import IntegrationCall, IntegrationToken
from msp_automation.errors import IntegrationError
from msp_automation.integrations.addresses import endpoint_of, origin_of
from msp_automation.integrations.retrying import AnswerTooLarge
from msp_automation.integrations.tokens import TokenSource

__all__ = ["AuthenticatingTransport", "TrackingTransport", "endpoint_of", "integration_error"]

Clock = Callable[[], float]
_UNAUTHORIZED = 401


def integration_error(
    integration: str,
    message: str,
    *,
    code: str,
    endpoint: str | None = None,
    status: int | None = None,
    reason: str | None = None,
    request_id: str | None = None,
) -> IntegrationError:
    """An `IntegrationError` with all of its usual details."""
    return IntegrationError(
        message,
        details={
            "integration": integration,
            "status": status,
            "code": code,
            "reason": reason,
            "endpoint": endpoint,
            "requestId": request_id,
        },
    )


class AuthenticatingTransport(httpx.AsyncBaseTransport):
    """Adds the token, after making sure that it may go where the request goes.

    The host must be the integration's own, so a next link that leads elsewhere
    never receives a token; the token must belong to the organization's tenant,
    so a mix-up anywhere before this line cannot reach another client's data.

    Args:
        tenant_id: The tenant the token must belong to; None asks for none.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        tokens: TokenSource,
        *,
        integration: str,
        base_url: str,
        tenant_id: str | None,
    ) -> None:
        self._inner = inner
        self._tokens = tokens
        self._integration = integration
        self._origin = origin_of(httpx.URL(base_url))
        self._tenant_id = tenant_id

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send with a token; after a 401, once more with a new one."""
        self._assert_host(request)
        await request.aread()
        token = await self._tokens.get()
        response = await self._send(request, token)
        if response.status_code != _UNAUTHORIZED:
            return response
        await response.aclose()
        return await self._send(request, await self._tokens.replace(token))

    async def _send(self, request: httpx.Request, token: IntegrationToken) -> httpx.Response:
        self._assert_tenant(request, token)
        request.headers["Authorization"] = f"Bearer {token.access_token}"
        return await self._inner.handle_async_request(request)

    def _assert_host(self, request: httpx.Request) -> None:
        if origin_of(request.url) != self._origin:
            raise integration_error(
                self._integration,
                f"A request of {self._integration} would have gone to {request.url.host}, "
                "which is not the integration's own address. It was not sent.",
                code="ForeignHost",
                endpoint=f"{request.method} {endpoint_of(request)}",
            )

    def _assert_tenant(self, request: httpx.Request, token: IntegrationToken) -> None:
        if self._tenant_id is None:
            return
        if (token.tenant_id or "").lower() != self._tenant_id.lower():
            raise integration_error(
                self._integration,
                f"The token for {self._integration} belongs to another tenant than the organization's. "
                "The request was not sent. Check the organization's tenant link.",
                code="WrongTenant",
                endpoint=f"{request.method} {endpoint_of(request)}",
            )


class TrackingTransport(httpx.AsyncBaseTransport):
    """Records each call (method, path template, status, duration) and puts failures in words."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        integration: str,
        label: str,
        record: Callable[[IntegrationCall], None],
        clock: Clock = time.perf_counter,
    ) -> None:
        self._inner = inner
        self._integration = integration
        self._label = label
        self._record = record
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and record what became of it.

        Raises:
            IntegrationError: No answer came, or one too large.
        """
        began, timestamp, status = self._clock(), datetime.now(UTC), None
        try:
            response = await self._inner.handle_async_request(request)
            status = response.status_code
        except (httpx.TransportError, AnswerTooLarge) as error:
            raise self._describe(request, error) from error
        finally:
            self._record(
                IntegrationCall(
                    timestamp=timestamp,
                    integration=self._integration,
                    method=request.method,
                    endpoint=endpoint_of(request),
                    status_code=status,
                    duration_ms=round((self._clock() - began) * 1000, 3),
                )
            )
        return response

    def _describe(self, request: httpx.Request, error: Exception) -> IntegrationError:
        endpoint = f"{request.method} {endpoint_of(request)}"
        code, problem = _failure(error)
        return integration_error(
            self._integration,
            f"{self._label} {problem} ({endpoint} on {request.url.host}).",
            code=code,
            endpoint=endpoint,
            reason=str(error) or type(error).__name__,
        )


def _failure(error: Exception) -> tuple[str, str]:
    if isinstance(error, AnswerTooLarge):
        return "AnswerTooLarge", "sent an answer that is too large; ask for less at a time"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "Unreachable", "cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "Timeout", "did not answer in time"
    return "ConnectionLost", "broke the connection"
