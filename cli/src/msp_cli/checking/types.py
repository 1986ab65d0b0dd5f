"""Asks mypy or pyright, whichever is installed beside the command."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from msp_cli.checking.problems import Problem
from msp_cli.errors import Failed

_ORDER = ("mypy", "pyright")
_LONGEST_SECONDS = 300


def check_types(root: Path, paths: list[Path]) -> tuple[str, list[Problem]]:
    """The checker that was asked, and what it found in these files.

    Raises:
        Failed: None is installed, or it could not do its work.
    """
    tool = next((name for name in _ORDER if importlib.util.find_spec(name) is not None), None)
    if tool is None:
        raise Failed(
            "No type checker is installed here: `pip install mypy` or `pip install pyright`.",
            code="NoTypeChecker",
        )
    if not paths:
        return tool, []
    return tool, _mypy(root, paths) if tool == "mypy" else _pyright(root, paths)


def _mypy(root: Path, paths: list[Path]) -> list[Problem]:
    options = ["--strict", "--output", "json", "--explicit-package-bases", "--namespace-packages"]
    answer = _run(root, ["mypy", *options, "--no-error-summary", *map(str, paths)])
    lines = [line for line in answer.stdout.splitlines() if line.startswith("{")]
    if answer.returncode not in {0, 1} or (answer.returncode == 1 and not lines):
        raise Failed(f"mypy could not check the files: {_last_words(answer)}", code="TypeCheckerFailed")
    return [_mypy_problem(json.loads(line)) for line in lines if json.loads(line)["severity"] == "error"]


def _mypy_problem(found: dict[str, Any]) -> Problem:
    message = f"{found['message']} [{found['code']}]" if found.get("code") else found["message"]
    return Problem(Path(found["file"]).as_posix(), max(found["line"], 0), message, "error", "mypy")


def _pyright(root: Path, paths: list[Path]) -> list[Problem]:
    answer = _run(root, ["pyright", "--outputjson", *map(str, paths)])
    try:
        found = json.loads(answer.stdout)["generalDiagnostics"]
    except (ValueError, KeyError):
        raise Failed(
            f"pyright could not check the files: {_last_words(answer)}", code="TypeCheckerFailed"
        ) from None
    return [
        Problem(
            Path(one["file"]).relative_to(root).as_posix(),
            one["range"]["start"]["line"] + 1,
            one["message"],
            "error",
            "pyright",
        )
        for one in found
        if one["severity"] == "error"
    ]


def _run(root: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter, with a checker and the author's files
            [sys.executable, "-m", *arguments],
            cwd=root,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(
            f"{arguments[0]} took longer than {_LONGEST_SECONDS} s.", code="TypeCheckerFailed"
        ) from None


def _environment() -> dict[str, str]:
    """With the SDK's folder where it is installed in place: checkers do not follow import hooks."""
    spec = importlib.util.find_spec("msp_automation")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parents[1]
    if folder.name in {"site-packages", "dist-packages"}:
        return dict(os.environ)
    paths = [str(folder), *filter(None, [os.environ.get("MYPYPATH")])]
    return {**os.environ, "MYPYPATH": os.pathsep.join(paths)}


def _last_words(answer: subprocess.CompletedProcess[str]) -> str:
    return " ".join((answer.stderr or answer.stdout).split())[-500:] or f"it ended with {answer.returncode}."
