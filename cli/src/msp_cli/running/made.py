"""The world of `msp run --sandbox`, from its options."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from msp_cli.errors import Usage
from msp_cli.output import is_interactive
from msp_cli.running.asked import Asked
from msp_cli.running.outcome import line_printer, tell
from msp_cli.running.parameters import complete, pairs_of, read_parameters
from msp_cli.running.sandbox import Given, Sandbox

_ORGANIZATION = "Contoso"
_BUILT_IN = frozenset({"msgraph", "halopsa"})
_ALWAYS_A_SANDBOX = "msgraph"


def run_in_sandbox(
    asked: Asked, root: Path, config: list[str], secrets: list[str], integrations: list[str]
) -> None:
    """Run it in a world of its own, and tell how it ended.

    Raises:
        CliError: A value is wrong, there is no such workflow, or it did not succeed.
    """
    sandbox = Sandbox(root, _given(asked.organization, config, secrets, integrations))
    parameters = sandbox.definition(asked.workflow).metadata.parameters
    values = complete(
        parameters,
        read_parameters(parameters, asked.parameters),
        ask=asked.ask,
        options_of=sandbox.options,
        validate=lambda found: sandbox.check(asked.workflow, found),
    )
    outcome = sandbox.run(asked.workflow, values, line_printer(asked.as_json), keeps_limit=asked.keeps_limit)
    tell(outcome, asked.as_json)


def _given(organization: str | None, config: list[str], secrets: list[str], integrations: list[str]) -> Given:
    own: dict[str, Mapping[str, Any]] = {}
    for one in integrations:
        name, separator, text = one.partition("=")
        if separator and name == _ALWAYS_A_SANDBOX:
            raise Usage(
                "Microsoft Graph is always a sandbox here: its organizations have no tenant at Microsoft. "
                "A client's real tenant is reached on the platform, with --org and without --sandbox."
            )
        if separator:
            own[name] = _object(name, text)
        elif name not in _BUILT_IN:
            raise Usage(f"{name} has no sandbox of its own: give its settings, --integration {name}={{…}}.")
    return Given(
        organization or _ORGANIZATION,
        {key: _json_or_text(value) for key, value in pairs_of(config, "--config")},
        {name: _secret(name) for name in secrets},
        own,
    )


def _secret(name: str) -> str:
    if is_interactive():
        value: str = typer.prompt(f"Value of the secret {name}", hide_input=True, err=True)
        return value
    line = sys.stdin.readline()
    if not line:
        raise Usage(
            f"There is no value for the secret {name} on stdin: one line for each --secret, in order."
        )
    return line.rstrip("\n")


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Usage(f"--integration {name} takes a JSON object: {error}.") from None
    if not isinstance(value, dict):
        raise Usage(f'--integration {name} takes a JSON object such as {{"base_url": "https://…"}}.')
    return value


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
