"""One run inside a runner: calls the author's function and tells the engine how it ended."""

import asyncio
import contextlib
import dataclasses
import time
import types
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from typing import Any, Literal

from msp_automation.capabilities import LogLevel
from msp_automation.context import OrganizationContext
from msp_automation.outcomes import Definition, describe_error, redact_outcome, run_to_outcome, to_variables
from workflow_engine.runners.capture import finish_output
from workflow_engine.runners.outlet import Outlet
from workflow_engine.runners.pipe_capabilities import PipeCapabilities
from workflow_engine.runners.threads import (
    CURRENT_RUN,
    RunStopped,
    RunThreads,
    awaited_frames,
    bind_to_run,
    describe_stack,
)

Ending = Literal["cancelled", "timedOut", "outOfMemory"]

OUT_OF_MEMORY = {
    "type": "OutOfMemory",
    "message": "The run took more memory than a runner may hold (MSP_RUNNER_MEMORY_MB) and was stopped. "
    "Work in smaller portions, page by page, instead of keeping everything at once.",
    "kinds": ["OutOfMemory"],
}

SHOWS_EVERY_SECONDS = 0.5

# How long a stopped run may take to end by itself before it is stopped by force.
PATIENCE_SECONDS = 0.3


class HostedRun:
    """A run from its start frame to its outcome frame."""

    def __init__(
        self,
        run_id: int,
        *,
        definition: Definition,
        arguments: dict[str, Any],
        context: OrganizationContext,
        capabilities: PipeCapabilities,
        outlet: Outlet,
        root: Path,
        start_before: float,
    ) -> None:
        self.id = run_id
        self.ending: Ending | None = None
        self.capabilities = capabilities
        self._threads = RunThreads()
        self._definition = dataclasses.replace(
            definition, function=bind_to_run(run_id, definition.function, self._threads)
        )
        self._arguments = arguments
        self._context = context
        self._outlet = outlet
        self._root = root
        self._start_before = start_before
        self._limit_at = time.monotonic() + context.snapshot.timeout_seconds
        self._was_forced = False
        self._is_too_large = False
        self._task: asyncio.Task[None] | None = None
        self._shown: dict[str, Any] = {}

    def start(self, on_end: Callable[[], object]) -> None:
        """Run in a task of its own."""
        context = copy_context()
        context.run(CURRENT_RUN.set, self)
        self._task = asyncio.get_running_loop().create_task(
            self._execute(), name=f"run {self.id}", context=context
        )
        self._task.add_done_callback(self._ended)
        self._task.add_done_callback(lambda _: on_end())

    def stop(self, ending: Ending) -> None:
        """Cancel it; what does not end by itself is told to the engine and stopped by force."""
        self.ending = self.ending or ending
        if self._task is not None:
            if self._threads:
                # The SDK raises inside a `def` run's thread: afterwards its stack says nothing.
                self._was_forced = True
                self._tell_where(self._threads.frames())
            self._task.cancel()
            asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._insist)

    def stop_for_memory(self) -> None:
        """End it: it holds more memory than a runner may."""
        self._was_forced = True
        self.stop("outOfMemory")

    def mark_for_memory(self) -> None:
        """Have the next interrupt end it, should it block the loop."""
        self._is_too_large = True

    def position(self) -> object:
        """How far its threads have come."""
        return self._threads.position()

    def is_over_limit(self) -> bool:
        """Whether its time is up, or its memory."""
        return self._is_too_large or time.monotonic() >= self._limit_at

    def print(self, level: LogLevel, text: str) -> None:
        """Keep what the author printed as a log line."""
        self._context.log.write(level, text, {})

    def force_over_limit(self) -> None:
        """End it from a signal handler, inside the author's code that blocks the loop."""
        self.ending = self.ending or ("outOfMemory" if self._is_too_large else "timedOut")
        self._was_forced = True
        raise RunStopped

    def _insist(self) -> None:
        if self._task is None or self._task.done():
            return
        self._tell_where(self._threads.frames() or awaited_frames(self._task))
        self._threads.stop()

    def _tell_where(self, frames: list[types.FrameType]) -> None:
        stack = [line for frame in frames for line in describe_stack(frame, self._root)]
        self._outlet.send({"op": "where", "id": self.id, "stack": stack, "blocks": False})

    async def _execute(self) -> None:
        if time.monotonic() > self._start_before:
            # It waited behind something that blocked the loop; the engine has given it to another runner.
            return
        self._outlet.send({"op": "started", "id": self.id})
        asyncio.get_running_loop().call_later(SHOWS_EVERY_SECONDS, self._show_variables)
        outcome = await run_to_outcome(self._definition, self._context, self._arguments, self._root)
        while self._threads:
            # A run ends when its threads have; if they do not, the engine loses patience.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.005)
        # In the same step as the run's last: between two steps another run could block the loop.
        self._tell_outcome(outcome)

    def _show_variables(self) -> None:
        """Tell what the variables hold now, where that is news; then look again after a while."""
        if self._task is None or self._task.done():
            return
        began = time.monotonic()
        # A thread of the run may change them at this very moment: then the next look shows them.
        with contextlib.suppress(RuntimeError):
            held = redact_outcome(to_variables(dict(self._context.variables)), self._context.redactor)
            if held != self._shown:
                self.capabilities.show_variables(held)
                self._shown = held
        # Large ones are looked at less often: this loop is others' too.
        pause = max(SHOWS_EVERY_SECONDS, 50 * (time.monotonic() - began))
        asyncio.get_running_loop().call_later(pause, self._show_variables)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():  # before its first step: no author code has run
            self._tell_outcome({"status": "cancelled", "variables": {}})
        elif (error := task.exception()) is not None:
            self._tell_outcome(
                {"status": "failed", "error": describe_error(error, self._root), "variables": {}}
            )

    def _tell_outcome(self, outcome: dict[str, Any]) -> None:
        if self.ending == "outOfMemory":
            outcome = {"status": "failed", "error": OUT_OF_MEMORY, "variables": outcome["variables"]}
        elif self.ending is not None:
            outcome = {"status": self.ending, "variables": outcome["variables"]}
        finish_output(self)
        self.capabilities.close()
        self._outlet.send({"op": "outcome", "id": self.id, "forced": self._was_forced, **outcome})
