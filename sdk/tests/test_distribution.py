"""The SDK as authors get it: few packages, one wheel, a test kit that works in a repository of their own."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOM = Path(__file__).parents[1]
AUTHOR_REPOSITORY = Path(__file__).parent / "author_repository"
REPOSITORY = ROOM.parent
MOST_PACKAGES = 15


def project(folder: Path) -> dict[str, Any]:
    return dict(tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"])


def closure(requirements: list[str]) -> set[str]:
    """The names of everything that would be installed, from what is installed here."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        extras = requirement.extras or {""}
        is_wanted = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras
        )
        name = requirement.name.lower().replace("_", "-")
        if not is_wanted or name in found:
            continue
        found.add(name)
        for line in importlib.metadata.requires(name) or []:
            one = Requirement(line)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(Requirement(str(one).partition(";")[0]))
    return found


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_of_the_repository_has_one_version() -> None:
    versions = {project(folder)["version"] for folder in (REPOSITORY, ROOM, REPOSITORY / "cli")}
    assert len(versions) == 1


def test_the_sdk_brings_few_packages() -> None:
    installed = closure(project(ROOM)["dependencies"])
    assert {"pydantic", "httpx", "cronsim"} <= installed
    assert len(installed) + 1 <= MOST_PACKAGES, sorted(installed)


def test_what_the_sdk_needs_is_what_the_repository_pins() -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (REPOSITORY / "requirements.lock").read_text("utf-8"), re.M))
    described, command = project(ROOM), project(REPOSITORY / "cli")
    ours = {described["name"], command["name"]}
    extras = described["optional-dependencies"].values()
    for group in (described["dependencies"], command["dependencies"], *extras):
        assert {Requirement(line).name for line in group} - ours <= pinned


def test_the_kit_works_in_a_repository_of_an_authors_own(tmp_path: Path) -> None:
    root = shutil.copytree(AUTHOR_REPOSITORY, tmp_path / "repository")
    # The plugins that the extra brings, and not all those of this environment: they take seconds.
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-p", "msp_automation.testing"]
    pytest_alone += ["-p", "pytest_asyncio.plugin", "-p", "syrupy"]
    assert "4 passed" in run(*pytest_alone, cwd=root, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_wheel_works_in_a_clean_environment(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    with zipfile.ZipFile(wheel) as content:
        assert "msp_automation/py.typed" in content.namelist()
    python = clean_environment(tmp_path / "venv")
    versions = tmp_path / "versions.txt"
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    versions.write_text("\n".join(re.findall(r"^[a-z0-9-]+==[^\s;]+", lock, re.M)), "utf-8")
    run(python, "-m", "pip", "install", "--quiet", "-c", versions, wheel, cwd=tmp_path)
    names = run(python, "-m", "pip", "list", "--format=freeze", cwd=tmp_path).split()
    assert len([name for name in names if not re.match(r"(pip|setuptools)==", name)]) <= MOST_PACKAGES, names
    run(python, "-c", "from msp_automation import *", cwd=tmp_path)
    run(python, "-m", "pip", "install", "--quiet", "-c", versions, f"{wheel}[testing]", cwd=tmp_path)
    root = shutil.copytree(AUTHOR_REPOSITORY, tmp_path / "repository")
    assert "4 passed" in run(python, "-m", "pytest", "-q", cwd=root)


def build_wheel(folder: Path) -> Path:
    """A wheel of the room as it is, built aside: setuptools would leave its work in the tree."""
    copy = shutil.copytree(
        ROOM, folder / "sdk", ignore=shutil.ignore_patterns("tests", "build", "*.egg-info")
    )
    arguments = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *arguments, copy, cwd=folder)
    return next(folder.glob("msp_automation-*.whl"))


def clean_environment(folder: Path) -> Path:
    """An environment with pip alone; its interpreter."""
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"
