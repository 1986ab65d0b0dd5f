"""From a signature and its `@param`s to one typed model: it validates input and describes the form."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as PydanticField
from pydantic import ValidationError as PydanticValidationError

from msp_automation.annotations import SUPPORTED, item_annotation, kind_of, strip_optional
from msp_automation.context import OrganizationContext
from msp_automation.declaring import ParamSpecification, Place
from msp_automation.errors import DeclarationError, ValidationError
from msp_automation.messages import field_messages
from msp_automation.metadata import ParameterMetadata
from msp_automation.parameter_fields import FieldRules

# Names of pydantic's own must stay usable as parameters, so fields get a prefix and an alias.
_PREFIX = "p_"
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class ParameterModel:
    """The parameters of one workflow or data provider."""

    fields: tuple[FieldRules, ...]
    model: type[BaseModel]

    @property
    def metadata(self) -> list[ParameterMetadata]:
        """What the catalog says of each parameter, in the signature's order."""
        return [rules.metadata for rules in self.fields]

    def validate(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Check input and turn it into typed arguments, defaults filled in.

        Raises:
            ValidationError: `details["fields"]` has one sentence for each wrong parameter.
        """
        known = {rules.name for rules in self.fields}
        messages = {
            # Nobody declared the name, so it may hold anything; the answer must be valid text.
            str(name).encode("utf-8", "backslashreplace").decode(): "There is no parameter of this name."
            for name in parameters
            if name not in known
        }
        given = {name: value for name, value in parameters.items() if name in known}
        messages.update({name: "Must be valid text." for name, value in given.items() if not _is_text(value)})
        try:
            checked = self.model.model_validate(given)
        except PydanticValidationError as error:
            messages = {**field_messages(error), **messages}
        if messages:
            raise ValidationError.for_fields(messages) from None
        return {rules.name: getattr(checked, _PREFIX + rules.name) for rules in self.fields}

    def to_json(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Typed arguments as the JSON that is recorded."""
        values = {_PREFIX + name: value for name, value in arguments.items()}
        return self.model.model_construct(**values).model_dump(mode="json", by_alias=True, warnings=False)

    def json_schema(self) -> dict[str, Any]:
        """A JSON Schema of the parameters, for other tools."""
        return self.model.model_json_schema(by_alias=True)


def _is_text(value: Any) -> bool:
    """Whether all text in a JSON value can be stored; half a surrogate pair cannot."""
    if isinstance(value, str):
        return value.isascii() or not _SURROGATE.search(value)
    if isinstance(value, Mapping):
        return all(_is_text(key) and _is_text(item) for key, item in value.items())
    return all(map(_is_text, value)) if isinstance(value, list | tuple) else True


def build_parameters(
    function: Callable[..., Any], specifications: Sequence[ParamSpecification]
) -> ParameterModel:
    """Read a function's signature and what `@param` adds to it.

    Raises:
        DeclarationError: The signature or a `@param` is wrong; names file, line and mend.
    """
    place = Place.of(function)
    arguments = _arguments(function, place)
    hints = _hints(function, place)
    _check_context(function, arguments, hints, place)
    by_name = _by_name(function, arguments[1:], specifications)
    fields = tuple(
        _field(function, argument, hints, by_name.get(argument.name), place) for argument in arguments[1:]
    )
    _check_inputs(fields)
    return ParameterModel(fields, _model(function, fields, place))


def _arguments(function: Callable[..., Any], place: Place) -> list[inspect.Parameter]:
    arguments = list(inspect.signature(function).parameters.values())
    for argument in arguments:
        if argument.kind in {argument.VAR_POSITIONAL, argument.VAR_KEYWORD}:
            stars = "*" if argument.kind is argument.VAR_POSITIONAL else "**"
            raise place.error(
                f"{function.__name__}() takes {stars}{argument.name}, which no form can show.",
                "Name each parameter, or take one `dict` or `list`.",
            )
        if argument.kind is argument.POSITIONAL_ONLY and argument is not arguments[0]:
            raise place.error(
                f"{argument.name!r} of {function.__name__}() is positional-only.", "Remove the `/`."
            )
    return arguments


def _hints(function: Callable[..., Any], place: Place) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise place.error(
            f"An annotation of {function.__name__}() uses a name that is not defined here: {error}.",
            "Import it at the top of the file, outside `if TYPE_CHECKING:`.",
        ) from error
    except (TypeError, SyntaxError, AttributeError) as error:
        raise place.error(f"An annotation of {function.__name__}() is wrong: {error}.", SUPPORTED) from error


def _check_context(
    function: Callable[..., Any], arguments: list[inspect.Parameter], hints: dict[str, Any], place: Place
) -> None:
    first = arguments[0] if arguments else None
    if first is not None and first.kind is not first.KEYWORD_ONLY:
        annotation = strip_optional(hints.get(first.name))[0]
        if isinstance(annotation, type) and issubclass(annotation, OrganizationContext):
            return
    raise place.error(
        f"The first parameter of {function.__name__}() is not the context.",
        f"Begin with `def {function.__name__}(context: OrganizationContext, ...)`.",
    )


def _by_name(
    function: Callable[..., Any],
    arguments: Sequence[inspect.Parameter],
    specifications: Sequence[ParamSpecification],
) -> dict[str, ParamSpecification]:
    names = [argument.name for argument in arguments]
    by_name: dict[str, ParamSpecification] = {}
    for specification in specifications:
        if specification.name not in names:
            raise specification.place.error(
                f"@param({specification.name!r}) names no parameter of {function.__name__}().",
                f"Its parameters are: {', '.join(names) or 'none'}.",
            )
        if specification.name in by_name:
            raise specification.place.error(
                f"@param({specification.name!r}) stands twice on {function.__name__}().", "Merge the two."
            )
        by_name[specification.name] = specification
    return by_name


def _field(
    function: Callable[..., Any],
    argument: inspect.Parameter,
    hints: dict[str, Any],
    specification: ParamSpecification | None,
    place: Place,
) -> FieldRules:
    name = argument.name
    if name not in hints:
        raise place.error(
            f"Parameter {name!r} of {function.__name__}() has no annotation.",
            f"Write `{name}: str`, or its type.",
        )
    bare, is_optional = strip_optional(hints[name])
    kind = kind_of(bare)
    if kind is None:
        raise place.error(
            f"Parameter {name!r} of {function.__name__}() has a type that no form can show.", SUPPORTED
        )
    if item_annotation(bare) is not None and kind_of(item_annotation(bare)) == "file":
        raise place.error(
            f"Parameter {name!r} of {function.__name__}() takes several files, and a field takes one.",
            "Take one FileReference for each file.",
        )
    return FieldRules.build(
        name=name,
        annotation=hints[name],
        bare=bare,
        is_optional=is_optional,
        kind=kind,
        default=argument.default,
        specification=specification or ParamSpecification(name, place),
    )


def _check_inputs(fields: Sequence[FieldRules]) -> None:
    names = {rules.name for rules in fields}
    for rules in fields:
        for source in rules.source_fields():
            if source == rules.name or source not in names:
                others = ", ".join(sorted(names - {rules.name})) or "(there is no other parameter)"
                raise rules.specification.place.error(
                    f"data_provider_inputs of {rules.name!r} reads from {source!r}, "
                    f"which is {'itself' if source == rules.name else 'no parameter here'}.",
                    f"Name one of: {others}.",
                )


def _model(function: Callable[..., Any], fields: Sequence[FieldRules], place: Place) -> type[BaseModel]:
    definitions: dict[str, Any] = {
        _PREFIX + rules.name: (
            Annotated[rules.checked_annotation, PydanticField(alias=rules.name, title=rules.metadata.label)],
            ... if rules.metadata.required else rules.default,
        )
        for rules in fields
    }
    try:
        return create_model(
            function.__name__,
            __config__=ConfigDict(
                extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=False, protected_namespaces=()
            ),
            __module__=function.__module__,
            **definitions,
        )
    except DeclarationError:
        raise
    except Exception as error:
        raise place.error(
            f"The parameters of {function.__name__}() cannot be checked: {error}.", SUPPORTED
        ) from error
