"""`msp providers`: the data providers that feed form fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from msp_cli.commands.workflows import one_of, parameters_table
from msp_cli.options import EnvironmentOption, OrganizationOption
from msp_cli.output import AsJson, facts, show, table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(help="The data providers, which feed the options of form fields.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name.")]


@app.command("list")
def list_providers(environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """List the data providers.

    Example: msp providers list
    """
    from msp_cli.api import open_api
    from msp_cli.running.remote import read_catalog

    with open_api(environment) as api:
        found = read_catalog(api)["dataProviders"]
    rows = [(one["name"], f"{one['cacheTtlSeconds']:g} s", one["description"]) for one in found]
    columns = ("Data provider", "Kept for", "What it offers")
    show(found, as_json, lambda out: table(out, columns, rows, empty="There is no data provider."))


@app.command("show")
def show_provider(name: Name, environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """Show a data provider with its inputs.

    Example: msp providers show get_available_licenses
    """
    from msp_cli.api import open_api
    from msp_cli.running.remote import read_catalog

    with open_api(environment) as api:
        found = one_of(read_catalog(api)["dataProviders"], name, "data provider")

    def render(out: Console) -> None:
        facts(out, [("name", found["name"]), ("offers", found["description"]), ("file", found["sourceFile"])])
        parameters_table(out, found["parameters"])

    show(found, as_json, render)


@app.command("call")
def call_provider(
    *,
    name: Name,
    organization: OrganizationOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="One input; JSON for lists."),
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask it even if an answer is kept.")] = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Ask a data provider for an organization's options.

    Example: msp providers call get_available_licenses --org Contoso
    """
    from msp_automation.metadata import DataProviderMetadata
    from msp_cli.api import open_api
    from msp_cli.running.parameters import read_parameters
    from msp_cli.running.remote import provider_options, read_catalog

    with open_api(environment) as api:
        declared = one_of(read_catalog(api)["dataProviders"], name, "data provider")
        inputs = read_parameters(DataProviderMetadata.model_validate(declared).parameters, parameter or [])
        answer = provider_options(
            api, name, str(api.organization(organization)["id"]), inputs, refresh=refresh
        )
    rows = [(one["value"], one["label"]) for one in answer["options"]]
    show(answer, as_json, lambda out: table(out, ("Value", "Label"), rows, empty="It offers nothing."))
