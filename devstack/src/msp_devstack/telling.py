"""How the stack's commands tell an outcome: text for people, or one JSON document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document and nothing else.")]


def tell(document: Any, as_json: bool, render: Callable[[Console], object]) -> None:
    """Write a command's outcome to stdout."""
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    from rich.console import Console

    render(Console(highlight=False, soft_wrap=True))


def fail(message: str, as_json: bool, *, code: str = "StackError", exit_code: int = 1) -> typer.Exit:
    """Tell on stderr what went wrong; what to raise then."""
    if as_json:
        error = {"error": {"code": code, "message": message, "details": {}}}
        sys.stderr.write(json.dumps(error, ensure_ascii=False) + "\n")
    else:
        from rich.console import Console

        Console(stderr=True, markup=False).print(message, style="red", soft_wrap=True)
    return typer.Exit(exit_code)
