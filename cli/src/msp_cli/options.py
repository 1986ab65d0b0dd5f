"""Options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--env", envvar="MSP_ENV", help="Environment, as `msp env list` names it; else the one in use."
    ),
]
OrganizationOption = Annotated[
    str | None, typer.Option("--org", envvar="MSP_ORG", help="Organization, by its name or id.")
]
