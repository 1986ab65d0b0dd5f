"""The fork server: one small, single-threaded process that forks runners with the SDK already loaded.

Started by the engine with a clean environment as `python -m workflow_engine.runners.forkserver <fd>`.
It is the parent of all runners, so it alone signals them: a process id cannot be reused before its
parent has reaped it.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from workflow_engine.runners import host
from workflow_engine.runners.channel import HEADER, FrameReader, encode

PRELOADED = (
    "httpx",
    "pydantic",
    "msp_automation",
    "msp_automation.calling",
    "msp_automation.discovery",
    "msp_automation.integrations.registry",
    "msp_automation.integrations.msgraph",
    "msp_automation.integrations.halopsa",
)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Fork:
    """What a forked child needs to become a runner."""

    channel: int
    output: int
    options: dict[str, Any]


def main() -> NoReturn:
    """Serve until the engine goes away; in a child, become a runner."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.environ.pop("PYTHONPATH", None)
    for name in PRELOADED:
        importlib.import_module(name)
    # Shared pages stay shared only as long as the collector does not write into them.
    gc.collect()
    gc.freeze()
    fork = ForkServer(control).serve()
    if fork is None:
        os._exit(0)
    control.close()
    _leave_parent(fork)
    host.main(fork.channel, fork.options)


class ForkServer:
    """Obeys the engine: fork, kill, signal, nice; reports each child's start and end."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()
        self._wake, wake_end = socket.socketpair()
        self._wake.setblocking(False)
        wake_end.setblocking(False)
        self._wake_end = wake_end
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_end.fileno(), warn_on_full_buffer=False)

    def serve(self) -> Fork | None:
        """Return None once the engine is gone, or, in a child, what it was forked for."""
        while True:
            readable, _, _ = select.select([self._control, self._wake], [], [])
            if self._wake in readable:
                self._reap()
            if self._control in readable:
                command, files = self._receive()
                if command is None:
                    self._kill_all()
                    return None
                if (fork := self._obey(command, files)) is not None:
                    return fork

    def _receive(self) -> tuple[dict[str, Any] | None, list[int]]:
        try:
            # The descriptors travel with the first byte of the frame.
            header, files, _, _ = socket.recv_fds(self._control, HEADER.size, 2)
            while header and len(header) < HEADER.size:
                header += self._read(HEADER.size - len(header))
            if not header:
                return None, files
            body = self._read(HEADER.unpack(header)[0])
        except OSError:
            return None, []
        return FrameReader().feed(header + body)[0], files

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            if not (part := self._control.recv(size - len(data))):
                raise ConnectionResetError
            data += part
        return data

    def _obey(self, command: dict[str, Any], files: list[int]) -> Fork | None:
        op = command["op"]
        if op == "fork":
            return self._fork(command, files)
        if (pid := command["pid"]) not in self._children:
            return None
        if op == "kill":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        elif op == "signal":
            os.kill(pid, command["signal"])
        elif op == "nice":
            self._nice(pid, command["value"])
        return None

    def _nice(self, pid: int, value: int) -> None:
        try:
            # The group, since on Linux the priority of a process is that of its main thread alone.
            os.setpriority(os.PRIO_PGRP, pid, value)
        except OSError:
            # Anybody may lower a priority; raising it again takes a privilege.
            self._report({"op": "not-niced", "pid": pid})

    def _fork(self, command: dict[str, Any], files: list[int]) -> Fork | None:
        channel, output = files
        try:
            pid = os.fork()
        except OSError as error:
            self._close(files)
            self._report({"op": "refused", "ticket": command["ticket"], "reason": str(error)})
            return None
        if pid == 0:
            return Fork(channel, output, command["options"])
        # Both sides do this, so that a kill of the group that follows at once cannot miss it.
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self._children.add(pid)
        self._close(files)
        self._report({"op": "forked", "ticket": command["ticket"], "pid": pid})
        return None

    def _close(self, files: list[int]) -> None:
        for descriptor in files:
            os.close(descriptor)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            self._children.discard(pid)
            # What the run started (a shell command, say) must not outlive its runner.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            self._report({"op": "exited", "pid": pid, "status": os.waitstatus_to_exitcode(status)})

    def _report(self, report: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.sendall(encode(report))

    def _kill_all(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _leave_parent(fork: Fork) -> None:
    """Drop everything a child inherits but its own channel and output."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    if sys.platform == "linux":
        _die_with_parent()
    os.dup2(fork.output, 1)
    os.dup2(fork.output, 2)
    os.closerange(3, fork.channel)
    os.closerange(fork.channel + 1, os.sysconf("SC_OPEN_MAX"))


def _die_with_parent() -> None:
    """Have the kernel end this runner if the fork server is killed and cannot do it."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent or parent == 1:
        os._exit(1)


if __name__ == "__main__":
    main()
