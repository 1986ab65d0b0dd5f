"""What a command writes: one JSON document, or text for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msp_cli.errors import CliError

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document and nothing else.")]

_NOTHING = "-"
_WIDE = 10_000
# Columns that somebody copies from.
_WHOLE = frozenset({"Execution", "Id", "Value", "Name", "Key"})


def show(document: Any, as_json: bool, render: Callable[[Console], None]) -> None:
    """Write a command's outcome.

    Args:
        document: The outcome as JSON values.
        render: Writes it for people.
    """
    if as_json:
        write_json(document)
    else:
        render(console())


def write_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def console(*, stderr: bool = False) -> Console:
    """Where text for people goes; without colour or animation where that is no terminal."""
    from rich.console import Console

    out = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not out.is_terminal:
        # For another program there is no edge to fold at.
        out.width = _WIDE
    return out


def is_interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def write_error(error: CliError, *, as_json: bool) -> None:
    """Tell on stderr what went wrong."""
    if as_json:
        sys.stderr.write(json.dumps(error.document(), ensure_ascii=False) + "\n")
        return
    out = console(stderr=True)
    fields: dict[str, str] = error.details.get("fields") or {}
    out.print("Some values are missing or wrong." if fields else error.message, style="red", soft_wrap=True)
    for name, message in fields.items():
        out.print(f"  {name}: {message}", soft_wrap=True)


def table(out: Console, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Write rows below column heads, or one sentence where there are none."""
    from rich.table import Table

    listed = [[_NOTHING if cell is None or cell == "" else str(cell) for cell in row] for row in rows]
    if not listed:
        out.print(empty)
        return
    shown = Table(box=None, pad_edge=False, show_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for row in listed:
        shown.add_row(*row)
    out.print(shown)


def facts(out: Console, pairs: Iterable[tuple[str, Any]]) -> None:
    """Write names and values, one pair a line; what is not there is left out."""
    known = [(name, value) for name, value in pairs if value is not None and value != ""]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        out.print(f"{name.ljust(width)}  {text}", soft_wrap=True)
