"""Type checkers know what an author's decorated functions take and give: mypy, and pyright as in editors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
AUTHOR_FILE = Path(__file__).parent / "typed" / "author.py"
PYRIGHT = REPOSITORY / "devstack" / "node_modules" / "pyright" / "index.js"

_EXPECTED = re.compile(r"# EXPECT (.+)$")
_MODULE = re.compile(r"\b(?:\w+\.)+(?=\w)")

Told = dict[int, list[str]]
"""By line: the types revealed, and "error" for each error."""


def expectations() -> dict[int, str]:
    lines = AUTHOR_FILE.read_text("utf-8").splitlines()
    found = {number: _EXPECTED.search(line) for number, line in enumerate(lines, start=1)}
    return {number: match[1] for number, match in found.items() if match is not None}


def compare(told: Told) -> None:
    expected = expectations()
    assert len(expected) > 20
    for number, wanted in expected.items():
        said = told.get(number, ["nothing"])
        is_right = any(wanted[3:] in one for one in said) if wanted.startswith("...") else wanted in said
        assert is_right, f"author.py:{number}: expected {wanted!r}, was told {said}"
    unexpected = {number: said for number, said in told.items() if number not in expected}
    assert unexpected == {}


@pytest.fixture
def shared_cache() -> list[str]:
    """mypy's own arguments: as `make check` calls it, so that what that left behind is used again."""
    return ["--config-file", str(REPOSITORY / "pyproject.toml"), str(AUTHOR_FILE.relative_to(REPOSITORY))]


@pytest.mark.timeout(300)  # with a cold cache on a busy machine
def test_mypy_sees_signatures_and_results(shared_cache: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *shared_cache],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    told: Told = defaultdict(list)
    for line in done.stdout.splitlines():
        if match := re.match(r"[^:]+:(\d+): (note|error): (.*)", line):
            revealed = re.match(r'Revealed type is "(.*)"', match[3])
            if revealed:
                told[int(match[1])].append(_MODULE.sub("", revealed[1]))
            elif match[2] == "error":
                told[int(match[1])].append("error")
    compare(told)


@pytest.mark.timeout(300)
def test_pyright_sees_the_same(tmp_path: Path) -> None:
    # It does not follow the import hook of an editable install; a plain install needs no extra path.
    shutil.copy(AUTHOR_FILE, tmp_path)
    settings = {"include": [AUTHOR_FILE.name], "extraPaths": [str(REPOSITORY / "sdk" / "src")]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    done = subprocess.run(
        ["node", str(PYRIGHT), "--project", str(tmp_path), "--pythonpath", sys.executable, "--outputjson"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        check=False,
    )
    told: Told = defaultdict(list)
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        line = one["range"]["start"]["line"] + 1
        revealed = re.match(r'Type of ".*" is "(.*)"$', one["message"], re.DOTALL)
        told[line].append(revealed[1] if revealed else one["severity"])
    compare(told)
