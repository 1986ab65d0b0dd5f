"""A client of debugpy, as an editor is one: for tests that stop at breakpoints.

Source: https://microsoft.github.io/debug-adapter-protocol/specification
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from msp_devstack.azurite import free_port

_CONNECT_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 60.0


class SessionEndedError(AssertionError):
    """There is nothing more to hear of the debugged process."""


class DebugSession:
    """One debugged process, from before its first line to its end."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        connection: socket.socket,
        stdout: IO[bytes],
        stderr: IO[bytes],
    ) -> None:
        self.process = process
        self._output = (stdout, stderr)
        self._connection = connection
        self._reader: BinaryIO = connection.makefile("rb")
        self._events: list[dict[str, Any]] = []
        self._sequence = 0

    def begin(self, breakpoints: Mapping[Path, Sequence[int]]) -> None:
        """Attach, set breakpoints by file and line, and let the process start."""
        self.ask("initialize", adapterID="test", clientID="test", linesStartAt1=True, pathFormat="path")
        attaching = self._send("attach", {"justMyCode": False})
        self.wait_for("initialized")
        for path, lines in breakpoints.items():
            self.ask(
                "setBreakpoints",
                source={"path": str(path)},
                breakpoints=[{"line": line} for line in lines],
            )
        self.ask("configurationDone")
        self._answer_to(attaching)

    def wait_until_stopped(self) -> dict[str, Any]:
        """The innermost frame at the breakpoint: `name`, `line`, `locals` as text, and its `thread`."""
        thread = self.wait_for("stopped")["threadId"]
        frame = self.ask("stackTrace", threadId=thread, levels=1)["stackFrames"][0]
        scope = self.ask("scopes", frameId=frame["id"])["scopes"][0]
        found = self.ask("variables", variablesReference=scope["variablesReference"])["variables"]
        return {
            "name": frame["name"],
            "line": frame["line"],
            "locals": {one["name"]: one["value"] for one in found},
            "thread": thread,
            "path": frame["source"]["path"],
        }

    def go_on(self, frame: Mapping[str, Any]) -> None:
        """Continue from a breakpoint; the process may be gone before it could answer."""
        self._send("continue", {"threadId": frame["thread"]})

    def finish(self) -> tuple[int, str, str]:
        """Let it run to its end: exit status, stdout, stderr."""
        # The adapter tells of the end or just hangs up, whichever it gets to first.
        with suppress(SessionEndedError):
            self.wait_for("terminated")
        self.close()
        status = self.process.wait(_ANSWER_SECONDS)
        for file in self._output:
            file.seek(0)
        stdout, stderr = (file.read().decode() for file in self._output)
        return status, stdout, stderr

    def close(self) -> None:
        """Leave the debugger: its adapter ends with its last client."""
        self._reader.close()
        self._connection.close()

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and return the body of its answer.

        Raises:
            AssertionError: The debugger refuses.
        """
        return self._answer_to(self._send(command, arguments))

    def wait_for(self, event: str) -> dict[str, Any]:
        """The body of the next event of that name, seen already or not."""
        while True:
            for position, message in enumerate(self._events):
                if message["event"] == event:
                    del self._events[position]
                    return dict(message.get("body") or {})
            self._events.append(self._next("event"))

    def _send(self, command: str, arguments: Mapping[str, Any]) -> int:
        self._sequence += 1
        message = {
            "seq": self._sequence, "type": "request", "command": command, "arguments": dict(arguments),
        }  # fmt: skip
        content = json.dumps(message).encode()
        self._connection.sendall(f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        return self._sequence

    def _answer_to(self, sequence: int) -> dict[str, Any]:
        while True:
            message = self._read()
            if message["type"] == "event":
                self._events.append(message)
            elif message["type"] == "response" and message["request_seq"] == sequence:
                assert message["success"], message
                return dict(message.get("body") or {})

    def _next(self, kind: str) -> dict[str, Any]:
        while True:
            message = self._read()
            if message["type"] == kind:
                return message

    def _read(self) -> dict[str, Any]:
        length = 0
        try:
            while line := self._reader.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
        except ConnectionError:
            length = 0
        if not length:
            raise SessionEndedError(f"debugpy hung up; the process ended with {self.process.poll()}")
        message: dict[str, Any] = json.loads(self._reader.read(length))
        return message


@contextmanager
def debugging(
    arguments: Sequence[str],
    breakpoints: Mapping[Path, Sequence[int]],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[DebugSession]:
    """Start `python -m …` under debugpy, as an editor's launch configuration does.

    Args:
        arguments: The module's name and its arguments.
        folder: Its working directory.
    """
    port = free_port()
    command = [sys.executable, "-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"127.0.0.1:{port}"]
    # Files, not pipes: debugpy's adapter inherits them and may outlive the process.
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(
            [*command, "--wait-for-client", "-m", *arguments],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
        try:
            session = DebugSession(process, _connect(process, port), stdout, stderr)
            try:
                session.begin(breakpoints)
                yield session
            finally:
                session.close()
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _connect(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    deadline = time.monotonic() + _CONNECT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS)
        except OSError:
            time.sleep(0.05)
        else:
            return connection
    raise AssertionError("debugpy does not answer")
