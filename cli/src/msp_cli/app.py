"""The `msp` entry point: every command, and how each of them ends."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from msp_cli.errors import CliError, Usage
from msp_cli.output import write_error

_HELP = """Write, try, run and look after automations for client organizations.

Every command takes --json: one document on stdout, errors as one document on stderr.
Exit codes: 0 done, 1 failed, 2 wrong use, 3 not signed in or not allowed, 4 not found, 5 not reachable.

Example: msp run onboard_user --org Contoso --param first_name=Ada
"""

_GROUPS = ("env", "orgs", "workflows", "providers", "executions", "config", "secrets", "new")
_COMMANDS = ("account", "check", "run", "opening")


class MspGroup(TyperGroup):
    """Ends every command in one way: an exit code, and errors as text or as JSON."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run one command line and exit."""
        given = list(sys.argv[1:] if args is None else args)
        try:
            outcome = super().main(
                args,
                prog_name or "msp",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except CliError as error:
            outcome = _refuse(error, given)
        except Abort:
            outcome = _refuse(CliError("Stopped.", code="Aborted"), given)
        except TyperException as error:
            outcome = _misused(error, given)
        sys.exit(outcome if isinstance(outcome, int) else 0)


def _refuse(error: CliError, given: Sequence[str]) -> int:
    write_error(error, as_json="--json" in given)
    return error.exit_code


def _misused(error: TyperException, given: Sequence[str]) -> int:
    if "--json" in given:
        return _refuse(Usage(error.format_message()), given)
    from typer.rich_utils import rich_format_error

    rich_format_error(error)  # type: ignore[arg-type] # every TyperException here is typer's ClickException
    return error.exit_code


def build_app() -> typer.Typer:
    """The command with all it has here; the local stack's commands only where the stack is installed."""
    app = typer.Typer(
        name="msp",
        cls=MspGroup,
        help=_HELP,
        no_args_is_help=True,
        add_completion=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    if importlib.util.find_spec("msp_devstack") is not None:
        app.registered_commands += importlib.import_module("msp_devstack.cli").app.registered_commands
    for name in _COMMANDS:
        app.registered_commands += importlib.import_module(f"msp_cli.commands.{name}").app.registered_commands
    for name in _GROUPS:
        app.add_typer(importlib.import_module(f"msp_cli.commands.{name}").app, name=name)
    return app


app = build_app()


def main() -> None:
    """Run the command line of this process."""
    app()
