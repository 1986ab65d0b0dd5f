"""`msp login`, `logout` and `whoami`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from msp_cli.environments import Environments
from msp_cli.errors import Usage
from msp_cli.options import EnvironmentOption
from msp_cli.output import AsJson, console, facts, show, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from msp_cli.sign_in import DeviceCode

app = typer.Typer()


@app.command()
def login(
    persona: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Of the local stack: technician, admin, client or stranger."
        ),
    ] = None,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Sign in: with a code that you type into a browser, or as one of the local stack's people.

    Example: msp login --as technician
    """
    from msp_cli.sign_in import SignIn

    found = Environments().get(environment)
    if persona is not None and not found.is_local:
        raise Usage("--as is for the local stack: it needs no password.")
    account = SignIn(found).begin(_show_code, persona=persona)
    document = {"environment": found.name, "name": account.name, "email": account.email}

    def render(out: Console) -> None:
        out.print(f"Signed in to {found.name} as {account.name} ({account.email}).")

    show(document, as_json, render)


def _show_code(code: DeviceCode) -> None:
    console(stderr=True).print(code.message, style="bold", soft_wrap=True)


@app.command()
def logout(environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """Forget the sign-in of an environment on this machine.

    Example: msp logout
    """
    from msp_cli.sign_in import SignIn

    found = Environments().get(environment)
    was_signed_in = SignIn(found).forget()
    text = f"Signed out of {found.name}." if was_signed_in else f"Nobody was signed in to {found.name}."
    show({"environment": found.name, "signedOut": was_signed_in}, as_json, lambda out: out.print(text))


@app.command()
def whoami(environment: EnvironmentOption = None, as_json: AsJson = False) -> None:
    """Show who is signed in, and what they may do where.

    Example: msp whoami --json
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        me = api.me() | {"environment": api.environment.name}
    if as_json:
        write_json(me)
        return
    out = console()
    user = me["user"]
    facts(
        out,
        [
            ("environment", me["environment"]),
            ("name", user["displayName"]),
            ("email", user["email"]),
            ("kind", "MSP admin" if me["isAdmin"] else _KINDS.get(user["userType"], user["userType"])),
            ("roles", ", ".join(role["name"] for role in me["roles"])),
        ],
    )
    for organization in me["organizations"]:
        allowed = permissions_of(organization)
        out.print(f"  {organization['name']}: {', '.join(allowed) or 'own forms'}", soft_wrap=True)


_KINDS = {"MSP": "MSP technician", "ORG": "client user"}


def permissions_of(organization: dict[str, Any]) -> list[str]:
    """The names of what somebody may do in an organization."""
    return [name for name, is_granted in organization["permissions"].items() if is_granted]
