"""`msp check` names every mistake by file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Msp = Callable[..., Result]
HEADER = "from msp_automation import OrganizationContext, param, workflow\n\n\n"
GOOD = HEADER + '@workflow\ndef {name}(context: OrganizationContext) -> None:\n    """Do it."""\n'


def problems(msp: Msp, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(msp("check", "--json", *arguments).stdout)["problems"]
    return found


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("def broken(:\n", 1, "not valid Python"),
        ("\nimport msp_core.storage\n", 2, "may not import 'msp_core.storage'"),
        ("import no_such_package\n", 1, "not installed"),
        (
            HEADER + "@workflow\n@param('x')\ndef mine(context: OrganizationContext) -> None: ...\n",
            5,
            "names no",
        ),
        (HEADER + "@workflow\ndef mine(context: OrganizationContext, x) -> None: ...\n", 5, "no annotation"),
        (
            HEADER + "@workflow\ndef mine(context: OrganizationContext, x: bytes) -> None: ...\n",
            5,
            "no form can",
        ),
        (HEADER + "@workflow\ndef mine(x: str) -> None: ...\n", 5, "is not the context"),
        (
            HEADER + "@workflow\n@param('x', data_provider='gone')\n"
            "def mine(context: OrganizationContext, x: str) -> None: ...\n",
            5,
            "'gone', which is not available",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(
    project: Path, msp: Msp, source: str, line: int, message: str
) -> None:
    (project / "workflows" / "mine.py").write_text(source)
    (problem,) = [one for one in problems(msp) if one["severity"] == "error"]
    assert (problem["file"], problem["line"], problem["severity"]) == ("workflows/mine.py", line, "error")
    assert message in problem["message"]
    result = msp("check")
    assert result.exit_code == 1
    assert f"workflows/mine.py:{line}: error: " in result.stdout


def test_a_name_declared_twice_is_named_at_both_places(project: Path, msp: Msp) -> None:
    for file in ("one", "two"):
        (project / "workflows" / f"{file}.py").write_text(GOOD.format(name="same"))
    found = problems(msp)
    assert [one["file"] for one in found] == ["workflows/one.py", "workflows/two.py"]
    assert all("declared 2 times" in one["message"] for one in found)


def test_what_nobody_can_read_is_warned_of(project: Path, msp: Msp) -> None:
    (project / "workflows" / "silent.py").write_text(
        HEADER + "@workflow\ndef silent(context: OrganizationContext):\n    return 1\n"
    )
    (project / "data_providers" / "mute.py").write_text(
        "from msp_automation import Option, OrganizationContext, data_provider\n\n\n@data_provider\n"
        "async def mute(context: OrganizationContext) -> list[Option]:\n    return []\n"
    )
    found = [(one["file"], one["line"], one["severity"], one["message"]) for one in problems(msp)]
    assert [one[:3] for one in found] == [
        ("data_providers/mute.py", 5, "warning"),
        ("workflows/silent.py", 5, "warning"),
        ("workflows/silent.py", 5, "warning"),
    ]
    assert "mute() has no docstring" in found[0][3]
    assert "silent() does not say what it returns" in found[1][3]
    assert msp("check").exit_code == 0


def test_state_that_outlives_a_run_is_warned_of(project: Path, msp: Msp) -> None:
    (project / "workflows" / "keeps.py").write_text(
        HEADER.replace("\n\n\n", "\nfrom functools import lru_cache\n\n")
        + """
SKUS = {"a": 1}
seen: list[str] = []
count = 0
tokens = {}


@lru_cache
def names() -> list[str]:
    return list(SKUS)


@workflow
def keeps(context: OrganizationContext, user: str) -> int:
    "Keep what it sees."
    global count
    count += 1
    seen.append(user)
    tokens[context.org.id] = user
    mine: list[str] = []
    mine.append(SKUS["a"] and user)
    return len(mine)


@workflow
def shadows(context: OrganizationContext) -> None:
    "Keep nothing."
    seen = []
    seen.append("mine alone")
"""
    )
    found = problems(msp)
    assert {one["severity"] for one in found} == {"warning"}
    assert [(one["line"], one["message"].split("'")[1] if "'" in one["message"] else "") for one in found][1:] == [
        (20, "count"), (21, "seen"), (22, "tokens"),
    ]  # fmt: skip
    assert "@lru_cache" in found[0]["message"]
    assert msp("check").exit_code == 0
    assert msp("check", "--strict").exit_code == 1


def test_one_file_is_checked_among_all(project: Path, msp: Msp) -> None:
    (project / "workflows" / "wrong.py").write_text("def broken(:\n")
    (project / "workflows" / "right.py").write_text(GOOD.format(name="right"))
    assert problems(msp, "workflows/right.py") == []
    assert len(problems(msp, "workflows/wrong.py")) == 1
    assert msp("check", "workflows/none.py").exit_code == 2
