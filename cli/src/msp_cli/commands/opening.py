"""`msp open`: the web client."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from msp_cli.environments import Environments
from msp_cli.errors import Usage
from msp_cli.options import EnvironmentOption
from msp_cli.output import AsJson, show

app = typer.Typer()

PAGES = (
    "executions", "forms", "workflows", "organizations", "users",
    "roles", "audit", "settings", "health", "profile",
)  # fmt: skip


@app.command("open")
def open_page(
    page: Annotated[
        str, typer.Argument(help=f"One of: {', '.join(PAGES)}; the start page if not given.")
    ] = "",
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Print a page's address, and open it in the browser where somebody sits at the terminal.

    Example: msp open executions
    """
    if page and page.partition("/")[0] not in PAGES:
        raise Usage(f"There is no page {page!r}. There are: {', '.join(PAGES)}.")
    found = Environments().get(environment)
    if found.client is None:
        raise Usage(f"The web client of {found.name} is not known: msp env add {found.name} … --client URL")
    address = f"{found.client}/{page}"
    opens = not as_json and sys.stdout.isatty()
    show({"url": address, "opened": opens}, as_json, lambda out: out.print(address, soft_wrap=True))
    if opens:
        typer.launch(address)
