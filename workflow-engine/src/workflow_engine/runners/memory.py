"""Keeps a runner within its memory: finds the run that takes it, has it stopped, or ends the process."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextvars import copy_context
from typing import Any, NoReturn, Protocol
from weakref import WeakKeyDictionary

from workflow_engine.runners.threads import CURRENT_RUN, frame_name

LOOK_SECONDS = 0.05
NEAR_LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 1.0
# So far above the limit there is no time left for a run to end by itself. Code can take a gigabyte a second,
# and a busy machine looks late.
LAST_BYTES = 512 * 1_048_576
# What one request for memory may go beyond the limit: thread stacks count too, though nobody touches them.
HEADROOM_BYTES = 1024 * 1_048_576

OUT_OF_MEMORY_STATUS = 86
"""The exit status of a runner that ended itself for its memory."""


class MemoryUser(Protocol):
    """A run, as far as its memory is concerned."""

    id: int

    def position(self) -> object:
        """How far its threads have come; another value means that they have moved."""

    def mark_for_memory(self) -> None:
        """Have the next interrupt end it, should it block the loop."""

    def stop_for_memory(self) -> None:
        """End it; called in the loop."""


class ResidentMemory:
    """What this process holds in memory.

    The file stays open: each call to the system hands the turn to the loop's thread, and it takes long to get
    it back where a run is busy.
    """

    def __init__(self) -> None:
        self._file: int | None = None
        with contextlib.suppress(OSError):
            self._file = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def read(self) -> int:
        """Bytes, as of now."""
        if self._file is not None:
            return int(os.pread(self._file, 100, 0).split()[1]) * resource.getpagesize()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


class MemoryWatch(threading.Thread):
    """Looks at the process's memory twenty times a second, and a hundred times from half of the limit on.

    Both the loop and a thread look: the one gets no turn while a run blocks the loop, the other hardly any
    while the loop is busy.

    What the process grows by between two looks is put down to the run whose code is in the loop, else to the
    runs whose tasks or threads have moved. Nothing is measured exactly; the run that fills a process is hard
    to miss.

    Args:
        runs: Those of this runner; changed by the loop's thread.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        runs: Mapping[int, MemoryUser],
        limit_bytes: int,
        memory: ResidentMemory,
    ) -> None:
        super().__init__(name="memory watch", daemon=True)
        self._loop = loop
        self._runs = runs
        self._limit = limit_bytes
        self._grown: dict[int, float] = {}
        self._positions: dict[int, list[object]] = {}
        self._memory = memory
        self._resident = memory.read()
        self._stopping: tuple[int, float] | None = None
        self._doubtful_until: float | None = None
        self._tasks: WeakKeyDictionary[asyncio.Task[Any], MemoryUser] = WeakKeyDictionary()
        self._looking = threading.Lock()
        loop.call_soon(self._look_in_loop)
        loop.set_task_factory(self._make_task)  # type: ignore[arg-type]  # typeshed wants it generic
        bound_allocations(limit_bytes)

    def run(self) -> None:
        """Watch, for ever."""
        while True:
            time.sleep(self._pause())
            self._look_once()

    def _look_in_loop(self) -> None:
        # A loop that goes round quickly gives its turn away only to take it back: the thread would starve.
        self._look_once()
        self._loop.call_later(self._pause(), self._look_in_loop)

    def _pause(self) -> float:
        return LOOK_SECONDS if self._resident < self._limit / 2 else NEAR_LOOK_SECONDS

    def _look_once(self) -> None:
        if not self._looking.acquire(blocking=False):
            return
        try:
            runs = dict(self._runs)
            if runs:
                self._look(runs)
            else:
                self._grown.clear()
                self._resident = self._memory.read()
        finally:
            self._looking.release()

    def _look(self, runs: Mapping[int, MemoryUser]) -> None:
        resident = self._memory.read()
        self._note(runs, resident - self._resident)
        self._resident = resident
        if self._stopping is not None:
            self._look_after(runs, *self._stopping)
        elif resident > self._limit:
            self._act(runs)
        else:
            self._doubtful_until = None

    def _note(self, runs: Mapping[int, MemoryUser], growth: int) -> None:
        total = sum(self._grown.values())
        if growth < 0 and total:
            self._grown = {
                run_id: grown * max(0, total + growth) / total for run_id, grown in self._grown.items()
            }
        users = self._users(runs)
        for run_id in users if growth > 0 else ():
            self._grown[run_id] = self._grown.get(run_id, 0) + growth / len(users)
        self._grown = {run_id: grown for run_id, grown in self._grown.items() if run_id in runs}

    def _users(self, runs: Mapping[int, MemoryUser]) -> list[int]:
        """The runs that may have asked for memory since the last look."""
        task = asyncio.current_task(self._loop)
        in_loop = None if task is None else self._tasks.get(task)
        positions: dict[int, list[object]] = {run_id: [run.position()] for run_id, run in runs.items()}
        with contextlib.suppress(RuntimeError):  # the loop's thread has just begun a task
            for waiting, run in list(self._tasks.items()):
                # A task that went on since then waits for something else now.
                positions.setdefault(run.id, []).append(getattr(waiting, "_fut_waiter", None))
        moved = [run_id for run_id in runs if positions[run_id] != self._positions.get(run_id)]
        self._positions = positions
        return moved if in_loop is None else [in_loop.id]

    def _act(self, runs: Mapping[int, MemoryUser]) -> None:
        culprit, now = self._find_culprit(runs), time.monotonic()
        if culprit is None:
            # Of runs that began within one look nobody stands out yet; the next looks tell.
            self._doubtful_until = self._doubtful_until or now + PATIENCE_SECONDS
            if self._is_too_late(self._doubtful_until):
                _end_process(None)
            return
        self._stopping, self._doubtful_until = (culprit, now + PATIENCE_SECONDS), None
        runs[culprit].mark_for_memory()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(runs[culprit].stop_for_memory)
        # In case it blocks the loop: the handler raises inside the run that does.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _find_culprit(self, runs: Mapping[int, MemoryUser]) -> int | None:
        if len(runs) == 1:
            return next(iter(runs))
        total = sum(self._grown.values())
        return next((run_id for run_id, grown in self._grown.items() if grown > total / 2), None)

    def _look_after(self, runs: Mapping[int, MemoryUser], culprit: int, until: float) -> None:
        if culprit not in runs:
            # What the allocator keeps of it is not the others' fault; the engine lets this runner go.
            self._stopping, self._limit = None, max(self._limit, self._resident + self._limit // 2)
        elif self._is_too_late(until):
            _end_process(culprit)

    def _is_too_late(self, until: float) -> bool:
        return time.monotonic() > until or self._resident > self._limit + LAST_BYTES

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **options)
        context = options.get("context") or copy_context()
        run: Any = context.get(CURRENT_RUN)
        if run is not None:
            self._tasks[task] = run
        return task


def bound_allocations(limit_bytes: int) -> None:
    """Have a request for far more than the limit fail as `MemoryError`, which ends the run that made it."""
    if sys.platform == "linux":
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes + HEADROOM_BYTES, most))


_exit_now: Callable[[int], NoReturn] = os._exit


def _end_process(culprit: int | None) -> NoReturn:
    """Leave, and name the run at fault as a crash dump would."""
    if culprit is not None:
        stack = f'Current thread 0x0 (most recent call first):\n  File "", line 0 in {frame_name(culprit)}\n'
        os.write(2, stack.encode())
    _exit_now(OUT_OF_MEMORY_STATUS)
