"""`msp orgs`: the client organizations you have to do with."""

from __future__ import annotations

from typing import Annotated

import typer

from msp_cli.commands.account import permissions_of
from msp_cli.options import EnvironmentOption
from msp_cli.output import AsJson, facts, show, table

app = typer.Typer(help="The client organizations you have to do with.", no_args_is_help=True)


@app.command("list")
def list_organizations(environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """List the organizations you may work for, and what you may do there.

    Example: msp orgs list
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        found = sorted(api.me()["organizations"], key=lambda one: one["name"].lower())
    rows = [(one["name"], one["id"], ", ".join(permissions_of(one))) for one in found]
    columns = ("Name", "Id", "You may")
    show(found, as_json, lambda out: table(out, columns, rows, empty="You have to do with no organization."))


@app.command("show")
def show_organization(
    name: Annotated[str, typer.Argument(help="Its name or id.")],
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Show an organization with its Microsoft 365 tenant.

    Example: msp orgs show Contoso
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        found = api.get(f"/api/organizations/{api.organization(name)['id']}")
    link = found["tenantLink"]
    pairs = [
        ("name", found["name"]),
        ("id", found["id"]),
        ("active", "yes" if found["isActive"] else "no"),
        ("tenant", found["tenantId"]),
        ("link", link["status"]),
        ("reason", link["reason"]),
        ("verified", link["verifiedAt"]),
        ("tags", ", ".join(found["tags"])),
    ]
    show(found, as_json, lambda out: facts(out, pairs))
