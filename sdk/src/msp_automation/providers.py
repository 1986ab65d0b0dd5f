"""`@data_provider`: a function that feeds the options of a form's field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from pydantic import ConfigDict
from pydantic import ValidationError as PydanticValidationError

from msp_automation.context import OrganizationContext
from msp_automation.declaring import (
    Place,
    attach,
    check_name,
    check_seconds,
    check_undeclared,
    first_paragraph_line,
    pending_params,
)
from msp_automation.errors import WorkflowError
from msp_automation.metadata import DataProviderMetadata, Wire
from msp_automation.parameters import ParameterModel, build_parameters
from msp_automation.schedules import pending_schedules
from msp_automation.workflows import check_function

MOST_OPTIONS = 1000
_LONGEST_TIMEOUT_SECONDS = 60
_LONGEST_TTL_SECONDS = 86_400

AuthorFunction = TypeVar("AuthorFunction", bound=Callable[..., Any])


class Option(Wire):
    """One option of a field: what is shown, what is submitted, and what else a form may show."""

    model_config = ConfigDict(extra="forbid")

    label: str
    value: str | int | float | bool
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True)
class ProviderDefinition:
    """A data provider as the platform runs it."""

    function: Callable[..., Any]
    metadata: DataProviderMetadata
    parameters: ParameterModel

    def validate(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Check inputs and turn them into typed arguments, defaults filled in.

        Raises:
            ValidationError: `details["fields"]` has one sentence for each wrong input.
        """
        return self.parameters.validate(parameters)

    def to_json(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Typed arguments as JSON; the cache's key is made from it."""
        return self.parameters.to_json(arguments)

    async def call(self, context: OrganizationContext, arguments: Mapping[str, Any]) -> list[Option]:
        """Run the provider and check what it returns.

        Raises:
            WorkflowError: It did not return options.
        """
        from msp_automation.calling import call_function

        value = await call_function(self.function, context, arguments)
        return normalise_options(value, provider=self.metadata.name)


def normalise_options(value: Any, *, provider: str = "") -> list[Option]:
    """Options from what a provider returned: a list of `Option`, of dicts, or of texts.

    Raises:
        WorkflowError: It is something else, or more than 1000; names the provider.
    """
    who = f"Data provider {provider!r}" if provider else "The data provider"
    details = {"provider": provider}
    if not isinstance(value, list | tuple):
        raise WorkflowError(f"{who} returned {_kind(value)} instead of a list of options.", details=details)
    if len(value) > MOST_OPTIONS:
        raise WorkflowError(
            f"{who} returned {len(value)} options; at most {MOST_OPTIONS} fit a form. "
            "Narrow them down, for example by a parameter `search`.",
            details=details,
        )
    return [_option(entry, position, who, details) for position, entry in enumerate(value, start=1)]


def _option(entry: Any, position: int, who: str, details: dict[str, Any]) -> Option:
    if isinstance(entry, Option):
        return entry
    if isinstance(entry, str):
        return Option(label=entry, value=entry)
    try:
        return Option.model_validate(entry)
    except PydanticValidationError:
        found = (
            f"a dict with {', '.join(map(repr, entry)) or 'nothing'}"
            if isinstance(entry, dict)
            else _kind(entry)
        )
        raise WorkflowError(
            f"{who} returned {found} as option {position}. "
            "An option is a text, or a dict with 'label' (text), 'value' (text, number or bool) "
            "and perhaps 'metadata' (a dict).",
            details=details,
        ) from None


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a value of type {type(value).__name__!r}"


@overload
def data_provider(function: AuthorFunction, /) -> AuthorFunction: ...
@overload
def data_provider(
    *,
    name: str | None = None,
    description: str | None = None,
    category: str = "General",
    cache_ttl_seconds: float = 300,
    timeout_seconds: float = 15,
) -> Callable[[AuthorFunction], AuthorFunction]: ...
def data_provider(
    function: AuthorFunction | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    category: str = "General",
    cache_ttl_seconds: float = 300,
    timeout_seconds: float = 15,
) -> AuthorFunction | Callable[[AuthorFunction], AuthorFunction]:
    """Declare a function to feed a field's options; it stays the plain function it was.

    It returns a list of `Option`, of dicts with `label` and `value`, or of texts.
    Further parameters after the context are inputs that a form fills in.

    Args:
        cache_ttl_seconds: How long an answer is reused, per organization and inputs; 0 never.
        timeout_seconds: How long a form waits for it, at most 60.

    Raises:
        DeclarationError: The declaration is wrong; names file, line and mend.
    """
    place = Place.of_caller()

    def decorate(target: AuthorFunction) -> AuthorFunction:
        check_function(target, "@data_provider", place)
        check_undeclared(target, place)
        own_name = name if name is not None else target.__name__
        check_name(own_name, "data provider", place)
        check_seconds(timeout_seconds, "timeout_seconds", place, least=1, most=_LONGEST_TIMEOUT_SECONDS)
        check_seconds(cache_ttl_seconds, "cache_ttl_seconds", place, least=0, most=_LONGEST_TTL_SECONDS)
        for stray in pending_schedules(target)[:1]:
            raise stray.place.error("A data provider has no schedule.", "Put @schedule on a workflow.")
        parameters = build_parameters(target, pending_params(target))
        if any(parameter.type == "file" for parameter in parameters.metadata):
            raise place.error(
                f"{target.__name__}() takes a file, which only workflows get.",
                "Take a value of another field.",
            )
        metadata = DataProviderMetadata(
            name=own_name,
            description=description if description is not None else first_paragraph_line(target),
            category=category,
            cache_ttl_seconds=cache_ttl_seconds,
            timeout_seconds=timeout_seconds,
            parameters=parameters.metadata,
            source_file=target.__code__.co_filename,
        )
        attach(target, ProviderDefinition(target, metadata, parameters))
        return target

    return decorate if function is None else decorate(function)
