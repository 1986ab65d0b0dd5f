"""The engine's side of one runner process: offers, runs, stops, and what its death means for each run."""

import asyncio
import itertools
import logging
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from msp_automation.capabilities import Capabilities, RunSnapshot
from workflow_engine.runners.active_run import ActiveRun
from workflow_engine.runners.channel import BrokenChannel, Frame, FrameReader, encode
from workflow_engine.runners.fork_client import ForkClient
from workflow_engine.runners.memory import OUT_OF_MEMORY_STATUS
from workflow_engine.runners.models import Kind, PoolSettings, RunnerStatus, RunOutcome, RunStatus
from workflow_engine.runners.runner_health import RunnerHealth
from workflow_engine.runners.runner_output import RunnerOutput

logger = logging.getLogger(__name__)

# A run that has not begun by then never will (the runner refuses it), and is given to another runner.
START_WITHIN_SECONDS = 0.25
NOT_STARTED_AFTER_SECONDS = 0.75
READS_WITHIN_SECONDS = 0.02
# After the process is gone, its last frames may still be on their way.
LAST_FRAMES_SECONDS = 0.05
LAST_WORDS_SECONDS = 0.3
HAUNTED_AFTER_SECONDS = 1.0

_run_ids = itertools.count(1)


class RunnerEnded(Exception):
    """The process has ended before it answered."""


class Runner(asyncio.Protocol):
    """One runner process.

    Attributes:
        catalog: Resolves to the frame that tells what the author files declare.
        is_draining: It gets no more work and ends after its last run.
        last_org: The organization it last served.
    """

    def __init__(
        self, generation: int, fork: ForkClient, settings: PoolSettings, on_change: Callable[[], None]
    ) -> None:
        self.pid = 0
        self.generation = generation
        self.catalog: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self.is_draining = False
        self.is_over = False
        self.served = 0
        self.last_org: str | None = None
        self.health = RunnerHealth(settings)
        self._fork = fork
        self._settings = settings
        self._on_change = on_change
        self._reader = FrameReader()
        self._transport: asyncio.WriteTransport | None = None
        self._output = RunnerOutput()
        self._offers: dict[int, asyncio.Future[Frame]] = {}
        self._reserved: set[int] = set()
        self._runs: dict[int, ActiveRun] = {}
        self._blocker: int | None = None
        self._killed_for: str | None = None
        self._idle_since = time.monotonic()

    async def start(self, options: dict[str, Any]) -> None:
        """Fork the process.

        Raises:
            ForkServerGone: There is no fork server.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.pid = await self._fork.fork(theirs, self._output.writing, options)
        except BaseException:
            ours.close()
            self._output.abandon()
            raise
        self._output.start(self.pid)
        ours.setblocking(False)
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=ours)

    @property
    def is_ready(self) -> bool:
        """Whether it has imported the author files and lives."""
        return self.catalog.done() and not self.is_over

    @property
    def in_flight(self) -> int:
        """Runs it has or is promised."""
        return len(self._runs) + len(self._reserved)

    @property
    def has_runs(self) -> bool:
        """Whether it is running anything."""
        return bool(self._runs)

    @property
    def may_work(self) -> bool:
        """Whether new work may be offered to it."""
        return (
            self.is_ready
            and not self.is_draining
            and not self.health.is_silent
            and self.in_flight < self._settings.runs_per_runner
        )

    def status(self) -> RunnerStatus:
        """It as a health page shows it."""
        ready = "draining" if self.is_draining else "ready"
        return RunnerStatus(
            pid=self.pid,
            generation=self.generation,
            state=self.health.word or ready if self.is_ready else "starting",
            in_flight=self.in_flight,
            served=self.served,
            lag_ms=round(self.health.lag_seconds * 1000, 1),
            rss_megabytes=round(self.health.rss_bytes / 1_048_576, 1),
        )

    def offer(
        self, kind: Kind, name: str, parameters: Mapping[str, Any]
    ) -> tuple[int, asyncio.Future[Frame]]:
        """Ask whether it can do this now; the answer is a frame, or `RunnerEnded`."""
        run_id = next(_run_ids)
        answer = self._offers[run_id] = asyncio.get_running_loop().create_future()
        self._reserved.add(run_id)
        try:
            body = {"kind": kind, "name": name, "parameters": dict(parameters)}
            self._send({"op": "offer", "id": run_id, **body})
        except ValueError:
            self.withdraw(run_id)
            raise
        return run_id, answer

    def withdraw(self, run_id: int) -> None:
        """Take back an offer or a promise."""
        self._offers.pop(run_id, None)
        if run_id in self._reserved:
            self._reserved.discard(run_id)
            self._send({"op": "withdraw", "id": run_id})
            self._changed()

    async def run(
        self,
        run_id: int,
        snapshot: RunSnapshot,
        capabilities: Capabilities,
        on_active: Callable[[ActiveRun], None],
    ) -> RunOutcome:
        """Run what was promised, to its end.

        Raises:
            NotStarted: The runner died or was blocked before it began.
        """
        loop = asyncio.get_running_loop()
        run = ActiveRun(run_id, capabilities, snapshot.timeout_seconds)
        self._reserved.discard(run_id)
        self._runs[run_id] = run
        run.outcome.add_done_callback(lambda _: self._forget(run_id))
        self.last_org = snapshot.org.id if snapshot.org is not None else None
        run.timers.append(
            loop.call_later(NOT_STARTED_AFTER_SECONDS, self._after_reading, run, self._give_back, run)
        )
        run.timers.append(loop.call_later(snapshot.timeout_seconds, self.stop, run, RunStatus.TIMED_OUT))
        on_active(run)
        if self.is_over:
            run.give_back()
        start_before = time.monotonic() + START_WITHIN_SECONDS
        body = snapshot.model_dump(mode="json")
        self._send({"op": "run", "id": run_id, "snapshot": body, "start_before": start_before})
        try:
            return await asyncio.shield(run.outcome)
        except asyncio.CancelledError:
            self.stop(run, RunStatus.CANCELLED)
            await asyncio.wait([run.outcome])
            raise

    def stop(self, run: ActiveRun, ending: RunStatus) -> None:
        """Cancel a run inside its runner; if it does not obey in time, end the runner."""
        if run.ending is not None or run.is_over:
            return
        loop = asyncio.get_running_loop()
        run.ending = ending
        self._send({"op": "cancel", "id": run.id, "ending": ending.value})
        grace = self._settings.grace_seconds
        for share in (0.4, 0.7):
            run.timers.append(loop.call_later(grace * share, self._fork.interrupt, self.pid))
        reason = "a run beside it did not stop when told to"
        run.timers.append(loop.call_later(grace, self._after_reading, run, self.kill, reason))

    def kill(self, reason: str) -> None:
        """End the process now; what it was running ends with it."""
        if self._killed_for is None:
            self._killed_for = reason
        self._fork.kill(self.pid)

    async def where_it_imports(self, root: Path) -> str | None:
        """The author file whose import blocks or has ended it, relative to the root."""
        if not self.is_over:
            self._fork.ask_for_stack(self.pid)
            await asyncio.sleep(LAST_WORDS_SECONDS)
        return self._output.find_importing_file(root)

    def drain(self) -> None:
        """Give it no more work; it ends after its last run."""
        self.is_draining = True
        self._end_if_drained()
        self._on_change()

    def has_been_idle(self, now: float, seconds: float) -> bool:
        """Whether it has had no work for that long."""
        return self.is_ready and self.in_flight == 0 and now - self._idle_since > seconds

    def is_haunted(self, now: float) -> bool:
        """Whether something goes on in it that no run owns, such as an author's own thread that spins."""
        return self.health.is_busy and not self.is_draining and self.has_been_idle(now, HAUNTED_AFTER_SECONDS)

    def pass_over(self) -> None:
        """Offer it nothing until it answers anything: it was too slow."""
        self.health.is_slow = True

    def check(self, now: float) -> None:
        """Look whether it answers, and ask again; called each `ping_seconds`."""
        if not self.is_ready:
            return
        was = self.health.is_wanting
        self.health.check(now)
        if self.health.is_silent_for(now, 2 * self._settings.prepare_seconds) and not self._runs:
            self.kill("it was blocked outside of any run")
        elif self.health.begin_ping(now):
            self._send({"op": "ping", "at": now})
        self._follow_health(was)

    def exited(self, status: int | None) -> None:
        """Take note that the process is gone; its last frames are read first."""
        asyncio.get_running_loop().call_later(LAST_FRAMES_SECONDS, self.end, status)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        # uvloop's transports have the methods without being subclasses.
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is closed: the process is gone, or of no use any more."""
        self._transport = None
        self._fork.kill(self.pid)

    def data_received(self, data: bytes) -> None:
        """Take frames from the runner."""
        try:
            for frame in self._reader.feed(data):
                self._take(frame)
        except (BrokenChannel, KeyError, ValueError):
            logger.exception("Runner %d sent something that is no frame; it is ended.", self.pid)
            self.kill("the runner's channel broke")

    def _take(self, frame: Frame) -> None:
        match frame["op"]:
            case "pong":
                was = self.health.is_wanting
                self.health.take_pong(frame, has_runs=bool(self._runs))
                self._follow_health(was)
            case "ready" | "invalid" | "unknown":
                self._take_answer(frame)
            case "catalog":
                if not self.catalog.done():
                    self.catalog.set_result(frame)
            case "printed":
                logger.info("Runner %d printed: %s", self.pid, frame["text"])
            case op:
                # A run may have ended on our side first: what it still sends is dropped.
                if (run := self._runs.get(frame["id"])) is not None:
                    self._take_for_run(op, run, frame)

    def _take_for_run(self, op: str, run: ActiveRun, frame: Frame) -> None:
        match op:
            case "started":
                run.has_started = True
            case "log":
                run.write_log(frame)
            case "variables":
                run.show_variables(frame)
            case "call":
                run.record_call(frame)
            case "ask":
                run.begin_request(asyncio.create_task(self._serve(run, frame)))
            case "where":
                run.stack = frame["stack"]
                self._blocker = run.id if frame["blocks"] else self._blocker
            case "outcome":
                self.served += 1
                run.take_outcome(frame)
                if frame["forced"]:
                    # Stopped in the middle of anything: what it left behind must not meet the next run.
                    self.drain()

    async def _serve(self, run: ActiveRun, frame: Frame) -> None:
        self._send(await run.serve(frame))

    def _take_answer(self, frame: Frame) -> None:
        self.health.is_slow = False
        answer = self._offers.pop(frame["id"], None)
        if frame["op"] != "ready":
            self._reserved.discard(frame["id"])
        if answer is not None and not answer.done():
            answer.set_result(frame)
        self._changed()

    def _after_reading(self, run: ActiveRun, act: Callable[..., None], *arguments: Any) -> None:
        """Do what is due for a run, once what its runner has said by now is read; that may undo it.

        If it is the engine that was held up, the runner's word lies unread in the socket: some event loops
        call what is due before they read. A run that has begun would begin again elsewhere, and a runner
        whose run has obeyed would be killed.
        """
        loop = asyncio.get_running_loop()
        run.timers.append(loop.call_later(READS_WITHIN_SECONDS, act, *arguments))

    def _give_back(self, run: ActiveRun) -> None:
        if not run.has_started:
            self.health.is_slow = True
            run.give_back()

    def _forget(self, run_id: int) -> None:
        self._runs.pop(run_id, None)
        if self._blocker == run_id:
            self._blocker = None
        self._changed()

    def _changed(self) -> None:
        self._idle_since = time.monotonic()
        self._end_if_drained()
        self._on_change()

    def _end_if_drained(self) -> None:
        if self.is_draining and self.in_flight == 0 and self._transport is not None:
            self._transport.close()  # the runner ends at once; if it is blocked, it is killed

    def _follow_health(self, was_wanting: bool) -> None:
        if self.health.is_wanting != was_wanting:
            self._fork.set_priority(self.pid, 19 if self.health.is_wanting else 0)
            self._on_change()

    def _send(self, frame: Frame) -> None:
        if self._transport is not None:
            self._transport.write(encode(frame))

    def end(self, status: int | None) -> None:
        """Tell everybody who waits for it that it is gone; `exited` does this a moment later."""
        if self.is_over:
            return
        self.is_over = True
        self._output.finish()
        if self._transport is not None:
            self._transport.abort()
        for answer in [self.catalog, *self._offers.values()]:
            if not answer.done():
                answer.set_exception(RunnerEnded(self._describe_exit(status)))
                answer.exception()  # not everybody waits for it
        self._reserved.clear()
        fatal = self._find_fatal_run(status)
        for run in list(self._runs.values()):
            self._end_run(run, status, fatal)
        self._on_change()

    def _find_fatal_run(self, status: int | None) -> int | None:
        if self._killed_for is not None:
            return self._blocker
        if status is None:
            return None
        if len(self._runs) == 1:
            return next(iter(self._runs))
        return self._output.find_fatal_run()

    def _end_run(self, run: ActiveRun, status: int | None, fatal: int | None) -> None:
        if not run.has_started:
            run.give_back()
        elif run.ending is not None:
            run.finish(run.stopped(run.ending))
        else:
            reason = self._killed_for or self._describe_exit(status)
            # Of several runs in a process that just died, any may be at fault, unless one is known to be.
            is_certain = self._killed_for is not None or status is None or fatal is not None
            is_collateral = is_certain and fatal != run.id
            message = (
                f"The process this ran in was ended: {reason}."
                if is_collateral
                else f"The run ended its process, or may have: {reason}."
            )
            run.finish(run.interrupted(message, collateral=is_collateral, details={"exitStatus": status}))

    def _describe_exit(self, status: int | None) -> str:
        if status is None:
            return "the runner process was ended with the fork server"
        if status == OUT_OF_MEMORY_STATUS:
            return (
                f"the runner process held more memory than its limit of {self._settings.memory_megabytes} MB"
            )
        if status < 0:
            name = _SIGNALS.get(-status, "")
            return f"the runner process died of signal {-status}{name and f' ({name})'}"
        return f"the runner process exited with status {status}"


_SIGNALS: dict[int, str] = {
    signal.SIGSEGV: "a crash in compiled code",
    signal.SIGABRT: "compiled code gave up",
    signal.SIGBUS: "a crash in compiled code",
    signal.SIGKILL: "killed from outside; the system does this when its memory runs out",
}
