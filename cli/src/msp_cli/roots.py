"""Where an author's files are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msp_cli.errors import Usage

FOLDERS = ("workflows", "data_providers", "integrations")

RootOption = Annotated[
    Path | None,
    typer.Option(
        "--dir", help="Folder that holds workflows/ and data_providers/; found from here if not given."
    ),
]


def is_root(folder: Path) -> bool:
    """Whether a folder holds author code."""
    return any((folder / name).is_dir() for name in FOLDERS)


def find_root(given: Path | None = None) -> Path:
    """The author's folder: as given, or around here.

    Args:
        given: The folder itself, or anything in it.

    Raises:
        Usage: There is none.
    """
    start = (given if given is not None else Path()).absolute()
    if not start.exists():
        raise Usage(f"There is no {start}.")
    for folder in (start, *start.parents):
        if is_root(folder):
            return folder
        if is_root(folder / "workflow-engine"):
            return folder / "workflow-engine"
    raise Usage(
        f"Neither {start} nor a folder above it holds workflows/, data_providers/ or integrations/. "
        "Make one with `msp new project`, or name it with --dir."
    )


def root_to_write_in(given: Path | None) -> Path:
    """Where new author files go: the folder around here, or any folder that is named and there."""
    if given is not None and given.is_dir() and not is_root(given / "workflow-engine"):
        return given.absolute()
    return find_root(given)
