"""Writes new author files from templates, and never over one that is there."""

from __future__ import annotations

import importlib.util
import keyword
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from msp_cli.errors import Usage

Kind = Literal["workflow", "provider", "integration"]

FOLDER_OF: Mapping[Kind, str] = {
    "workflow": "workflows",
    "provider": "data_providers",
    "integration": "integrations",
}
FIRST_WORKFLOW = "hello"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PROJECT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,60}[A-Za-z0-9])?")
_PROJECT_FILES = {
    "pyproject.toml": "pyproject",
    "README.md": "readme",
    ".gitignore": "gitignore",
    ".vscode/launch.json": "launch",
}
_KEPT_FOLDERS = ("data_providers", "integrations")


@dataclass(frozen=True)
class NewFile:
    """A file that is about to be written."""

    path: Path
    text: str


def declare(kind: Kind, name: str, root: Path) -> list[NewFile]:
    """The file of a new workflow, data provider or integration, and its test.

    Raises:
        Usage: The name cannot be a function's.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Usage(
            f"{name!r} cannot name a {kind}. Begin with a lower-case letter and use lower-case letters, "
            "digits and '_' only, such as onboard_user."
        )
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "class": "".join(part.capitalize() for part in name.split("_")),
    }
    return [
        NewFile(root / FOLDER_OF[kind] / f"{name}.py", _fill(kind, words)),
        NewFile(_test_folder(root, kind) / f"test_{name}.py", _fill(f"{kind}_test", words)),
    ]


def start_project(folder: Path) -> list[NewFile]:
    """A whole author's repository, with a first workflow.

    Raises:
        Usage: The folder's name cannot be a project's.
    """
    name = folder.absolute().name
    if not _PROJECT.fullmatch(name):
        raise Usage(f"{name!r} cannot name a project. Use letters, digits, '.', '_' and '-'.")
    own = [
        NewFile(folder / path, _fill(f"project/{template}", {"project": name}))
        for path, template in _PROJECT_FILES.items()
    ]
    kept = [NewFile(folder / kept / ".gitkeep", "") for kept in _KEPT_FOLDERS]
    return [*own, *kept, *declare("workflow", FIRST_WORKFLOW, folder)]


def write(new: list[NewFile]) -> list[Path]:
    """Write all files, or none if one of them is there already.

    Raises:
        Usage: A file is there, or a folder cannot be written to.
    """
    if there := [str(file.path) for file in new if file.path.exists()]:
        raise Usage(f"{', '.join(there)} is there already and stays as it is. Choose another name.")
    for file in new:
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            with file.path.open("x", encoding="utf-8") as target:
                target.write(file.text)
        except OSError as error:
            raise Usage(f"{file.path} cannot be written: {error.strerror}.") from error
    _sort_imports([file.path for file in new if file.path.suffix == ".py"])
    return [file.path for file in new]


def _sort_imports(paths: list[Path]) -> None:
    """By the rules of the folder they are in, where ruff is installed: they say what is whose own."""
    if importlib.util.find_spec("ruff") is None:
        return
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--select", "I", "--fix", *map(str, paths)]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own interpreter, on new files


def _test_folder(root: Path, kind: Kind) -> Path:
    own = root / "tests" / FOLDER_OF[kind]
    return own if own.is_dir() else root / "tests"


def _fill(template: str, words: Mapping[str, str]) -> str:
    text = files("msp_cli").joinpath("templates", f"{template}.txt").read_text(encoding="utf-8")
    for name, value in words.items():
        text = text.replace("{{" + name + "}}", value)
    return text
