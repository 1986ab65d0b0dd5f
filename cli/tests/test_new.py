"""What `msp new` writes runs, passes its own test, and never takes the place of something else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Msp = Callable[..., Result]
SDK = Path(__file__).parents[2] / "sdk" / "src"


@pytest.fixture
def full(project: Path, msp: Msp) -> Path:
    """A project with one of each kind."""
    for kind, name in (
        ("workflow", "onboard_user"),
        ("provider", "get_rooms"),
        ("integration", "backup_tool"),
    ):
        result = msp("new", kind, name, "--json")
        assert result.exit_code == 0, result.output
        assert [Path(file).exists() for file in json.loads(result.stdout)["files"]] == [True, True]
    return project


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, timeout=240, check=False
    )


@pytest.mark.long
def test_what_is_written_passes_its_tests_and_ruff(full: Path) -> None:
    tests = tool("pytest", "-q", "-p", "no:cacheprovider")
    assert "8 passed" in tests.stdout, tests.stdout + tests.stderr
    for command in (["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]):
        assert tool("ruff", *command).returncode == 0


def test_a_project_installs_as_its_readme_says(full: Path, tmp_path: Path) -> None:
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    built = tool("pip", "wheel", "--quiet", *offline, "--wheel-dir", str(tmp_path / "wheels"), str(full))
    assert built.returncode == 0, built.stderr


@pytest.mark.long
def test_what_is_written_passes_mypy_strict(full: Path, msp: Msp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYPYPATH", str(SDK))
    checked = tool("mypy", "--cache-dir=/dev/null", ".")
    assert checked.returncode == 0, checked.stdout
    result = msp("check", "--types", "--strict", "--json")
    assert (result.exit_code, json.loads(result.stdout)["typeChecker"]) == (0, "mypy")
    wrong = full / "workflows" / "wrong.py"
    wrong.write_text("def broken() -> int:\n    return 'text'\n")
    result = msp("check", "--types", str(wrong))
    assert result.exit_code == 1
    assert "workflows/wrong.py:2: error: Incompatible return value type" in result.stdout


def test_it_is_discovered_without_a_mistake(full: Path, msp: Msp) -> None:
    result = msp("check", "--strict", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"], found["problems"]) == (0, True, [])
    assert found["workflows"] == ["hello", "onboard_user"]
    assert found["dataProviders"] == ["get_rooms"]


def test_a_project_has_what_an_editor_and_git_need(project: Path) -> None:
    launch = json.loads((project / ".vscode" / "launch.json").read_text())
    modules = {one["name"].split(" (")[0]: one["module"] for one in launch["configurations"]}
    assert modules["Workflow in this file"] == "msp_cli"
    assert modules["Tests in this file"] == "pytest"
    assert ".msp/" in (project / ".gitignore").read_text().splitlines()
    assert len((project / "README.md").read_text().splitlines()) <= 12
    assert 'name = "acme"' in (project / "pyproject.toml").read_text()


def test_nothing_is_overwritten_and_nothing_is_half_written(project: Path, msp: Msp) -> None:
    test = project / "tests" / "test_mine.py"
    test.write_text("# kept\n")
    result = msp("new", "workflow", "mine", "--json")
    assert result.exit_code == 2
    assert "stays as it is" in json.loads(result.stderr)["error"]["message"]
    assert test.read_text() == "# kept\n"
    assert not (project / "workflows" / "mine.py").exists()
    assert msp("new", "project", str(project)).exit_code == 2


@pytest.mark.parametrize("name", ["../evil", "Onboard", "1st", "class", "a-b", "", "x" * 61, "a/b", "ä"])
def test_a_name_that_is_no_functions_is_refused(project: Path, msp: Msp, name: str) -> None:
    result = msp("new", "workflow", name)
    assert result.exit_code == 2
    assert "cannot name a workflow" in result.stderr
    assert [path.name for path in (project / "workflows").iterdir()] == ["hello.py"]


def test_outside_of_a_project_it_says_how_to_make_one(
    msp: Msp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = msp("new", "workflow", "mine")
    assert result.exit_code == 2
    assert "msp new project" in result.stderr
    (tmp_path / "here").mkdir()
    assert msp("new", "workflow", "mine", "--dir", "here").exit_code == 0
    assert (tmp_path / "here" / "workflows" / "mine.py").exists()
