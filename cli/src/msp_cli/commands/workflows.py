"""`msp workflows`: what an environment's engine has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from msp_cli.errors import Missing
from msp_cli.options import EnvironmentOption
from msp_cli.output import AsJson, facts, show, table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(help="The workflows of an environment's engine.", no_args_is_help=True)


@app.command("list")
def list_workflows(environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """List the workflows, and the files that could not be used.

    Example: msp workflows list
    """
    from msp_cli.api import open_api
    from msp_cli.running.remote import read_catalog

    with open_api(environment) as api:
        catalog = read_catalog(api)
    document = {"workflows": catalog["workflows"], "errors": catalog["errors"]}
    rows = [(one["name"], one["category"], one["description"]) for one in catalog["workflows"]]

    def render(out: Console) -> None:
        table(out, ("Workflow", "Category", "What it does"), rows, empty="There is no workflow.")
        for error in catalog["errors"]:
            place = f"{error['sourceFile']}:{error['line'] or 0}"
            out.print(f"{place}: error: {error['message']}", style="red", soft_wrap=True)

    show(document, as_json, render)


@app.command("show")
def show_workflow(
    name: Annotated[str, typer.Argument(help="Its name.")],
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Show a workflow with its parameters.

    Example: msp workflows show onboard_user
    """
    from msp_cli.api import open_api
    from msp_cli.running.remote import read_catalog

    with open_api(environment) as api:
        catalog = read_catalog(api)
    found = one_of(catalog["workflows"], name, "workflow")

    def render(out: Console) -> None:
        facts(
            out,
            [
                ("name", found["name"]),
                ("does", found["description"]),
                ("file", found["sourceFile"]),
                ("limit", f"{found['timeoutSeconds']:g} s"),
                ("mode", found["executionMode"]),
                ("needs", found["requiredPermission"]),
            ],
        )
        parameters_table(out, found["parameters"])

    show(found, as_json, render)


def one_of(declared: list[dict[str, Any]], name: str, kind: str) -> dict[str, Any]:
    """The declaration of that name.

    Raises:
        Missing: There is none.
    """
    for one in declared:
        if one["name"] == name:
            return one
    known = ", ".join(one["name"] for one in declared) or "(none)"
    raise Missing(f"There is no {kind} {name!r}. There are: {known}.")


def parameters_table(out: Console, parameters: list[dict[str, Any]]) -> None:
    """Write the parameters, one a row."""
    rows = [
        (
            one["name"],
            one["type"],
            "required" if one["required"] else "",
            one["defaultValue"],
            one["dataProvider"] or ", ".join(str(option["value"]) for option in one["options"] or []),
            one["helpText"],
        )
        for one in parameters
    ]
    table(out, ("Parameter", "Type", "", "Default", "Options", "Help"), rows, empty="It takes no parameters.")
