"""Tries again where that is safe and useful, within bounds on tries, time and size."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_TOO_MANY_REQUESTS = 429
_UNAVAILABLE = 503
_FIRST_SERVER_ERROR = 500
# The request never left, so repeating it cannot do anything twice.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AnswerTooLarge(Exception):
    """An answer's body passed the limit."""


@dataclass(frozen=True)
class RetryPolicy:
    """Bounds of one call, all tries together.

    Attributes:
        total_seconds: From the first byte sent to the last received, waits included.
        first_delay_seconds: The wait after the first failure without `Retry-After`; doubles.
    """

    most_tries: int = 5
    total_seconds: float = 60
    first_delay_seconds: float = 0.5
    longest_delay_seconds: float = 10
    longest_answer_bytes: int = 32 * 1024 * 1024


class RetryingTransport(httpx.AsyncBaseTransport):
    """Repeats what may be repeated, and reads the answer whole.

    429, and 503 with `Retry-After`, are repeated for every method: the server
    says that it has not done the work. Other 5xx and broken connections leave
    that open, so only idempotent methods are repeated, and requests whose
    extension `safe_to_repeat` is true.

    Args:
        clock: Seconds that only go forward.
        sleep: Waits that many seconds.
        now: The time of day, for a `Retry-After` that is a date.
        jitter: A number from 0 to 1, to spread runs that fail together.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        policy: RetryPolicy | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._policy = policy or RetryPolicy()
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._jitter = jitter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send until it succeeds, must not be repeated, or a bound is reached.

        Raises:
            httpx.TransportError: The last try got no answer.
            AnswerTooLarge: The answer passed the limit.
        """
        deadline = self._clock() + self._policy.total_seconds
        for attempt in range(1, self._policy.most_tries + 1):
            response: httpx.Response | None = None
            failure: httpx.TransportError | None = None
            try:
                response = await self._send(request, deadline)
            except httpx.TransportError as error:
                failure = error
            delay = self._delay(request, response, failure, attempt)
            is_last = attempt == self._policy.most_tries
            if delay is None or is_last or self._clock() + delay >= deadline:
                break
            await self._sleep(delay)
        if failure is not None:
            raise failure
        assert response is not None
        return response

    async def _send(self, request: httpx.Request, deadline: float) -> httpx.Response:
        remaining = max(0.001, deadline - self._clock())
        try:
            async with asyncio.timeout(remaining):
                response = await self._inner.handle_async_request(request)
                return await self._read(request, response)
        except TimeoutError as error:
            raise httpx.ReadTimeout(
                f"No answer within {self._policy.total_seconds:g} seconds", request=request
            ) from error

    async def _read(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._policy.longest_answer_bytes:
                    raise AnswerTooLarge(f"more than {self._policy.longest_answer_bytes} bytes")
        except httpx.DecodingError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        finally:
            await response.aclose()
        headers = [(key, value) for key, value in response.headers.multi_items() if key not in _FRAMING]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)

    def _delay(
        self,
        request: httpx.Request,
        response: httpx.Response | None,
        failure: httpx.TransportError | None,
        attempt: int,
    ) -> float | None:
        """Seconds to wait before the next try, or None if there must be none."""
        is_repeatable = request.method in _IDEMPOTENT or request.extensions.get("safe_to_repeat") is True
        if response is None:
            may_repeat = is_repeatable or isinstance(failure, _NOT_SENT)
            return self._backoff(attempt) if may_repeat else None
        asked = retry_after(response.headers.get("retry-after"), self._now())
        status = response.status_code
        was_refused = status == _TOO_MANY_REQUESTS or (status == _UNAVAILABLE and asked is not None)
        if not was_refused and not (status >= _FIRST_SERVER_ERROR and is_repeatable):
            return None
        return asked if asked is not None else self._backoff(attempt)

    def _backoff(self, attempt: int) -> float:
        longest: float = min(
            self._policy.first_delay_seconds * 2 ** (attempt - 1), self._policy.longest_delay_seconds
        )
        return longest * (0.5 + self._jitter() / 2)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait according to `Retry-After`, which is a number or a date.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
