"""A runner: imports the author files, tells the engine what it found, and serves runs.

Holds the SDK and author code, and no part of the platform: what a run may use it asks the engine for.
"""

import asyncio
import faulthandler
import os
import signal
import socket
import sys
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from msp_automation.capabilities import RunSnapshot
from msp_automation.context import OrganizationContext, install_log_capture
from msp_automation.discovery import Discovered, discover
from msp_automation.errors import ValidationError
from msp_automation.outcomes import Definition
from workflow_engine.runners.capture import capture_output
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.hosted_run import HostedRun
from workflow_engine.runners.memory import MemoryWatch, ResidentMemory
from workflow_engine.runners.outlet import Outlet
from workflow_engine.runners.pipe_capabilities import PipeCapabilities
from workflow_engine.runners.sources import fingerprint
from workflow_engine.runners.threads import CURRENT_RUN, describe_stack

_exit_now = os._exit


def main(channel: int, options: dict[str, Any]) -> NoReturn:
    """Become a runner; returns to nobody."""
    try:
        Host(socket.socket(fileno=channel), options).serve()
    except BaseException:  # noqa: BLE001 - told below, by a process that has nobody else to tell
        traceback.print_exc()
    finally:
        # Threads that author code left behind must not hold up the end.
        _exit_now(0)


class Host:
    """Serves the frames of one engine: offers, runs, cancels, pings."""

    def __init__(self, channel: socket.socket, options: dict[str, Any]) -> None:
        self._root = Path(options["root"])
        self._excluded: dict[str, str] = options["excluded"]
        self._memory_bytes: int = options["memory_bytes"]
        self._outlet = Outlet(channel, on_frame=self._on_frame, on_lost=self._on_lost)
        self._loop = asyncio.new_event_loop()
        self._memory = ResidentMemory()
        self._is_over = False
        self._prepared: dict[int, tuple[Definition, dict[str, Any]]] = {}
        self._runs: dict[int, HostedRun] = {}
        self._serves: dict[str, Callable[[Frame], None]] = {
            "ping": self._pong,
            "offer": self._offer,
            "withdraw": self._withdraw,
            "run": self._run,
            "cancel": self._cancel,
            "reply": self._reply,
        }

    def serve(self) -> None:
        """Import the author files, then serve until the engine closes the channel."""
        capture_output(self._outlet)
        install_log_capture()
        _tell_before_exit()
        signal.signal(signal.SIGUSR1, self._on_interrupt)
        faulthandler.enable(all_threads=False)
        # Written by a handler in C, which also tells where an import is that never comes back to Python.
        faulthandler.register(signal.SIGUSR2, all_threads=False)
        self._discovered = self._discover()
        asyncio.set_event_loop(self._loop)
        MemoryWatch(self._loop, self._runs, self._memory_bytes, self._memory).start()
        self._loop.run_until_complete(self._outlet.connect())
        while not self._is_over:
            try:
                self._loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # asyncio lets these out of any task; one of an author's own must not end the runner.
                traceback.print_exc()

    def _discover(self) -> Discovered:
        source = fingerprint(self._root)
        if self._excluded:
            _refuse({str(self._root / file): message for file, message in self._excluded.items()})
        discovered = discover(self._root)
        catalog = discovered.catalog.model_dump(mode="json", by_alias=True)
        self._outlet.send({"op": "catalog", "catalog": catalog, "fingerprint": source})
        return discovered

    def _on_frame(self, frame: Frame) -> None:
        self._serves[frame["op"]](frame)

    def _on_lost(self) -> None:
        self._is_over = True
        _exit_now(0)

    def _pong(self, frame: Frame) -> None:
        lag = time.monotonic() - frame["at"]
        self._outlet.send({"op": "pong", "lag": lag, "cpu": time.process_time(), "rss": self._memory.read()})

    def _find(self, kind: str, name: str) -> Definition | None:
        if kind == "workflow":
            return self._discovered.workflows.get(name)
        return self._discovered.providers.get(name)

    def _offer(self, frame: Frame) -> None:
        run_id = frame["id"]
        definition = self._find(frame["kind"], frame["name"])
        if definition is None:
            self._outlet.send({"op": "unknown", "id": run_id})
            return
        try:
            arguments = definition.validate(frame["parameters"])
            parameters = definition.to_json(arguments)
        except ValidationError as error:
            self._invalid(run_id, error.message, error.details)
        except Exception as error:  # noqa: BLE001 - an author's validator may raise anything
            self._invalid(run_id, f"The parameters could not be checked: {type(error).__name__}: {error}", {})
        else:
            self._prepared[run_id] = (definition, arguments)
            self._outlet.send({"op": "ready", "id": run_id, "parameters": parameters})

    def _invalid(self, run_id: int, message: str, details: dict[str, Any]) -> None:
        self._outlet.send({"op": "invalid", "id": run_id, "message": message, "details": details})

    def _withdraw(self, frame: Frame) -> None:
        self._prepared.pop(frame["id"], None)

    def _run(self, frame: Frame) -> None:
        run_id = frame["id"]
        definition, arguments = self._prepared.pop(run_id)
        snapshot = RunSnapshot.model_validate(frame["snapshot"])
        capabilities = PipeCapabilities(run_id, self._outlet)
        context = OrganizationContext(snapshot, capabilities, integration_types=self._discovered.integrations)
        run = HostedRun(
            run_id,
            definition=definition,
            arguments=arguments,
            context=context,
            capabilities=capabilities,
            outlet=self._outlet,
            root=self._root,
            start_before=frame["start_before"],
        )
        self._runs[run_id] = run
        run.start(lambda: self._runs.pop(run_id, None))

    def _cancel(self, frame: Frame) -> None:
        if (run := self._runs.get(frame["id"])) is not None:
            run.stop(frame["ending"])

    def _reply(self, frame: Frame) -> None:
        if (run := self._runs.get(frame["id"])) is not None:
            run.capabilities.answer(frame)

    def _on_interrupt(self, _: int, frame: types.FrameType | None) -> None:
        """Tell who blocks the loop, since the engine hears nothing, and end that run if it is over its limit.

        Python runs this between two bytecodes of whatever blocks the loop, in its context.
        """
        run = CURRENT_RUN.get()
        if not isinstance(run, HostedRun) or self._outlet.is_writing:
            return
        stack = describe_stack(frame, self._root)
        self._outlet.send({"op": "where", "id": run.id, "stack": stack, "blocks": True})
        is_in_author_code = frame is not None and Path(frame.f_code.co_filename).is_relative_to(self._root)
        if is_in_author_code and run.is_over_limit():
            run.force_over_limit()


def _refuse(files: dict[str, str]) -> None:
    """Have the import of these files fail with a message, instead of running them again."""

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "exec" and (message := files.get(getattr(arguments[0], "co_filename", ""))):
            raise ImportError(message)

    sys.addaudithook(on_event)


def _tell_before_exit() -> None:
    """Have `os._exit` leave a stack behind, as a crash does: the engine reads from it whose call it was."""

    def exit_with_stack(status: int) -> NoReturn:
        faulthandler.dump_traceback(all_threads=False)
        _exit_now(status)

    os._exit = exit_with_stack
