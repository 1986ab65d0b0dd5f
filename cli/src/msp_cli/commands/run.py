"""`msp run`: run one workflow, in this process where breakpoints hold, or on an environment's engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from msp_cli.errors import CliError, Usage
from msp_cli.options import EnvironmentOption, OrganizationOption
from msp_cli.output import AsJson, is_interactive, write_error
from msp_cli.roots import RootOption, find_root

app = typer.Typer()

_WAITING = "Waiting for a saved file; Ctrl-C ends."
_LOOKS_EVERY_MS = 200


@app.command()
def run(
    *,
    workflow: Annotated[str, typer.Argument(help="Its name.")],
    organization: OrganizationOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="One value; JSON for lists and objects."),
    ] = None,
    folder: RootOption = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="No stack: an organization with Graph and HaloPSA, made here.")
    ] = False,
    remote: Annotated[
        bool, typer.Option("--remote", help="On the environment's engine, and follow its log.")
    ] = False,
    config: Annotated[
        list[str] | None,
        typer.Option("--config", metavar="KEY=VALUE", help="With --sandbox: one configuration value."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="NAME",
            help="With --sandbox: a secret; its value is asked for or read from stdin.",
        ),
    ] = None,
    integration: Annotated[
        list[str] | None,
        typer.Option(
            "--integration",
            metavar="NAME=JSON",
            help="With --sandbox: an integration's settings; Graph and HaloPSA need none.",
        ),
    ] = None,
    no_timeout: Annotated[
        bool, typer.Option("--no-timeout", help="No time limit; there is none under a debugger anyway.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file is saved.")] = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Run a workflow here, with an organization's configuration, secrets and integrations of the local stack.

    It is recorded like any other run. Missing parameters are asked for. Exit code 1: it did not succeed.

    Example: msp run onboard_user --org Contoso --param first_name=Ada
    """
    from msp_cli.running.asked import Asked

    if sandbox and remote:
        raise Usage("--sandbox and --remote exclude each other.")
    if not sandbox and (config or secret or integration):
        raise Usage("--config, --secret and --integration go with --sandbox.")
    if watch and (remote or as_json):
        raise Usage("--watch runs here and for people: leave out --remote and --json.")
    asked = Asked(
        workflow=workflow,
        parameters=parameter or [],
        organization=organization,
        environment=environment,
        keeps_limit=not no_timeout,
        as_json=as_json,
        is_interactive=is_interactive() and not as_json,
    )
    if remote:
        from msp_cli.running.remote import run_remote

        run_remote(asked)
        return
    root = find_root(folder)
    if sandbox:
        from msp_cli.running.made import run_in_sandbox

        _once_or_watching(
            root, watch, lambda: run_in_sandbox(asked, root, config or [], secret or [], integration or [])
        )
        return
    from msp_cli.running.recorded import run_recorded

    _once_or_watching(root, watch, lambda: run_recorded(asked, root))


def _once_or_watching(root: Path, watch: bool, action: Callable[[], None]) -> None:
    if not watch:
        action()
        return
    from watchfiles import PythonFilter
    from watchfiles import watch as changes

    saves = changes(
        root,
        watch_filter=PythonFilter(),
        yield_on_timeout=True,
        rust_timeout=_LOOKS_EVERY_MS,
    )
    # From here on no save is missed, the one during the first run included.
    next(saves)
    _tell_errors(action)
    typer.echo(_WAITING, err=True)
    for saved in saves:
        if saved:
            _tell_errors(action)
            typer.echo(_WAITING, err=True)


def _tell_errors(action: Callable[[], None]) -> None:
    try:
        action()
    except CliError as error:
        write_error(error, as_json=False)
