"""`msp new`: files to begin with, each with its test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msp_cli.output import AsJson, show
from msp_cli.roots import RootOption, root_to_write_in
from msp_cli.scaffolding import NewFile, declare, start_project, write

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    help="Write a workflow, a data provider, an integration or a whole project.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Lower-case words with '_', such as onboard_user.")]


@app.command("workflow")
def new_workflow(name: Name, folder: RootOption = None, as_json: AsJson = False) -> None:
    """Write a runnable workflow and its test.

    Example: msp new workflow onboard_user
    """
    _write(declare("workflow", name, root_to_write_in(folder)), as_json, then=f"msp run {name} --sandbox")


@app.command("provider")
def new_provider(name: Name, folder: RootOption = None, as_json: AsJson = False) -> None:
    """Write a data provider, which feeds a form field's options, and its test.

    Example: msp new provider get_departments
    """
    _write(declare("provider", name, root_to_write_in(folder)), as_json, then=f"pytest -k {name}")


@app.command("integration")
def new_integration(name: Name, folder: RootOption = None, as_json: AsJson = False) -> None:
    """Write a client of another system, and its test.

    Example: msp new integration backup_tool
    """
    _write(declare("integration", name, root_to_write_in(folder)), as_json, then=f"pytest -k {name}")


@app.command("project")
def new_project(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is not there.")],
    as_json: AsJson = False,
) -> None:
    """Write a repository for an author's own automations.

    Example: msp new project acme-automations
    """
    _write(start_project(folder), as_json, then=f"cd {folder} && pip install -e '.[dev]' && pytest")


def _write(new: list[NewFile], as_json: bool, *, then: str) -> None:
    written = [str(path) for path in write(new)]

    def render(out: Console) -> None:
        for path in written:
            out.print(f"wrote  {path}", soft_wrap=True)
        out.print(f"next   {then}", soft_wrap=True)

    show({"files": written, "next": then}, as_json, render)
