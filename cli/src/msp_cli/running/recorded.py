"""Runs a workflow in this process against the local stack: recorded, and with the real context."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msp_cli.api import open_api, pick_organization
from msp_cli.environments import Environments, stack_state
from msp_cli.errors import CliError, Usage, kind_of_status
from msp_cli.running.asked import Asked
from msp_cli.running.choosing import choose_organization
from msp_cli.running.outcome import OnLine, Outcome, line_printer, tell
from msp_cli.running.parameters import Choices, complete, read_parameters
from msp_cli.running.sandbox import fixed_options, inputs_of, no_such_workflow

if TYPE_CHECKING:
    from msp_automation.metadata import ParameterMetadata, WorkflowMetadata
    from workflow_engine.here import Here


def run_recorded(asked: Asked, root: Path) -> None:
    """Run it as whoever is signed in to the local stack, and tell how it ended.

    Raises:
        CliError: The person may not, a value is wrong, or it did not succeed.
    """
    here = _find_here()
    environment = Environments().get(asked.environment)
    if not environment.is_local:
        raise Usage(
            f"A run in this process works on the local stack, never on {environment.name}: that one's "
            "storage and secrets stay where they are. Add --remote to run it there, or --env local."
        )
    with open_api(environment.name) as api:
        organizations = api.me()["organizations"]
        token = api.access_token()
    settings: dict[str, str] = stack_state()["environments"]["engine"]
    with asyncio.Runner() as runner, contextlib.redirect_stdout(sys.stderr):
        opened = here(settings, root, token, keeps_limits=asked.keeps_limit)
        engine: Here = runner.run(opened.__aenter__())
        try:
            outcome = _Recorded(runner, engine, root).run(asked, organizations)
        finally:
            runner.run(opened.__aexit__(None, None, None))
    tell(outcome, asked.as_json)


class _Recorded:
    """An engine in this process, asked from outside of its loop."""

    def __init__(self, runner: asyncio.Runner, engine: Here, root: Path) -> None:
        self._runner = runner
        self._engine = engine
        self._root = root

    def run(self, asked: Asked, organizations: list[dict[str, Any]]) -> Outcome:
        workflow = self._workflow(asked.workflow)
        organization_id = self._organization(asked, workflow, organizations)

        def options(parameter: ParameterMetadata, values: Mapping[str, Any]) -> Choices | None:
            if parameter.data_provider is None:
                return fixed_options(parameter)
            wanted = self._engine.options(
                parameter.data_provider, inputs_of(parameter, values), organization_id
            )
            with _errors():
                return self._runner.run(wanted)

        values = complete(
            workflow.parameters,
            read_parameters(workflow.parameters, asked.parameters),
            ask=asked.ask,
            options_of=options,
            validate=lambda found: self._check(asked.workflow, found),
        )
        return self._carry_out(asked, values, organization_id)

    def _carry_out(self, asked: Asked, values: Mapping[str, Any], organization_id: str | None) -> Outcome:
        lines: list[Mapping[str, Any]] = []
        show = line_printer(asked.as_json)
        with _errors():
            record = self._runner.run(
                self._engine.run(asked.workflow, values, organization_id, _both(lines, show))
            )
        return Outcome(record, lines)

    def _check(self, name: str, values: Mapping[str, Any]) -> None:
        with _errors():
            self._runner.run(self._engine.check(name, values))

    def _workflow(self, name: str) -> WorkflowMetadata:
        found = next((one for one in self._engine.catalog.workflows if one.name == name), None)
        if found is None:
            raise no_such_workflow(name, self._engine.catalog)
        return found

    def _organization(
        self, asked: Asked, workflow: WorkflowMetadata, organizations: list[dict[str, Any]]
    ) -> str | None:
        if asked.organization is None and not workflow.requires_org:
            return None
        name = asked.organization
        if name is None and asked.is_interactive:
            name = choose_organization(organizations)
        return str(pick_organization(organizations, name)["id"])


def _both(lines: list[Mapping[str, Any]], show: OnLine) -> OnLine:
    def take(line: Mapping[str, Any]) -> None:
        lines.append(line)
        show(line)

    return take


def _find_here() -> Any:
    try:
        from workflow_engine.here import run_here
    except ImportError:
        raise Usage(
            "A run in this process with an organization's own settings needs the platform's packages, which "
            "are not installed here: add --sandbox to try it here in a sandbox, or --remote to run what "
            "the platform's engine has."
        ) from None
    return run_here


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """The platform's refusals as the command's."""
    from workflow_engine.here import Refused

    try:
        yield
    except Refused as error:
        kind: type[CliError] = kind_of_status(error.status)
        raise kind(error.message, code=error.code, details=error.details) from None
