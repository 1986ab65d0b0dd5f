"""Asks somebody at the terminal for a value; questions go to stderr, so that results can be piped."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

from msp_cli.running.parameters import Choices

if TYPE_CHECKING:
    from msp_automation.metadata import ParameterMetadata

_HINTS = {
    "json": "JSON",
    "list": "JSON array, or one value",
    "bool": "true or false",
    "date": "2026-01-31",
    "datetime": "2026-01-31T08:00:00Z",
}


def ask(parameter: ParameterMetadata, choices: Choices | None, problem: str | None = None) -> str:
    """Ask for one parameter; of a list of choices, by number or by value.

    Args:
        problem: What was wrong with the last answer.
    """
    label = parameter.label
    if problem is not None:
        typer.echo(f"{label}: {problem}", err=True)
    if parameter.help_text:
        typer.echo(f"{label}: {parameter.help_text}", err=True)
    if choices:
        return choose(label, choices)
    hint = _HINTS.get(parameter.type)
    while not (answer := _line(f"{label} ({hint})" if hint else label)):
        pass
    return answer


def choose(label: str, choices: Choices) -> str:
    """Ask for one of several; the answer is the value as text."""
    for number, (shown, _) in enumerate(choices, start=1):
        typer.echo(f"  {number:>2}  {shown}", err=True)
    values = {_text(value): value for _, value in choices}
    while True:
        answer = _line(f"{label} (1-{len(choices)})").strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return _text(choices[int(answer) - 1][1])
        if answer in values:
            return answer
        typer.echo(f"Choose a number from 1 to {len(choices)}.", err=True)


def _line(question: str) -> str:
    """One line of stdin; the question goes to stderr wholly, which `typer.prompt` does not do."""
    typer.echo(f"{question}: ", err=True, nl=False)
    line = sys.stdin.readline()
    if not line:
        raise typer.Abort
    return line.rstrip("\n")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
