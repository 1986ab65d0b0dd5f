"""A form made from a workflow's parameters, and form values made into parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from msp_automation.metadata import ParameterMetadata, ParameterType, WorkflowMetadata
from msp_core.errors import Invalid
from msp_core.forms.models import (
    Field,
    FieldOption,
    FieldType,
    FieldValidation,
    FormDraft,
    FormSchema,
    ProviderInput,
)

_TYPES: Final[Mapping[ParameterType, FieldType]] = {
    "string": FieldType.TEXT,
    "int": FieldType.NUMBER,
    "float": FieldType.NUMBER,
    "bool": FieldType.CHECKBOX,
    "json": FieldType.TEXTAREA,
    "list": FieldType.TEXTAREA,
    "email": FieldType.EMAIL,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "file": FieldType.FILE,
}
_LONG_TEXT: Final = 200


def form_for(workflow: WorkflowMetadata) -> FormDraft:
    """A form with one field for each parameter, ready to be edited; nothing is saved."""
    return FormDraft(
        name=workflow.name.replace("_", " ").capitalize(),
        description=workflow.description or None,
        linked_workflow=workflow.name,
        form_schema=FormSchema(fields=tuple(_field(one) for one in workflow.parameters)),
    )


def to_parameters(values: Mapping[str, Any], workflow: WorkflowMetadata) -> dict[str, Any]:
    """The workflow's parameters out of a form's values, joined by name.

    Fields that are no parameter (they only feed other fields) are left out. What a form can only hold as
    text becomes what the parameter asks for: JSON is parsed, a list is one item a line.

    Raises:
        Invalid: The text of a JSON parameter is no JSON.
    """
    parameters: dict[str, Any] = {}
    for parameter in workflow.parameters:
        if parameter.name in values:
            parameters[parameter.name] = _converted(parameter, values[parameter.name])
    return parameters


def _converted(parameter: ParameterMetadata, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if parameter.type == "list":
        return [line.strip() for line in value.splitlines() if line.strip()]
    if parameter.type == "json" and not _has_options(parameter):
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Invalid.field(parameter.name, "Enter JSON.") from error
    return value


def _field(parameter: ParameterMetadata) -> Field:
    kind = _type_of(parameter)
    inputs = parameter.data_provider_inputs
    return Field(
        name=parameter.name,
        label=parameter.label,
        type=kind,
        # A required checkbox would have to be ticked; a bool parameter only wants an answer.
        required=parameter.required and kind is not FieldType.CHECKBOX,
        validation=_validation(parameter, kind),
        options=_options(parameter),
        data_provider=parameter.data_provider,
        data_provider_inputs=None
        if not inputs
        else {name: ProviderInput(mode=one.mode, value=one.value) for name, one in inputs.items()},
        default_value=_default(parameter, kind),
        help_text=parameter.help_text or _hint(parameter, kind),
    )


def _has_options(parameter: ParameterMetadata) -> bool:
    has_enum = parameter.validation is not None and bool(parameter.validation.enum)
    return bool(parameter.options) or has_enum or parameter.data_provider is not None


def _type_of(parameter: ParameterMetadata) -> FieldType:
    if _has_options(parameter):
        return FieldType.MULTISELECT if parameter.type == "list" else FieldType.SELECT
    rules = parameter.validation
    if parameter.type == "string" and rules is not None and (rules.max_length or 0) > _LONG_TEXT:
        return FieldType.TEXTAREA
    return _TYPES[parameter.type]


def _options(parameter: ParameterMetadata) -> tuple[FieldOption, ...] | None:
    if parameter.data_provider is not None:
        return None
    if parameter.options:
        return tuple(FieldOption(label=one.label, value=one.value) for one in parameter.options)
    if parameter.validation is not None and parameter.validation.enum:
        return tuple(FieldOption(label=str(one), value=one) for one in parameter.validation.enum)
    return None


def _validation(parameter: ParameterMetadata, kind: FieldType) -> FieldValidation | None:
    rules = parameter.validation
    if rules is None:
        return None
    is_text = kind in {FieldType.TEXT, FieldType.EMAIL, FieldType.TEXTAREA} and parameter.type != "list"
    has_length = is_text or kind is FieldType.MULTISELECT
    made = FieldValidation(
        pattern=rules.pattern if is_text else None,
        min=rules.min if kind is FieldType.NUMBER else None,
        max=rules.max if kind is FieldType.NUMBER else None,
        min_length=rules.min_length if has_length else None,
        max_length=rules.max_length if has_length else None,
    )
    return None if made == FieldValidation() else made


def _default(parameter: ParameterMetadata, kind: FieldType) -> Any:
    value = parameter.default_value
    if value is None or kind is not FieldType.TEXTAREA or isinstance(value, str):
        return value
    if parameter.type == "list" and isinstance(value, list):
        return "\n".join(str(one) for one in value) or None
    return json.dumps(value)


def _hint(parameter: ParameterMetadata, kind: FieldType) -> str | None:
    if kind is not FieldType.TEXTAREA:
        return None
    return {"list": "One item a line.", "json": "JSON."}.get(parameter.type)
