"""What somebody asks `msp run` to do."""

from __future__ import annotations

from dataclasses import dataclass

from msp_cli.running.asking import ask
from msp_cli.running.parameters import Ask


@dataclass(frozen=True)
class Asked:
    """One command line of `msp run`.

    Attributes:
        parameters: As `name=value`.
        keeps_limit: Whether the workflow's time limit counts.
        is_interactive: Whether somebody can be asked for what is missing.
    """

    workflow: str
    parameters: list[str]
    organization: str | None
    environment: str | None
    keeps_limit: bool
    as_json: bool
    is_interactive: bool

    @property
    def ask(self) -> Ask | None:
        """How to ask for a value; None where nobody can be asked."""
        return ask if self.is_interactive else None
