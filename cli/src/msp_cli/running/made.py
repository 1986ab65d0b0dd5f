"""The world of `msp run --sandbox`, from its options."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import typer

from msp_automation.context import OrganizationInfo
from msp_cli.errors import Usage
from msp_cli.output import is_interactive
from msp_cli.running.asked import Asked
from msp_cli.running.outcome import line_printer, tell
from msp_cli.running.parameters import complete, pairs_of, read_parameters
from msp_cli.running.sandbox import Sandbox, World

_ORGANIZATION = "Contoso"
_SANDBOX_SECRETS = {"msgraph": "sandbox-graph-secret", "halopsa": "sandbox-halo-secret"}


def run_in_sandbox(
    asked: Asked, root: Path, config: list[str], secrets: list[str], integrations: list[str]
) -> None:
    """Run it in a world of its own, and tell how it ended.

    Raises:
        CliError: A value is wrong, there is no such workflow, or it did not succeed.
    """
    with ExitStack() as stack:
        world = stack.enter_context(_world(asked.organization, config, secrets, integrations))
        sandbox = Sandbox(root, world)
        parameters = sandbox.definition(asked.workflow).metadata.parameters
        values = complete(
            parameters,
            read_parameters(parameters, asked.parameters),
            ask=asked.ask,
            options_of=sandbox.options,
            validate=lambda found: sandbox.check(asked.workflow, found),
        )
        outcome = sandbox.run(
            asked.workflow, values, line_printer(asked.as_json), keeps_limit=asked.keeps_limit
        )
    tell(outcome, asked.as_json)


@contextmanager
def _world(
    organization: str | None, config: list[str], secrets: list[str], integrations: list[str]
) -> Iterator[World]:
    with ExitStack() as stack:
        settings: dict[str, Mapping[str, Any]] = {}
        endpoints: dict[str, Mapping[str, Any]] = {}
        values = {name: _secret(name) for name in secrets}
        org: OrganizationInfo | str = organization or _ORGANIZATION
        for one in integrations:
            name, separator, text = one.partition("=")
            if separator:
                settings[name] = _object(name, text)
            else:
                settings[name], endpoints[name] = stack.enter_context(
                    _sandbox_of(name, organization or _ORGANIZATION)
                )
                values[_SANDBOX_SECRETS[name]] = _sandbox_secret(name)
                org = _sandbox_organization(organization or _ORGANIZATION)
        yield World(
            org,
            {key: _json_or_text(value) for key, value in pairs_of(config, "--config")},
            values,
            settings,
            endpoints,
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


@contextmanager
def _sandbox_of(name: str, organization: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """A built-in integration's sandbox, started for this run, as settings and endpoints."""
    try:
        from msp_devstack import demo
        from msp_devstack.running import running_graph, running_halo
    except ImportError:
        raise Usage(
            f"The sandbox of {name} comes with the local stack, which is not installed here. "
            f"Give its settings: --integration {name}={{…}}."
        ) from None
    if name == "msgraph":
        with running_graph() as graph:
            settings = {"client_id": demo.GRAPH_CLIENT_ID, "client_secret": _SANDBOX_SECRETS[name]}
            yield settings, {"authority": graph.authority, "base_url": graph.graph_url}
    elif name == "halopsa":
        with running_halo() as halo:
            settings = {"client_id": demo.HALO_CLIENT_ID, "client_secret": _SANDBOX_SECRETS[name]}
            yield settings | {"base_url": halo.base_url, "client_ref": _demo(organization).halo_client}, {}
    else:
        raise Usage(f"{name} has no sandbox of its own: give its settings, --integration {name}={{…}}.")


def _sandbox_organization(name: str) -> OrganizationInfo:
    one = _demo(name)
    return OrganizationInfo(id=one.id, name=one.name, tenant_id=one.tenant_id)


def _demo(name: str) -> Any:
    """One of the organizations that the sandboxes have a tenant for.

    Raises:
        Usage: They know no such organization.
    """
    from msp_devstack import demo

    for one in demo.ORGANIZATIONS:
        if name.lower() in {one.key, one.name.lower(), one.id}:
            return one
    known = ", ".join(one.name for one in demo.ORGANIZATIONS)
    raise Usage(f"The sandboxes know no organization {name!r}. They know: {known}.")


def _sandbox_secret(name: str) -> str:
    from msp_devstack import demo

    return demo.GRAPH_CLIENT_SECRET if name == "msgraph" else demo.HALO_CLIENT_SECRET
