"""One parameter: what its annotation and its `@param` say together, and where they contradict."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PydanticSchemaGenerationError, TypeAdapter
from pydantic import ValidationError as PydanticValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic_core import PydanticCustomError, SchemaError, to_jsonable_python

from msp_automation.annotations import SUPPORTED, choices, item_annotation
from msp_automation.declaring import ParamSpecification, option_list
from msp_automation.messages import message_for
from msp_automation.metadata import (
    DataProviderInput,
    ParameterMetadata,
    ParameterOption,
    ParameterType,
    ParameterValidation,
)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST_EMAIL = 254  # Source: https://www.rfc-editor.org/errata/eid1690
_TEXT = frozenset({"string", "email"})
_NUMBER = frozenset({"int", "float"})


@dataclass(frozen=True)
class FieldRules:
    """One parameter, checked and ready for the model."""

    name: str
    checked_annotation: Any
    default: Any
    metadata: ParameterMetadata
    specification: ParamSpecification

    @classmethod
    def build(
        cls,
        *,
        name: str,
        annotation: Any,
        bare: Any,
        is_optional: bool,
        kind: ParameterType,
        default: Any,
        specification: ParamSpecification,
    ) -> FieldRules:
        """Join annotation and `@param`.

        Raises:
            DeclarationError: They contradict each other, or a bound makes no sense.
        """
        kind = _declared_kind(specification, kind)
        _check_bounds(specification, kind)
        options = _options(specification, bare, kind)
        checked = _checked_annotation(annotation, specification, kind, options)
        adapter = _adapter(checked, specification)
        is_required = default is inspect.Parameter.empty
        typed_default = None if is_required else _default(adapter, default, specification, is_optional)
        metadata = ParameterMetadata(
            name=name,
            label=specification.label or name.replace("_", " ").strip().capitalize(),
            type=kind,
            required=is_required,
            default_value=adapter.dump_python(typed_default, mode="json") if not is_required else None,
            validation=_validation(adapter, specification, options),
            options=[ParameterOption(label=label, value=value) for label, value in options] or None,
            data_provider=specification.data_provider,
            data_provider_inputs=_inputs(specification),
            help_text=specification.help_text,
        )
        return cls(name, checked, typed_default, metadata, specification)

    def source_fields(self) -> list[str]:
        """The other parameters that this one's data provider reads."""
        inputs = self.metadata.data_provider_inputs or {}
        return [str(item.value) for item in inputs.values() if item.mode == "field"]


def _declared_kind(specification: ParamSpecification, kind: ParameterType) -> ParameterType:
    wanted = specification.type
    if wanted is None or wanted == kind:
        return kind
    if wanted == "email" and kind == "string":
        return "email"
    raise specification.place.error(
        f"@param({specification.name!r}, type={wanted!r}) contradicts the annotation, which says {kind!r}.",
        "Change the annotation, or leave `type` out.",
    )


def _check_bounds(specification: ParamSpecification, kind: ParameterType) -> None:
    place, name = specification.place, specification.name
    if specification.pattern is not None and kind not in _TEXT:
        raise place.error(
            f"@param({name!r}, pattern=...) is for text, but the annotation says {kind!r}.", "Leave it out."
        )
    if (specification.min is not None or specification.max is not None) and kind not in _NUMBER:
        raise place.error(
            f"@param({name!r}) sets min or max, which are for numbers; the annotation says {kind!r}.",
            "For text and lists write min_length and max_length.",
        )
    has_length = specification.min_length is not None or specification.max_length is not None
    if has_length and kind not in _TEXT | {"list"}:
        raise place.error(
            f"@param({name!r}) sets min_length or max_length, but the annotation says {kind!r}.",
            "For numbers write min and max.",
        )
    if kind == "file" and (specification.data_provider is not None or specification.options is not None):
        raise place.error(f"@param({name!r}) offers a choice, but a file is uploaded.", "Leave it out.")
    for low, high, words in (
        (specification.min, specification.max, "min and max"),
        (specification.min_length, specification.max_length, "min_length and max_length"),
    ):
        if low is not None and high is not None and low > high:
            raise place.error(f"@param({name!r}): {words} leave no value ({low} > {high}).", "Swap them.")


def _options(specification: ParamSpecification, bare: Any, kind: ParameterType) -> list[tuple[str, Any]]:
    place, name = specification.place, specification.name
    from_annotation = choices(bare) or choices(item_annotation(bare))
    if specification.data_provider is not None and (from_annotation or specification.options is not None):
        raise place.error(
            f"@param({name!r}) has a data provider and fixed options.", "Keep the one that gives the options."
        )
    if specification.options is None:
        return _json_pairs(from_annotation or [])
    if kind not in {"string", "email", "int", "float", "list"}:
        raise place.error(f"@param({name!r}, options=...) does not fit a {kind!r}.", "Leave options out.")
    try:
        pairs = option_list(specification.options)
    except TypeError as error:
        raise place.error(
            f"@param({name!r}, options=...): {error}.", 'Write values, or {"label": ..., "value": ...}.'
        ) from None
    allowed = [value for _, value in from_annotation or []]
    foreign = [value for _, value in pairs if from_annotation and value not in allowed]
    if foreign or not pairs:
        raise place.error(
            f"@param({name!r}, options=...) offers {foreign!r}, which the annotation does not allow."
            if foreign
            else f"@param({name!r}, options=[]) offers nothing.",
            "Offer values of the annotation only.",
        )
    return _json_pairs(pairs)


def _json_pairs(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(label, to_jsonable_python(value)) for label, value in pairs]


def _checked_annotation(
    annotation: Any, specification: ParamSpecification, kind: ParameterType, options: list[tuple[str, Any]]
) -> Any:
    bounds = {
        "pattern": specification.pattern,
        "ge": specification.min,
        "le": specification.max,
        "min_length": specification.min_length,
        "max_length": specification.max_length,
    }
    given: dict[str, Any] = {key: value for key, value in bounds.items() if value is not None}
    checked = Annotated[annotation, Field(**given)] if given else annotation
    if kind == "email":
        checked = Annotated[checked, AfterValidator(_check_email)]
    if specification.options is not None:
        checked = Annotated[checked, AfterValidator(_one_of([value for _, value in options]))]
    return checked


def _check_email(value: str | None) -> str | None:
    if value is not None and (len(value) > _LONGEST_EMAIL or not _EMAIL.fullmatch(value)):
        raise PydanticCustomError("msp_email", "Must be an e-mail address such as name@example.com.")
    return value


def _one_of(allowed: list[Any]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        entries = value if isinstance(value, list | tuple | set | frozenset) else [value]
        plain = [entry.value if isinstance(entry, Enum) else entry for entry in entries if entry is not None]
        if any(entry not in allowed for entry in plain):
            listed = ", ".join(str(entry) for entry in allowed)
            raise PydanticCustomError("msp_option", "Must be one of: {listed}.", {"listed": listed})
        return value

    return check


def _adapter(checked: Any, specification: ParamSpecification) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(checked, config=None)
    except SchemaError as error:
        if specification.pattern is not None:
            raise specification.place.error(
                f"The pattern of {specification.name!r} does not compile: {specification.pattern!r}.",
                "Patterns are Rust regular expressions: without look-around and back-references.",
            ) from error
        raise specification.place.error(f"Parameter {specification.name!r}: {error}", SUPPORTED) from error
    except (PydanticSchemaGenerationError, TypeError) as error:
        raise specification.place.error(
            f"Parameter {specification.name!r} cannot be checked: {str(error).splitlines()[0]}",
            SUPPORTED,
        ) from error


def _default(
    adapter: TypeAdapter[Any], default: Any, specification: ParamSpecification, is_optional: bool
) -> Any:
    try:
        return adapter.validate_python(default)
    except PydanticValidationError as error:
        mend = (
            "Annotate it as Optional, for example `str | None = None`."
            if default is None and not is_optional
            else "Give a default that its own rules accept."
        )
        told = message_for(error.errors(include_url=False, include_input=False)[0])
        raise specification.place.error(
            f"The default of {specification.name!r}, {default!r}, is refused: {told}", mend
        ) from None


def _validation(
    adapter: TypeAdapter[Any], specification: ParamSpecification, options: list[tuple[str, Any]]
) -> ParameterValidation | None:
    try:
        schema = adapter.json_schema()
    except PydanticInvalidForJsonSchema as error:
        raise specification.place.error(f"Parameter {specification.name!r}: {error}", SUPPORTED) from error
    arms = [arm for arm in schema.get("anyOf", [schema]) if arm.get("type") != "null"]
    arm = {**schema, **(arms[0] if arms else {})}
    step = 1 if arm.get("type") == "integer" else 0
    least, most = arm.get("exclusiveMinimum"), arm.get("exclusiveMaximum")
    found = ParameterValidation(
        pattern=arm.get("pattern"),
        min=arm.get("minimum", None if least is None else least + step),
        max=arm.get("maximum", None if most is None else most - step),
        min_length=arm.get("minLength", arm.get("minItems")),
        max_length=arm.get("maxLength", arm.get("maxItems")),
        enum=[value for _, value in options] or None,
    )
    return found if found != ParameterValidation() else None


def _inputs(specification: ParamSpecification) -> dict[str, DataProviderInput] | None:
    given = specification.data_provider_inputs
    if given is None:
        return None
    place, name = specification.place, specification.name
    if specification.data_provider is None:
        raise place.error(
            f"@param({name!r}) has data_provider_inputs but no data_provider.", "Name the data provider."
        )
    mend = 'Write {"input": {"mode": "field", "value": "other_parameter"}}, or "mode": "static".'
    try:
        return {
            key: entry if isinstance(entry, DataProviderInput) else DataProviderInput.model_validate(entry)
            for key, entry in _mapping(given).items()
        }
    except (PydanticValidationError, TypeError):
        raise place.error(f"data_provider_inputs of {name!r} are not understood: {given!r}.", mend) from None


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no mapping")
    return value
