"""`msp env`: the environments you work with."""

from __future__ import annotations

from typing import Annotated

import typer

from msp_cli.environments import ENTRA, LOCAL, Environment, Environments
from msp_cli.output import AsJson, facts, show, table

app = typer.Typer(help="Name the environments you work with; `local` is built in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A word such as production.")]


@app.command("list")
def list_environments(as_json: AsJson = False) -> None:
    """List the environments; the one in use is marked.

    Example: msp env list
    """
    known = Environments()
    current = known.current
    entries = [{"name": name, "isCurrent": name == current} for name in known.names()]
    rows = [("*" if one["isCurrent"] else "", one["name"]) for one in entries]
    show(entries, as_json, lambda out: table(out, ("", "Environment"), rows, empty="There is none."))


@app.command("show")
def show_environment(
    name: Annotated[str | None, typer.Argument(help="The one in use if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show where an environment's services are.

    Example: msp env show production
    """
    found = Environments().get(name)
    document = {
        "name": found.name,
        "management": found.management,
        "engine": found.engine,
        "client": found.client,
        "authority": found.authority,
        "clientId": found.client_id,
        "scope": found.scope,
    }
    show(document, as_json, lambda out: facts(out, document.items()))


@app.command("add")
def add(
    *,
    name: Name,
    management: Annotated[str, typer.Option(metavar="URL", help="The Management API.")],
    engine: Annotated[str, typer.Option(metavar="URL", help="The Workflow Engine.")],
    tenant: Annotated[str, typer.Option(help="Your own Entra tenant's id.")],
    client_id: Annotated[
        str, typer.Option("--client-id", help="An app registration that allows public client flows.")
    ],
    audience: Annotated[
        str, typer.Option(help="The API registration's application id (MSP_TOKEN_AUDIENCE).")
    ],
    client: Annotated[str | None, typer.Option(metavar="URL", help="The web client, for `msp open`.")] = None,
    authority: Annotated[str, typer.Option(metavar="URL", help="The identity provider.")] = ENTRA,
    as_json: AsJson = False,
) -> None:
    """Add an environment, or change one.

    Example: msp env add production --management https://api.msp.example --engine https://engine.msp.example
    --tenant 1111 --client-id 2222 --audience 3333
    """
    environment = Environment(
        name=name,
        management=management.rstrip("/"),
        engine=engine.rstrip("/"),
        authority=f"{authority.rstrip('/')}/{tenant}",
        client_id=client_id,
        scope=f"api://{audience}/access_as_user",
        client=None if client is None else client.rstrip("/"),
    )
    Environments().add(environment)
    show({"added": name}, as_json, lambda out: out.print(f"Added {name}. Use it: msp env use {name}"))


@app.command("use")
def use(name: Name, as_json: AsJson = False) -> None:
    """Work with this environment from now on; MSP_ENV and --env win over it.

    Example: msp env use local
    """
    Environments().use(name)
    show({"current": name}, as_json, lambda out: out.print(f"In use: {name}."))


@app.command("remove")
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget an environment and its sign-in.

    Example: msp env remove production
    """
    from msp_cli.sign_in import SignIn

    known = Environments()
    if name != LOCAL and name in known.names():
        SignIn(known.get(name)).forget()
    known.remove(name)
    show({"removed": name}, as_json, lambda out: out.print(f"Removed {name}."))
