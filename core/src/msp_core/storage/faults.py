"""The one place that retries, bounds and translates what Azure throws."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from msp_core.errors import Conflict, Invalid, MspError, NotFound, PreconditionFailed, TooLarge, Unavailable
from msp_core.storage.settings import Bounds

T = TypeVar("T")

_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_MAX_PAUSE_SECONDS: Final = 1.0


class ContainerMissing(NotFound):
    """The table, container or queue itself is not there yet."""


async def bounded(
    send: Callable[[], Awaitable[T]],
    bounds: Bounds,
    *,
    what: str,
    settle: Callable[[], Awaitable[T | None]] | None = None,
) -> T:
    """Send one operation, again after transient faults, never longer than the bounds say.

    A request that failed on the way may have been carried out all the same. When a later try is then
    refused as a conflict, `settle` reads what is stored and tells whether it is our own doing.

    Args:
        what: What was tried, for the message: "read from table Forms".
        settle: Gives the result if the earlier try did succeed, None if somebody else was first.

    Raises:
        Unavailable: No try succeeded within the bounds.
        MspError: What the answer means, see `translate`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + bounds.call_seconds
    pause = bounds.first_pause_seconds
    attempt = 0
    while True:
        attempt += 1
        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + bounds.attempt_seconds)):
                return await send()
        except (TimeoutError, AzureError, ConnectionError) as fault:
            if not _is_transient(fault):
                error = translate(fault, what)
                if attempt > 1 and settle is not None and isinstance(error, Conflict | NotFound):
                    settled = await _ask(settle, deadline, bounds, what)
                    if settled is not None:
                        return settled
                raise error from fault
            pause_now = min(pause, _MAX_PAUSE_SECONDS) * (0.75 + random.random() / 2)  # noqa: S311 - jitter
            if attempt >= bounds.attempts or loop.time() + pause_now >= deadline:
                raise _unavailable(what, bounds, fault) from fault
        await asyncio.sleep(pause_now)
        pause *= 2


async def _ask(
    settle: Callable[[], Awaitable[T | None]], deadline: float, bounds: Bounds, what: str
) -> T | None:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(max(deadline, loop.time() + 0.5)):
            return await settle()
    except (TimeoutError, AzureError, ConnectionError) as fault:
        if isinstance(fault, HttpResponseError) and not _is_transient(fault):
            return None
        raise _unavailable(what, bounds, fault) from fault


def _is_transient(fault: BaseException) -> bool:
    if isinstance(fault, ClientAuthenticationError):
        return False
    if isinstance(fault, HttpResponseError) and fault.status_code is not None:
        return fault.status_code in _TRANSIENT
    return True


def _unavailable(what: str, bounds: Bounds, fault: BaseException) -> Unavailable:
    return Unavailable(
        "The platform's storage does not answer at the moment. Try again in a few seconds.",
        retry_after_seconds=bounds.retry_after_seconds,
        details={"operation": what, "cause": type(fault).__name__},
    )


def error_code(fault: BaseException) -> str | None:
    """Azure's stable code of what went wrong, such as `TableNotFound`."""
    code = getattr(fault, "error_code", None)
    if code is not None:
        return str(getattr(code, "value", code))
    response: Any = fault.response if isinstance(fault, HttpResponseError) else None
    if response is None:
        return None
    header = response.headers.get("x-ms-error-code")
    if header is not None:
        return str(header)
    try:
        return str(json.loads(response.text())["odata.error"]["code"])
    except (ValueError, KeyError, TypeError):
        return None


def translate(fault: BaseException, what: str) -> MspError:
    """What a final answer of Azure means in our words; the fault itself stays its cause."""
    status = fault.status_code if isinstance(fault, HttpResponseError) else None
    details = {"operation": what, "code": error_code(fault)}
    if isinstance(fault, ClientAuthenticationError) or status in {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
    }:
        return Unavailable(
            "The platform may not use its storage: check the account's key or the identity's roles.",
            retry_after_seconds=30,
            details=details,
        )
    if status == HTTPStatus.NOT_FOUND:
        if details["code"] in {"TableNotFound", "ContainerNotFound", "QueueNotFound"}:
            return ContainerMissing("There is nothing stored yet.", details=details)
        return NotFound("There is no such record.", details=details)
    if status == HTTPStatus.CONFLICT:
        return Conflict("There is such a record already.", details=details)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return PreconditionFailed(
            "Somebody else changed this record in the meantime. Read it again, then repeat your change.",
            details=details,
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge("This is larger than storage accepts.", details=details)
    if status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Invalid("Storage refuses this request.", details=details)
    return MspError("Storage answered in a way nobody expected.", details=details)
