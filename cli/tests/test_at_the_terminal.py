"""What somebody at a terminal meets: questions, and a run again on every save."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest

SOURCE = """
from typing import Literal
from msp_automation import Option, OrganizationContext, data_provider, param, workflow


@data_provider
async def rooms(context: OrganizationContext, floor: int) -> list[Option]:
    (company,) = await context.get_integration("msgraph").get_all("/organization")
    domain = company["verifiedDomains"][0]["name"]
    return [Option(label=f"Room {floor}-{n} at {domain}", value=f"{floor}{n}") for n in (1, 2)]


@workflow
@param("room", label="Room", data_provider="rooms", data_provider_inputs={"floor": {"mode": "field", "value": "floor"}})
@param("floor", label="Floor", help_text="Where it is", min=1, max=9)
async def book(context: OrganizationContext, floor: int, room: str, size: Literal["small", "large"]) -> list:
    return [floor, room, size]
"""
SECONDS = 60


class Terminal:
    """A process at a terminal of its own, of which only stdout is a pipe."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._ours, theirs = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "msp_cli", *arguments],
            cwd=folder, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def expect(self, text: str) -> None:
        """Read what is shown until it holds `text`; what came up to it is forgotten."""
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} did not come: {self.seen}"
            self.seen += os.read(self._ours, 4096).decode()
        self.seen = self.seen.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._ours)

    def finish(self) -> tuple[int, str]:
        """Exit status and stdout."""
        stdout, _ = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, stdout


@pytest.fixture(autouse=True)
def _source(project: Path) -> None:
    (project / "workflows" / "book.py").write_text(SOURCE)


def test_missing_parameters_are_asked_for_and_wrong_ones_again(project: Path) -> None:
    with Terminal(project, "run", "book", "--sandbox") as terminal:
        terminal.expect("Where it is")
        terminal.expect("Floor: ")
        terminal.type("12")
        terminal.expect("Room 12-1 at contoso.example")
        terminal.expect("(1-2): ")
        terminal.type("2")
        terminal.expect("large")
        terminal.expect("(1-2): ")
        terminal.type("small")
        # Only the floor is wrong.
        terminal.expect("Floor: Must be at most 9.")
        terminal.expect("Floor: ")
        terminal.type("3")
        code, stdout = terminal.finish()
    assert (code, json.loads(stdout)) == (0, [3, "122", "small"])


def test_a_saved_file_runs_again_and_a_mistake_ends_nothing(project: Path) -> None:
    path = project / "workflows" / "hello.py"
    source = path.read_text()
    with Terminal(project, "run", "hello", "--sandbox", "-p", "person=Ada", "--watch") as terminal:
        terminal.expect("Success")
        terminal.expect("Waiting for a saved file")
        path.write_text("def broken(:\n")
        terminal.expect("workflows/hello.py:1: ")
        terminal.expect("Waiting for a saved file")
        path.write_text(source.replace("Hello", "Good day"))
        terminal.expect("Success")
        terminal.expect("Waiting for a saved file")
        terminal.process.send_signal(signal.SIGINT)
        code, stdout = terminal.finish()
    assert code == 130
    assert "Hello, Ada!" in stdout
    assert "Good day, Ada!" in stdout
