"""`@workflow` and `@param`: a plain function becomes an automation with a form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, overload

from msp_automation.context import OrganizationContext
from msp_automation.declaring import (
    DEFINITION_ATTRIBUTE,
    LONGEST_TIMEOUT_SECONDS,
    PARAMS_ATTRIBUTE,
    ParamSpecification,
    Place,
    attach,
    check_name,
    check_seconds,
    check_undeclared,
    first_paragraph_line,
    pending_params,
)
from msp_automation.files import bind_files
from msp_automation.metadata import (
    DataProviderInput,
    ExecutionMode,
    ParameterType,
    RequiredPermission,
    WorkflowMetadata,
)
from msp_automation.parameters import ParameterModel, build_parameters
from msp_automation.retries import check_retries
from msp_automation.schedules import build_schedules, pending_schedules

AuthorFunction = TypeVar("AuthorFunction", bound=Callable[..., Any])


@dataclass(frozen=True)
class WorkflowDefinition:
    """A workflow as the platform runs it."""

    function: Callable[..., Any]
    metadata: WorkflowMetadata
    parameters: ParameterModel

    def validate(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Check input and turn it into typed arguments, defaults filled in.

        Raises:
            ValidationError: `details["fields"]` has one sentence for each wrong parameter.
        """
        return self.parameters.validate(parameters)

    def to_json(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Typed arguments as the JSON that is recorded."""
        return self.parameters.to_json(arguments)

    def json_schema(self) -> dict[str, Any]:
        """A JSON Schema of the parameters, for other tools."""
        return self.parameters.json_schema()

    async def call(self, context: OrganizationContext, arguments: Mapping[str, Any]) -> Any:
        """Run the function: `async def` in this loop, plain `def` in a thread of its own.

        Raises:
            ConfigurationError: The workflow needs an organization and the run has none.
        """
        from msp_automation.calling import call_function

        if self.metadata.requires_org:
            context.require_org()
        files = bind_files(arguments, context.capabilities.read_file)
        return await call_function(self.function, context, files)


def definition_of(function: Callable[..., Any]) -> Any:
    """The `WorkflowDefinition` or `ProviderDefinition` of a decorated function.

    Raises:
        LookupError: The function carries neither `@workflow` nor `@data_provider`.
    """
    definition = getattr(function, DEFINITION_ATTRIBUTE, None)
    if definition is None:
        raise LookupError(
            f"{getattr(function, '__name__', function)!r} carries no @workflow or @data_provider."
        )
    return definition


def param(
    name: str,
    *,
    label: str | None = None,
    type: ParameterType | None = None,
    help_text: str | None = None,
    pattern: str | None = None,
    min: float | None = None,
    max: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    options: Sequence[Any] | None = None,
    data_provider: str | None = None,
    data_provider_inputs: Mapping[str, DataProviderInput | Mapping[str, Any]] | None = None,
) -> Callable[[AuthorFunction], AuthorFunction]:
    """Say more about one parameter than its annotation does; stands below `@workflow`.

    Args:
        name: The parameter's name in the signature.
        type: Only to narrow text: `"email"`.
        pattern: A Rust regular expression that has to be found somewhere in the
            text; anchor it with `^` and `$` to match the whole.
        min: Smallest number allowed.
        max: Largest number allowed.
        min_length: Fewest characters, or entries of a list.
        max_length: Most characters, or entries of a list.
        options: Fixed choices: values, or dicts with `label` and `value`.
        data_provider: Name of the data provider whose options the form offers.
        data_provider_inputs: The provider's own parameters, each
            `{"mode": "static" | "field", "value": ...}`.

    Raises:
        DeclarationError: It contradicts the signature; raised by `@workflow` at import.
    """
    place = Place.of_caller()
    specification = ParamSpecification(
        name=name,
        place=place,
        label=label,
        type=type,
        help_text=help_text,
        pattern=pattern,
        min=min,
        max=max,
        min_length=min_length,
        max_length=max_length,
        options=options,
        data_provider=data_provider,
        data_provider_inputs=data_provider_inputs,
    )

    def decorate(function: AuthorFunction) -> AuthorFunction:
        if getattr(function, DEFINITION_ATTRIBUTE, None) is not None:
            raise place.error(
                f"@param({name!r}) stands above the decorator that reads it.",
                "Move it below @workflow or @data_provider.",
            )
        setattr(function, PARAMS_ATTRIBUTE, [specification, *pending_params(function)])
        return function

    return decorate


@overload
def workflow(function: AuthorFunction, /) -> AuthorFunction: ...
@overload
def workflow(
    *,
    name: str | None = None,
    description: str | None = None,
    category: str = "General",
    tags: Sequence[str] = (),
    execution_mode: ExecutionMode = "sync",
    timeout_seconds: float = 300,
    requires_org: bool = True,
    required_permission: RequiredPermission = "canExecuteWorkflows",
    expose_in_forms: bool = True,
    retries: int = 0,
    retry_delay_seconds: float = 10,
    retry_on: Sequence[type[BaseException] | str] = (),
) -> Callable[[AuthorFunction], AuthorFunction]: ...
def workflow(
    function: AuthorFunction | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    category: str = "General",
    tags: Sequence[str] = (),
    execution_mode: ExecutionMode = "sync",
    timeout_seconds: float = 300,
    requires_org: bool = True,
    required_permission: RequiredPermission = "canExecuteWorkflows",
    expose_in_forms: bool = True,
    retries: int = 0,
    retry_delay_seconds: float = 10,
    retry_on: Sequence[type[BaseException] | str] = (),
) -> AuthorFunction | Callable[[AuthorFunction], AuthorFunction]:
    """Declare a function to be a workflow; it stays the plain function it was.

    The signature's annotations give each parameter's type, default and required
    flag. The first parameter is the `OrganizationContext`.

    Args:
        name: Its name in addresses and history; the function's name unless given.
        description: One sentence for the catalog; the docstring's first line unless given.
        execution_mode: "async" answers at once and runs from the queue.
        timeout_seconds: How long a run may take, at most 1800.
        requires_org: False lets it run without an organization.
        required_permission: What a technician needs to run it.
        expose_in_forms: False keeps it out of the form builder.
        retries: How often the platform may start it again, at most 10: after an interruption that was
            not its own doing, and after the errors of `retry_on`. Say so only of what may be done twice.
        retry_delay_seconds: How long the first new attempt after an error waits, at most 3600; each
            further one twice as long, up to an hour. After an interruption there is no wait.
        retry_on: Errors worth another attempt, as classes or their names, subclasses included:
            `(IntegrationError, "ReadTimeout")`. "Interrupted" stands for a run that ended its own process.

    Raises:
        DeclarationError: The declaration is wrong; names file, line and mend.
    """
    place = Place.of_caller()

    def decorate(target: AuthorFunction) -> AuthorFunction:
        check_function(target, "@workflow", place)
        check_undeclared(target, place)
        own_name = name if name is not None else target.__name__
        check_name(own_name, "workflow", place)
        check_seconds(timeout_seconds, "timeout_seconds", place, least=1, most=LONGEST_TIMEOUT_SECONDS)
        _check_choice("execution_mode", execution_mode, get_args(ExecutionMode), place)
        _check_choice("required_permission", required_permission, get_args(RequiredPermission), place)
        error_names = check_retries(retries, retry_delay_seconds, retry_on, place)
        if isinstance(tags, str):
            raise place.error(f"tags={tags!r} is one text.", f"Write tags=[{tags!r}].")
        parameters = build_parameters(target, pending_params(target))
        metadata = WorkflowMetadata(
            name=own_name,
            description=description if description is not None else first_paragraph_line(target),
            category=category,
            tags=list(tags),
            parameters=parameters.metadata,
            execution_mode=execution_mode,
            timeout_seconds=timeout_seconds,
            requires_org=requires_org,
            required_permission=required_permission,
            expose_in_forms=expose_in_forms,
            retries=retries,
            retry_delay_seconds=retry_delay_seconds,
            retry_on=error_names,
            schedules=build_schedules(pending_schedules(target), parameters, requires_org=requires_org),
            source_file=target.__code__.co_filename,
        )
        attach(target, WorkflowDefinition(target, metadata, parameters))
        return target

    return decorate if function is None else decorate(function)


def check_function(target: Callable[..., Any], decorator: str, place: Place) -> None:
    """Refuse what is no plain function: classes, generators, callables."""
    if not inspect.isfunction(target):
        raise place.error(f"{decorator} stands on something that is no function.", "Put it on a `def`.")
    if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        raise place.error(f"{target.__name__}() yields.", "Collect the values and return them.")


def _check_choice(option: str, value: str, allowed: Sequence[str], place: Place) -> None:
    if value not in allowed:
        raise place.error(f"{option}={value!r} is not known.", f"Use one of: {', '.join(allowed)}.")
