"""Calls an author's function: awaited in the loop, or in a thread that can never block it."""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any

from msp_automation.context import OrganizationContext, running_context

# A host may interrupt a thread as well, each of them once.
_MOST_INTERRUPTS = 3


async def call_function(
    function: Callable[..., Any], context: OrganizationContext, arguments: Mapping[str, Any]
) -> Any:
    """Run an author's function with its context as the one that `logging` lines belong to.

    Cancelling reaches a plain `def` too: an exception is raised in its thread
    at the next Python instruction, and this call returns once it has ended.
    """
    context.attach_loop(asyncio.get_running_loop())
    token = running_context.set(context)
    try:
        if inspect.iscoroutinefunction(function):
            return await function(context, **arguments)
        call = _ThreadCall(
            lambda: function(context, **arguments), f"run {context.execution_id}", context.cancel_waits
        )
        result = await call.wait()
        # A plain `def` may hand back a coroutine, for example from a wrapped function.
        return await result if inspect.isawaitable(result) else result
    finally:
        running_context.reset(token)


class _ThreadCall:
    """One call in a daemon thread of its own.

    Not the loop's executor: that has few threads, so a handful of stuck runs
    would hold up all others, and it would be waited for at exit.
    """

    def __init__(self, call: Callable[[], Any], name: str, on_cancel: Callable[[], None]) -> None:
        self._call = call
        self._on_cancel = on_cancel
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[Any] = self._loop.create_future()
        self._variables = copy_context()
        self._ending = threading.Lock()
        self._has_ended = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    async def wait(self) -> Any:
        """Start, and wait to the end; a cancel is passed into the thread first."""
        self._thread.start()
        try:
            return await asyncio.shield(self._done)
        except asyncio.CancelledError:
            self._on_cancel()
            self._interrupt()
            # A second cancel stops the waiting; the thread is then given up.
            await asyncio.wait([self._done])
            if not self._done.cancelled():
                self._done.exception()
            raise

    def _work(self) -> None:
        result, error = None, None
        try:
            try:
                result = self._variables.run(self._call)
            except BaseException as raised:  # noqa: BLE001 - carried to whoever awaits the run
                error = raised
            with self._ending:
                self._has_ended = True
        except BaseException as late:  # noqa: BLE001 - interrupted between two of these lines
            error = late
        for _ in range(_MOST_INTERRUPTS):
            try:
                self._has_ended = True
                self._hand_over(result, error)
                return
            except BaseException as late:  # noqa: BLE001 - interrupted again; handing over twice is harmless
                error = error or late

    def _interrupt(self) -> None:
        # The lock keeps the thread alive meanwhile, so its id cannot be another thread's by now.
        with self._ending:
            if not self._has_ended and self._thread.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread.ident), ctypes.py_object(asyncio.CancelledError)
                )

    def _hand_over(self, result: Any, error: BaseException | None) -> None:
        if isinstance(error, StopIteration):  # a future refuses to carry it
            error = RuntimeError(f"The function raised StopIteration: {error}")
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: Any, error: BaseException | None) -> None:
        if self._done.done():
            return
        if error is None:
            self._done.set_result(result)
        elif isinstance(error, asyncio.CancelledError):
            self._done.cancel()
        else:
            self._done.set_exception(error)
