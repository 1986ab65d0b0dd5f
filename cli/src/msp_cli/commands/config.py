"""`msp config`: an organization's configuration, and the global one below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from msp_cli.errors import Usage
from msp_cli.options import EnvironmentOption, OrganizationOption
from msp_cli.output import AsJson, show, table

if TYPE_CHECKING:
    from msp_cli.api import Api

app = typer.Typer(
    help="Configuration: an organization's own values over the global ones.", no_args_is_help=True
)

Global = Annotated[bool, typer.Option("--global", help="The values that all organizations share.")]
Key = Annotated[str, typer.Argument(help="Such as mail_domain.")]


@app.command("list")
def list_config(
    organization: OrganizationOption = None,
    is_global: Global = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """List the values that count for an organization.

    Example: msp config list --org Contoso
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        found = api.all_pages(where(api, organization, is_global, "config"))
    rows = [(one["key"], one["value"], one["type"], origin(one)) for one in found]
    show(
        found,
        as_json,
        lambda out: table(out, ("Key", "Value", "Type", "Whose"), rows, empty="Nothing is set."),
    )


@app.command("set")
def set_config(
    *,
    key: Key,
    value: Annotated[str, typer.Argument(help="Text of the type; never a secret.")],
    organization: OrganizationOption = None,
    is_global: Global = False,
    kind: Annotated[str, typer.Option("--type", help="string, int, bool, json or secret_ref.")] = "string",
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Set a value; one of the same key is replaced.

    Example: msp config set mail_domain contoso.example --org Contoso
    """
    from msp_cli.api import open_api

    body = {"key": key, "value": value, "type": kind, "description": description}
    with open_api(environment) as api:
        saved = api.ask("POST", where(api, organization, is_global, "config"), json=body)
    show(saved, as_json, lambda out: out.print(f"{saved['key']} is set ({saved['type']})."))


@app.command("unset")
def unset_config(
    key: Key,
    organization: OrganizationOption = None,
    is_global: Global = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete a value; a global one shows through again.

    Example: msp config unset mail_domain --org Contoso
    """
    from urllib.parse import quote

    from msp_cli.api import open_api

    with open_api(environment) as api:
        api.ask("DELETE", f"{where(api, organization, is_global, 'config')}/{quote(key, safe='')}")
    show({"unset": key}, as_json, lambda out: out.print(f"{key} is unset."))


def where(api: Api, organization: str | None, is_global: bool, part: str) -> str:
    """The address of an organization's values, or of the global ones.

    Raises:
        Usage: Both or neither are named.
    """
    if is_global:
        if organization is not None:
            raise Usage("--global and --org exclude each other.")
        return f"/api/{part}"
    return f"/api/organizations/{api.organization(organization)['id']}/{part}"


def origin(entry: dict[str, object]) -> str:
    """Whose value it is, in words."""
    if entry["inherited"]:
        return "global"
    return "own, over a global one" if entry["overrides"] else str(entry["scope"])
