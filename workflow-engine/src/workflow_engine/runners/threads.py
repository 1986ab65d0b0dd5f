"""Where runs are: which run a piece of author code belongs to, in which thread, and at which line."""

import asyncio
import ctypes
import inspect
import sys
import threading
import types
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol

from msp_automation.capabilities import LogLevel

Function = Callable[..., Any]

LONGEST_STACK = 20


class RunStopped(BaseException):
    """Raised inside author code that goes on after its run was cancelled or reached its limit."""


class Printing(Protocol):
    """A run, as far as printed lines are concerned."""

    def print(self, level: LogLevel, text: str) -> None:
        """Take one line that author code printed."""


CURRENT_RUN: ContextVar[Printing | None] = ContextVar("current_run", default=None)


class RunThreads:
    """The threads that work for one run."""

    def __init__(self) -> None:
        self._idents: set[int] = set()
        self._native_ids: set[int] = set()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._idents)

    def call(self, function: Callable[[], Any]) -> Any:
        """Call a function, its thread known as the run's meanwhile."""
        ident = threading.get_ident()
        native_id = threading.get_native_id()
        with self._lock:
            self._idents.add(ident)
            self._native_ids.add(native_id)
        try:
            return function()
        finally:
            # Not under the lock: an injected exception could leave it locked.
            self._idents.discard(ident)
            self._native_ids.discard(native_id)

    def stop(self) -> None:
        """Raise `RunStopped` in each thread, at its next bytecode; a blocking call in C is not ended."""
        for ident in list(self._idents):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(RunStopped))

    def position(self) -> list[object]:
        """How far each thread has come: its processor time, or where that is not told, its line."""
        try:
            return [Path(f"/proc/self/task/{one}/schedstat").read_bytes() for one in list(self._native_ids)]
        except OSError:
            return [(id(frame), frame.f_lasti) for frame in self.frames()]

    def frames(self) -> list[types.FrameType]:
        """The innermost frame of each thread."""
        current = sys._current_frames()
        return [current[ident] for ident in list(self._idents) if ident in current]


def bind_to_run(run_id: int, function: Function, threads: RunThreads) -> Function:
    """Wrap an author's function so that its thread is known, and crash dumps name its run."""

    async def bound_async(*args: Any, **kwargs: Any) -> Any:
        return await function(*args, **kwargs)

    def bound(*args: Any, **kwargs: Any) -> Any:
        return threads.call(lambda: function(*args, **kwargs))

    wrapper = bound_async if inspect.iscoroutinefunction(function) else bound
    wrapper.__code__ = wrapper.__code__.replace(co_name=frame_name(run_id))
    return wrapper


def frame_name(run_id: int) -> str:
    """How the stack of a run names it in a dump that `faulthandler` writes."""
    return f"platform_run_{run_id}"


def awaited_frames(task: asyncio.Task[Any]) -> list[types.FrameType]:
    """The frames of a task that waits, innermost first."""
    frames: list[types.FrameType] = []
    awaited: Any = task.get_coro()
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        frames.insert(0, frame)
        awaited = awaited.cr_await
    return frames


def describe_stack(frame: types.FrameType | None, root: Path) -> list[str]:
    """The author's lines of a stack, innermost first, such as `workflows/slow.py:12 in fetch`."""
    lines: list[str] = []
    while frame is not None and len(lines) < LONGEST_STACK:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(root):
            lines.append(f"{file.relative_to(root)}:{frame.f_lineno} in {frame.f_code.co_name}")
        frame = frame.f_back
    return lines
