"""What Azure's ASGI adapter needs mended before an app runs under it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast


class _Middleware(Protocol):
    notify_startup: Callable[[], Awaitable[bool]]


class _FunctionsApp(Protocol):
    @property
    def middleware(self) -> object: ...


F = TypeVar("F", bound=_FunctionsApp)


def start_once(functions_app: F) -> F:
    """Make the adapter run the app's lifespan once.

    Left alone it starts the lifespan once per request that arrives before the first start is done
    (azure-functions 1.26 and 2.3). A start that fails is tried again by the next request.

    Args:
        functions_app: An `azure.functions.AsgiFunctionApp`, made in `function_app.py`.
    """
    middleware = cast(_Middleware, functions_app.middleware)
    start, lock, has_started = middleware.notify_startup, asyncio.Lock(), False

    async def once() -> bool:
        nonlocal has_started
        async with lock:
            has_started = has_started or await start()
        return has_started

    middleware.notify_startup = once
    return functions_app
