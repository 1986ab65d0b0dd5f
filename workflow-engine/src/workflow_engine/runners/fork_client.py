"""The engine's side of the fork server: starts it with a clean environment and speaks to it."""

import asyncio
import itertools
import logging
import os
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workflow_engine.runners.channel import BrokenChannel, FrameReader, encode

logger = logging.getLogger(__name__)

PASSED_ON = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
NEEDED_PACKAGES = ("workflow_engine", "msp_automation", "pydantic", "httpx")


class ForkServerGone(Exception):
    """The fork server has ended, or could not fork."""


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What author code may see of the engine's environment: nothing that names or opens anything."""
    clean = {name: environ[name] for name in PASSED_ON if name in environ}
    # Where a host puts packages on the path itself (Azure Functions does), a fresh interpreter needs telling.
    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    found = dict.fromkeys(str(folder) for name in NEEDED_PACKAGES if (folder := _folder_of(name)) is not None)
    if needed := [folder for folder in found if folder not in installed]:
        clean["PYTHONPATH"] = os.pathsep.join(needed)
    return clean


def _folder_of(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent.parent if spec is not None and spec.origin is not None else None


@dataclass(frozen=True, slots=True)
class ForkProcess:
    """A fork server that loads, and our end of the line to it; it ends when that is closed."""

    process: subprocess.Popen[bytes]
    control: socket.socket


def start_process() -> ForkProcess:
    """Start a fork server; it queues commands while it loads."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
            [sys.executable, "-P", "-m", "workflow_engine.runners.forkserver", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env=clean_environment(os.environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    ours.setblocking(False)
    return ForkProcess(process, ours)


_early: list[ForkProcess] = []


def start_early() -> None:
    """Start the fork server of this process's first pool now, so that it loads while the app is imported.

    For the entry point of a process that will run a pool; importing the app starts nothing.
    """
    if not _early:
        _early.append(start_process())


class ForkClient:
    """Starts the fork server, asks it for runners, and hears of their ends."""

    def __init__(
        self,
        *,
        on_exit: Callable[[int, int], None],
        on_not_niced: Callable[[int], None],
        on_gone: Callable[[], None],
    ) -> None:
        self._on_exit = on_exit
        self._on_not_niced = on_not_niced
        self._on_gone = on_gone
        self._reader = FrameReader()
        self._tickets = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the fork server answers, as far as is known."""
        return self._control is not None

    async def start(self) -> None:
        """Start the process, unless one was started early; it queues commands while it loads."""
        started = _early.pop() if _early else start_process()
        self._process, self._control = started.process, started.control
        asyncio.get_running_loop().add_reader(started.control.fileno(), self._readable)

    async def fork(self, channel: socket.socket, output: int, options: dict[str, Any]) -> int:
        """Fork a runner that owns this end of the channel, and return its process id.

        Raises:
            ForkServerGone: There is no fork server, or it could not fork.
        """
        ticket = next(self._tickets)
        pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = pid
        self._send({"op": "fork", "ticket": ticket, "options": options}, [channel.fileno(), output])
        return await pid

    def kill(self, pid: int) -> None:
        """End a runner, and whatever it started, now."""
        self._tell({"op": "kill", "pid": pid})

    def interrupt(self, pid: int) -> None:
        """Have a runner whose loop is blocked say where, and end what is over its limit."""
        self._tell({"op": "signal", "pid": pid, "signal": signal.SIGUSR1})

    def ask_for_stack(self, pid: int) -> None:
        """Have a runner write its stack to its output, wherever it is."""
        self._tell({"op": "signal", "pid": pid, "signal": signal.SIGUSR2})

    def set_priority(self, pid: int, value: int) -> None:
        """Set a runner's niceness, 0 to 19; `on_not_niced` is called where that is not allowed."""
        self._tell({"op": "nice", "pid": pid, "value": value})

    async def close(self) -> None:
        """End the fork server, which ends its runners."""
        self._disconnect()
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
            self._process = None

    def _tell(self, command: dict[str, Any]) -> None:
        try:
            self._send(command, [])
        except ForkServerGone:
            logger.debug("The fork server is gone; %s is moot.", command["op"])

    def _send(self, command: dict[str, Any], files: list[int]) -> None:
        if self._control is None:
            raise ForkServerGone("The fork server has ended.")
        data = encode(command)
        try:
            # Commands are small and rare: they fit the socket's buffer whole, or the server is dead.
            sent = socket.send_fds(self._control, [data], files)
        except OSError as error:
            raise ForkServerGone(f"The fork server takes no commands: {error}") from error
        if sent != len(data):
            self._lost()
            raise ForkServerGone("The fork server takes no commands: its buffer is full.")

    def _readable(self) -> None:
        assert self._control is not None
        try:
            data = self._control.recv(65536)
            reports = self._reader.feed(data)
        except BlockingIOError:
            return
        except (OSError, BrokenChannel):
            data, reports = b"", []
        for report in reports:
            self._take(report)
        if not data:
            self._lost()

    def _take(self, report: dict[str, Any]) -> None:
        match report["op"]:
            case "forked":
                pid = self._waiting.pop(report["ticket"])
                if pid.done():
                    self.kill(report["pid"])  # whoever asked for it has given up
                else:
                    pid.set_result(report["pid"])
            case "refused":
                pid = self._waiting.pop(report["ticket"])
                if not pid.done():
                    pid.set_exception(ForkServerGone(report["reason"]))
            case "exited":
                self._on_exit(report["pid"], report["status"])
            case "not-niced":
                self._on_not_niced(report["pid"])

    def _lost(self) -> None:
        if self._control is not None:
            self._disconnect()
            self._on_gone()

    def _disconnect(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
            self._control = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ForkServerGone("The fork server has ended."))
        self._waiting.clear()
