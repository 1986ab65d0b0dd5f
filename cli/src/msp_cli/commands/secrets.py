"""`msp secrets`: names and values go in, only names come out."""

from __future__ import annotations

import sys
from typing import Annotated
from urllib.parse import quote

import typer

from msp_cli.commands.config import Global, origin, where
from msp_cli.errors import Usage
from msp_cli.options import EnvironmentOption, OrganizationOption
from msp_cli.output import AsJson, is_interactive, show, table

app = typer.Typer(
    help="Secrets: their names; a value goes in and is shown to nobody again.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Such as halopsa-client-secret.")]


@app.command("list")
def list_secrets(
    organization: OrganizationOption = None,
    is_global: Global = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """List the names of secrets that count for an organization.

    Example: msp secrets list --org Contoso
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        found = api.all_pages(where(api, organization, is_global, "secrets"))
    rows = [(one["name"], origin(one), one["updatedAt"]) for one in found]
    show(found, as_json, lambda out: table(out, ("Name", "Whose", "Set"), rows, empty="No secret is set."))


@app.command("set")
def set_secret(
    *,
    name: Name,
    organization: OrganizationOption = None,
    is_global: Global = False,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the value from stdin.")] = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Set a secret; its value is asked for, or read with --stdin, and never an argument.

    Example: msp secrets set halopsa-client-secret --org Contoso
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        address = f"{where(api, organization, is_global, 'secrets')}/{quote(name, safe='')}"
        saved = api.ask("PUT", address, json={"value": _value(name, from_stdin)})
    show(saved, as_json, lambda out: out.print(f"{saved['name']} is set."))


@app.command("delete")
def delete_secret(
    *,
    name: Name,
    organization: OrganizationOption = None,
    is_global: Global = False,
    force: Annotated[bool, typer.Option("--force", help="Although something refers to it.")] = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete a secret; refused while something refers to it.

    Example: msp secrets delete old-key --org Contoso
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        address = f"{where(api, organization, is_global, 'secrets')}/{quote(name, safe='')}"
        api.ask("DELETE", address, params={"force": True} if force else None)
    show({"deleted": name}, as_json, lambda out: out.print(f"{name} is deleted."))


def _value(name: str, from_stdin: bool) -> str:
    if from_stdin:
        value = sys.stdin.read().removesuffix("\n")
    elif is_interactive():
        value = typer.prompt(f"Value of {name}", hide_input=True, err=True)
    else:
        raise Usage("Nobody can be asked for the value here: pipe it in with --stdin.")
    if not value:
        raise Usage("The value is empty.")
    return value
