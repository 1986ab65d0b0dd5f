"""Finds declarations that run, but tell nobody what they do: no docstring, no return type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msp_cli.checking.problems import Problem

if TYPE_CHECKING:
    from msp_automation.discovery import Discovered


def undescribed(root: Path, found: Discovered) -> list[Problem]:
    """A warning for each docstring and each return type that is missing."""
    from msp_automation.declaring import Place

    problems: list[Problem] = []
    functions = [one.function for one in found.workflows.values()]
    for function in (*functions, *(one.function for one in found.providers.values())):
        place = Place.of(function)
        file = Path(place.file).resolve().relative_to(root.resolve()).as_posix()
        for message in _missing(function.__name__, function.__doc__, "return" in function.__annotations__):
            problems.append(Problem(file, place.line, message, "warning", "described"))
    return problems


def _missing(name: str, docstring: str | None, has_return_type: bool) -> Iterator[str]:
    if not (docstring or "").strip():
        yield f"{name}() has no docstring. Say in one line what it does: people choose by it."
    if not has_return_type:
        yield f"{name}() does not say what it returns. Add it, as in `-> dict[str, Any]:`, or `-> None:`."
