"""Breakpoints hold, in an editor's debugger and in pdb, for longer than the workflow may run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from msp_devstack.debug_client import debugging

SOURCE = """
import asyncio
from msp_automation import OrganizationContext, workflow


@workflow(timeout_seconds=1)
async def steps(context: OrganizationContext, number: int) -> int:
    doubled = number * 2
    await asyncio.sleep(0.01)
    return doubled


@workflow(timeout_seconds=1)
def threads(context: OrganizationContext, number: int) -> int:
    doubled = number * 2
    return doubled


@workflow(timeout_seconds=1)
async def stops(context: OrganizationContext) -> str:
    breakpoint()
    await asyncio.sleep(0.01)
    return "went on"


@workflow(timeout_seconds=1)
def stops_in_a_thread(context: OrganizationContext) -> str:
    breakpoint()
    return "went on"
"""
# Longer than the workflows' limit.
LOOK_AROUND_SECONDS = 1.4


@pytest.fixture(autouse=True)
def _source(project: Path) -> None:
    (project / "workflows" / "stepped.py").write_text(SOURCE)


def line_of(path: Path, text: str, *, nth: int = 1) -> int:
    lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line]
    return lines[nth - 1]


@pytest.mark.parametrize(("name", "nth"), [("steps", 1), pytest.param("threads", 2, marks=pytest.mark.long)])
def test_an_editors_breakpoint_in_a_workflow_does_not_time_it_out(project: Path, name: str, nth: int) -> None:
    path = project / "workflows" / "stepped.py"
    line = line_of(path, "return doubled", nth=nth)
    arguments = ["msp_cli", "run", name, "--sandbox", "--json", "-p", "number=21"]
    with debugging(arguments, {path: [line]}, folder=project) as session:
        frame = session.wait_until_stopped()
        assert (frame["name"], frame["line"], frame["locals"]["doubled"]) == (name, line, "42")
        time.sleep(LOOK_AROUND_SECONDS)
        session.go_on(frame)
        code, stdout, stderr = session.finish()
    assert code == 0, stderr
    record = json.loads(stdout)
    assert (record["status"], record["result"]) == ("Success", 42)
    assert record["durationMs"] > 1000


@pytest.mark.long
def test_an_editors_breakpoint_holds_in_a_test(project: Path) -> None:
    path = project / "workflows" / "hello.py"
    line = line_of(path, "return {")
    arguments = ["pytest", str(project / "tests" / "test_hello.py"), "-q", "-o", "timeout=0"]
    with debugging(arguments, {path: [line]}, folder=project) as session:
        frame = session.wait_until_stopped()
        assert (frame["name"], frame["line"], frame["locals"]["person"]) == ("hello", line, "'Ada'")
        session.go_on(frame)
        code, stdout, _ = session.finish()
    assert (code, "2 passed" in stdout) == (0, True)


@pytest.mark.long
@pytest.mark.parametrize("name", ["stops", "stops_in_a_thread"])
def test_breakpoint_opens_pdb_and_does_not_time_it_out(project: Path, name: str) -> None:
    commands = f"p context.org.name\nimport time; time.sleep({LOOK_AROUND_SECONDS})\nc\n"
    done = subprocess.run(
        [sys.executable, "-m", "msp_cli", "run", name, "--sandbox", "--json"],
        input=commands, capture_output=True, text=True, timeout=60, check=False, cwd=project,
        env={name: value for name, value in os.environ.items() if name != "PYTHONBREAKPOINT"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # pdb speaks on stderr: what goes to stdout is the document.
    assert "'Contoso'" in done.stderr
    assert json.loads(done.stdout)["result"] == "went on"
