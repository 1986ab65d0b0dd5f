"""Runs a workflow without a stack: an organization, configuration and secrets made for the run."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msp_automation.context import install_log_capture
from msp_automation.debugger import wait_at_most, watch_breakpoints
from msp_automation.discovery import Discovered, discover
from msp_automation.errors import ValidationError, WorkflowError
from msp_automation.jsonable import to_jsonable
from msp_automation.testing.furnished import FurnishedWorld
from msp_cli.errors import Failed, Missing, Usage
from msp_cli.running.outcome import OnLine, Outcome

if TYPE_CHECKING:
    from msp_automation.metadata import Catalog, ParameterMetadata
    from msp_automation.testing.world import RecordedContext
    from msp_automation.workflows import WorkflowDefinition
    from msp_cli.running.parameters import Choices

_LOOKS_EVERY_SECONDS = 0.1
_GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Given:
    """What the command line says of a run in the sandbox.

    Attributes:
        org: Its name.
        integrations: Settings by name, with the names of secrets, of those that are no sandbox's.
    """

    org: str = "Contoso"
    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    integrations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Sandbox:
    """An author's folder, and the world its workflows run in."""

    def __init__(self, root: Path, given: Given) -> None:
        self._root = root
        self._given = given
        self._world = FurnishedWorld(given.org, given.integrations)
        self._found: Discovered = discover(root)

    def definition(self, name: str) -> WorkflowDefinition:
        """The workflow of that name.

        Raises:
            Missing: There is none; says which mistakes were found in the folder.
        """
        if name in self._found.workflows:
            return self._found.workflows[name]
        raise no_such_workflow(name, self._found.catalog)

    def options(self, parameter: ParameterMetadata, values: Mapping[str, Any]) -> Choices | None:
        """What a parameter's data provider offers here; None where it cannot tell."""
        provider = self._found.providers.get(parameter.data_provider or "")
        if provider is None:
            return fixed_options(parameter)
        try:
            arguments = provider.validate(inputs_of(parameter, values))
            found = asyncio.run(provider.call(self._context(), arguments))
        except WorkflowError:
            return None
        return [(option.label, option.value) for option in found]

    def check(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The typed arguments.

        Raises:
            Usage: A value is missing or wrong.
        """
        try:
            return self.definition(name).validate(values)
        except ValidationError as error:
            raise Usage.for_fields(error.details["fields"]) from None

    def run(
        self, name: str, values: Mapping[str, Any], on_line: OnLine, *, keeps_limit: bool = True
    ) -> Outcome:
        """Run it to its end; what it prints goes to stderr."""
        definition, arguments = self.definition(name), self.check(name, values)
        with contextlib.redirect_stdout(sys.stderr):
            return asyncio.run(self._run(definition, arguments, on_line, keeps_limit))

    async def _run(
        self, definition: WorkflowDefinition, arguments: dict[str, Any], on_line: OnLine, keeps_limit: bool
    ) -> Outcome:
        install_log_capture()
        watch_breakpoints()
        context = self._context()
        lines = context.log_lines
        started, began = datetime.now(UTC), time.monotonic()
        task = asyncio.create_task(definition.call(context, arguments))
        showing = asyncio.create_task(_keep_showing(lines, on_line))
        limit = definition.metadata.timeout_seconds if keeps_limit else None
        has_ended = await wait_at_most(task, limit)
        if not has_ended:
            task.cancel()
            await asyncio.wait([task], timeout=_GRACE_SECONDS)
        showing.cancel()
        shown: int = await showing
        for line in lines[shown:]:
            on_line(line.model_dump(mode="json"))
        record = {
            "executionId": context.execution_id,
            "workflowName": definition.metadata.name,
            "organizationId": context.org.id if context.has_org else None,
            "trigger": "sandbox",
            "inputData": context.redactor.redact(definition.to_json(arguments)),
            "startedAt": started.isoformat(),
            "durationMs": round((time.monotonic() - began) * 1000),
            "integrationCalls": [call.model_dump(mode="json") for call in context.integration_calls],
            "variables": context.redactor.redact(to_jsonable(context.variables)),
        }
        end = self._end_of(task, has_ended, limit)
        return Outcome(
            record | dict(context.redactor.redact(end)), [line.model_dump(mode="json") for line in lines]
        )

    def _end_of(self, task: asyncio.Task[Any], has_ended: bool, limit: float | None) -> dict[str, Any]:
        if not has_ended:
            message = f"The run took longer than its limit of {limit:g} s and was stopped."
            return {
                "status": "TimedOut",
                "error": {"type": "WorkflowTimeout", "message": message, "details": {}},
            }
        error = task.exception() if not task.cancelled() else asyncio.CancelledError("The run was cancelled.")
        if error is None:
            try:
                return {"status": "Success", "result": to_jsonable(task.result()), "error": None}
            except WorkflowError as wrong:
                error = wrong
        details = {**(error.details if isinstance(error, WorkflowError) else {})}
        details["traceback"] = author_traceback(error, self._root)
        shown = {"type": type(error).__name__, "message": str(error), "details": details}
        return {"status": "Failed", "result": None, "error": shown}

    def _context(self) -> RecordedContext:
        return self._world.make_context(
            org=self._world.org,
            config=self._given.config,
            secrets=self._given.secrets,
            integration_types=self._found.integrations,
        )


async def _keep_showing(lines: Sequence[Any], on_line: OnLine) -> int:
    """Show lines as they come, until cancelled; how many were shown."""
    shown = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            for line in lines[shown:]:
                shown += 1
                on_line(line.model_dump(mode="json"))
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
    return shown


def no_such_workflow(name: str, catalog: Catalog) -> Missing | Failed:
    """The error for a workflow that is not in the folder, or is in it and wrong."""
    wrong = [error for error in catalog.errors if Path(error.source_file).stem == name]
    if wrong:
        place = f"{wrong[0].source_file}:{wrong[0].line}" if wrong[0].line else wrong[0].source_file
        return Failed(f"{place}: {wrong[0].message}", code="DeclarationError")
    known = ", ".join(one.name for one in catalog.workflows) or "(none)"
    return Missing(f"There is no workflow {name!r} here. There are: {known}.")


def fixed_options(parameter: ParameterMetadata) -> Choices | None:
    """The choices that stand in the declaration."""
    if not parameter.options:
        return None
    return [(option.label, option.value) for option in parameter.options]


def inputs_of(parameter: ParameterMetadata, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a parameter's data provider is asked with, from what is known so far."""
    inputs = parameter.data_provider_inputs or {}
    found = {
        name: one.value if one.mode == "static" else values.get(str(one.value))
        for name, one in inputs.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def author_traceback(error: BaseException, root: Path) -> str:
    """The traceback without the frames of the platform."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(root)]
    last = traceback.format_exception_only(type(error), error)
    return "".join(["Traceback (most recent call last):\n", *traceback.format_list(own), *last])
