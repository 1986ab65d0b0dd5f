"""Runs author code as the platform would: a form that is sent in, a field that asks for its options."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, Final, TypeVar

from msp_automation.context import running_context
from msp_automation.errors import ValidationError, WorkflowError
from msp_automation.files import FileReference
from msp_automation.metadata import ParameterMetadata
from msp_automation.outcomes import run_to_outcome
from msp_automation.providers import Option
from msp_automation.run_log import RunLogHandler
from msp_automation.testing.api import aside
from msp_automation.testing.author_code import AuthorCode, root_of
from msp_automation.testing.execution import Execution, ExecutionFailure, Status
from msp_automation.testing.world import RecordedContext, World
from msp_automation.workflows import WorkflowDefinition

T = TypeVar("T")
_NOT_OFFERED: Final = "Choose one of the options."
_STATUS: Final[dict[str, Status]] = {"success": "Success", "failed": "Failed"}


class SubmitForm:
    """Runs a workflow as a form would; see `__call__`."""

    def __init__(self, world: World, author_code: AuthorCode) -> None:
        self._world = world
        self._author_code = author_code

    def __call__(
        self,
        workflow: Callable[..., Any] | str,
        values: Mapping[str, Any] | None = None,
        *,
        context: RecordedContext | None = None,
        timeout_seconds: float | None = None,
        check_options: bool = True,
        **setup: Any,
    ) -> Execution:
        """Check values as the platform does, run the workflow, and hand out what became of it.

        It waits for the end, also in an `async def` test.

        Args:
            workflow: The decorated function, or its name.
            values: JSON, as a form sends it; files as `FileReference.from_bytes(...)`. A field that is
                sent empty counts as not filled in.
            context: The context it runs in; a new one unless given.
            timeout_seconds: Another limit than the workflow's own.
            check_options: False takes values that the field's data provider does not offer.
            setup: What `make_org_context` takes, for the new context: `org`, `config`, `secrets`, …
        """
        if context is not None and setup:
            raise TypeError(f"Give either a context or {', '.join(setup)}; the context has its own.")
        definition = self._author_code.workflow(workflow)
        run = _Submission(
            definition,
            context or self._world.make_context(**setup),
            self._author_code,
            timeout_seconds or definition.metadata.timeout_seconds,
        )
        return run_to_end(run.to_end(self._world, dict(values or {}), check_options=check_options))


class CallProvider:
    """Asks a data provider for its options; see `__call__`."""

    def __init__(self, world: World, author_code: AuthorCode) -> None:
        self._world = world
        self._author_code = author_code

    def __call__(
        self,
        provider: Callable[..., Any] | str,
        inputs: Mapping[str, Any] | None = None,
        *,
        context: RecordedContext | None = None,
        **setup: Any,
    ) -> list[Option]:
        """The options that a field would offer.

        Args:
            provider: The decorated function, or its name.
            inputs: JSON values of its inputs.
            setup: What `make_org_context` takes, where no context is given.

        Raises:
            ValidationError: An input is missing or wrong.
            WorkflowError: It failed, or returned no options.
        """
        definition = self._author_code.provider(provider)
        arguments = definition.validate(as_json(dict(inputs or {})))
        return run_to_end(definition.call(context or self._world.make_context(**setup), arguments))


class _Submission:
    def __init__(
        self,
        definition: WorkflowDefinition,
        context: RecordedContext,
        author_code: AuthorCode,
        timeout_seconds: float,
    ) -> None:
        self._definition = definition
        self._context = context
        self._author_code = author_code
        self._timeout_seconds = timeout_seconds
        self._options: dict[str, list[Option]] = {}

    async def to_end(self, world: World, values: dict[str, Any], *, check_options: bool) -> Execution:
        waits_before = len(world.clock.waits)
        sent = {name: value for name, value in as_json(values).items() if value not in (None, "", [])}
        try:
            arguments = self._definition.validate(sent)
            if check_options:
                await self._check_options(sent)
        except ValidationError as error:
            failure = ExecutionFailure("ValidationError", error.message, error.details)
            return self._ended("Invalid", sent, waits=[], error=failure)
        recorded = self._definition.to_json(arguments)
        outcome = await self._run(arguments)
        told = outcome.get("error")
        return self._ended(
            outcome["status"],
            recorded,
            waits=world.clock.waits[waits_before:],
            result=outcome.get("result"),
            variables=outcome["variables"],
            error=None if told is None else _failure(told),
        )

    async def _run(self, arguments: dict[str, Any]) -> dict[str, Any]:
        root = root_of(self._definition.function)
        limit = asyncio.timeout(self._timeout_seconds)
        with _logging_to_runs():
            async with limit:
                outcome = await run_to_outcome(self._definition, self._context, arguments, root)
        if limit.expired():
            message = f"The run took longer than its limit of {self._timeout_seconds:g} s and was stopped."
            outcome = {**outcome, "error": {"type": "WorkflowTimeout", "message": message}, "result": None}
            return {**outcome, "status": "TimedOut"}
        return {**outcome, "status": _STATUS[outcome["status"]]}

    async def _check_options(self, sent: Mapping[str, Any]) -> None:
        wrong: dict[str, str] = {}
        for parameter in self._definition.metadata.parameters:
            if parameter.data_provider is None or parameter.name not in sent:
                continue
            offered = await self._offered(parameter, sent)
            if offered is None:
                continue
            self._options[parameter.name] = offered
            value = sent[parameter.name]
            chosen = value if isinstance(value, list) else [value]
            # True == 1 in Python, but not on a form.
            known = {(type(option.value), option.value) for option in offered}
            if any((type(one), one) not in known for one in chosen):
                wrong[parameter.name] = _NOT_OFFERED
        if wrong:
            raise ValidationError.for_fields(wrong)

    async def _offered(self, parameter: ParameterMetadata, sent: Mapping[str, Any]) -> list[Option] | None:
        """What the field offers; None where its provider fails, as then the form had loaded them before."""
        provider = self._author_code.provider(str(parameter.data_provider), self._definition.function)
        given = (parameter.data_provider_inputs or {}).items()
        inputs = {name: one.value if one.mode == "static" else sent.get(one.value) for name, one in given}
        context = self._context.for_provider()
        try:
            with aside():
                return await provider.call(
                    context, provider.validate({k: v for k, v in inputs.items() if v is not None})
                )
        except WorkflowError:
            return None

    def _ended(
        self,
        status: Status,
        recorded: dict[str, Any],
        *,
        waits: list[float],
        result: Any = None,
        variables: dict[str, Any] | None = None,
        error: ExecutionFailure | None,
    ) -> Execution:
        return Execution(
            workflow=self._definition.metadata.name,
            status=status,
            input=recorded,
            result=result,
            error=error,
            variables=variables or {},
            options=self._options,
            waits=waits,
            context=self._context,
        )


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they arrive from outside: JSON; files stay what they are.

    Raises:
        TypeError: A value is no JSON.
    """
    files = {name: value for name, value in values.items() if isinstance(value, FileReference)}
    rest = {name: value for name, value in values.items() if name not in files}
    for name, value in rest.items():
        try:
            rest[name] = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"A form sends JSON, and {name!r} is {value!r}. Write it as a form would: a date as text."
            ) from error
    return {name: files.get(name, rest.get(name)) for name in values}


def run_to_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from anywhere; where a loop is running, in a thread beside it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(coroutine)
    ended: list[T | BaseException] = []
    variables = copy_context()

    def work() -> None:
        try:
            ended.append(variables.run(_run, coroutine))
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            ended.append(error)

    thread = threading.Thread(target=work, name="submit_form", daemon=True)
    thread.start()
    thread.join()
    outcome = ended[0]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    # With a factory, the runner leaves the test's own event loop settings alone.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(coroutine)


@contextmanager
def _logging_to_runs() -> Iterator[None]:
    """Let the standard `logging` module write to the run's log once, from `info` on."""
    root, handler = logging.getLogger(), RunLogHandler(running_context)
    level = root.level
    if not any(isinstance(one, RunLogHandler) for one in root.handlers):
        root.addHandler(handler)
    root.setLevel(min(level, logging.INFO) if level else logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _failure(error: Mapping[str, Any]) -> ExecutionFailure:
    return ExecutionFailure(
        error["type"], error["message"], error.get("details") or {}, error.get("traceback", "")
    )
