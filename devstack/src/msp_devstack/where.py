"""Which folders a command of the stack works with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

REPOSITORY = Path(__file__).resolve().parents[3]
AUTHOR_ROOT = REPOSITORY / "workflow-engine"

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="MSP_DATA",
        help="Folder of the stack's storage, secrets and logs; .msp beside workflows/ if not given.",
    ),
]


def data_folder(given: Path | None) -> Path:
    """The stack's folder: as given, the author's own, or the repository's."""
    if given is not None:
        return given
    here = Path().absolute()
    own = next((place for place in (here, *here.parents) if (place / ".msp" / "stack.json").exists()), None)
    if own is None and (here / "workflows").is_dir():
        own = here
    return (own or REPOSITORY) / ".msp"


def author_root(given: Path | None) -> Path:
    """The author files that the engine runs."""
    if given is not None:
        return given.absolute()
    here = Path().absolute()
    return here if (here / "workflows").is_dir() else AUTHOR_ROOT
