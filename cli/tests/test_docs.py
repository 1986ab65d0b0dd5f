"""What docs/cli.md shows for an author without a stack is done as it stands there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Msp = Callable[..., Result]
BLOCK = re.compile(r"```sh\n(.*?)```", re.S)
DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"


def commands(block: str) -> list[list[str]]:
    lines = block.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_the_first_steps_succeed(msp: Msp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = ""
    for name, *arguments in commands(BLOCK.findall(DOCUMENT.read_text())[0]):
        if name == "cd":
            monkeypatch.chdir(tmp_path / arguments[0])
            continue
        result = msp(*arguments)
        assert (name, result.exit_code) == ("msp", 0), result.output
        output += result.stdout
    assert "Hello, Ada!" in output
    assert "Welcome, Ada!" in output


def test_what_it_shows_of_a_stack_is_written_right(msp: Msp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these commands exists and takes these options: it fails for want of a stack only."""
    # Nobody is asked but the stack that is not there, whatever environment is put to use.
    monkeypatch.setenv("MSP_ENV", "local")
    monkeypatch.setenv("MSP_DATA", "/nonexistent")
    for block in BLOCK.findall(DOCUMENT.read_text())[1:]:
        for _, *arguments in commands(block):
            result = msp(*arguments, "--json")
            assert result.exit_code != 2, (arguments, result.stderr)
