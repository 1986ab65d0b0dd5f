"""Forms, their fields, and the rules a field carries."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field as Property

from msp_core.ids import FormId, OrgId, UserId
from msp_core.models import Model, UtcDatetime

Scalar = str | int | float | bool
"""What an option's value may be."""


class FieldType(StrEnum):
    """How a field is shown, and what its value is."""

    TEXT = "text"
    EMAIL = "email"
    NUMBER = "number"
    SELECT = "select"
    MULTISELECT = "multiselect"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    TEXTAREA = "textarea"
    DATE = "date"
    DATETIME = "datetime"
    FILE = "file"
    MARKDOWN = "markdown"


CHOICE_TYPES = frozenset({FieldType.SELECT, FieldType.MULTISELECT, FieldType.RADIO})
TEXT_TYPES = frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.TEXTAREA})


class Operator(StrEnum):
    """How a visible-when rule compares the other field's value with its own.

    An empty or hidden field has no value: it equals nothing, contains nothing, and is neither greater nor
    less than anything; `notEquals` and `notIn` hold for it.
    """

    EQUALS = "equals"
    NOT_EQUALS = "notEquals"
    IN = "in"
    NOT_IN = "notIn"
    CONTAINS = "contains"
    GREATER_THAN = "greaterThan"
    LESS_THAN = "lessThan"
    IS_EMPTY = "isEmpty"
    IS_NOT_EMPTY = "isNotEmpty"


class FieldValidation(Model):
    """Bounds of a field's value, and the words to say when they do not hold.

    `pattern` is searched in the value, not matched against the whole of it; anchor it with `^` and `$`.
    It is a regular expression of linear time: no look-around, no back-references. `min` and `max` are
    numbers for number fields, ISO 8601 text for date and datetime fields.
    """

    pattern: str | None = None
    min: int | float | str | None = None
    max: int | float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    message: str | None = None


class FieldOption(Model):
    """One static choice."""

    label: str
    value: Scalar


class ProviderInput(Model):
    """Where one input of a data provider comes from: a fixed value, or an earlier field's."""

    mode: Literal["static", "field"]
    value: Any = None


class VisibleWhen(Model):
    """Show the field only while an earlier field's value is so."""

    field: str
    operator: Operator = Operator.EQUALS
    value: Any = None


class Field(Model):
    """One field of a form; its name is the workflow parameter that it fills.

    `accept` and `max_size_bytes` are for file fields: which kinds (`.csv`, `text/csv`, `image/*`; any if
    left out) and how large (10 MiB if left out). A file field's submitted value is the id of an upload.
    """

    name: str
    label: str = ""
    type: FieldType
    required: bool = False
    validation: FieldValidation | None = None
    options: tuple[FieldOption, ...] | None = None
    data_provider: str | None = None
    data_provider_inputs: dict[str, ProviderInput] | None = None
    default_value: Any = None
    placeholder: str | None = None
    help_text: str | None = None
    visible_when: VisibleWhen | None = None
    section: str | None = None
    content: str | None = None
    accept: tuple[str, ...] | None = None
    max_size_bytes: int | None = None

    @property
    def has_value(self) -> bool:
        """Whether the field takes part in a submission; markdown is only shown."""
        return self.type is not FieldType.MARKDOWN

    def references(self) -> dict[str, str]:
        """The fields this one depends on, by the place in the definition that says so."""
        found: dict[str, str] = {}
        if self.visible_when is not None:
            found["visibleWhen.field"] = self.visible_when.field
        for name, given in (self.data_provider_inputs or {}).items():
            if given.mode == "field":
                found[f"dataProviderInputs.{name}"] = str(given.value)
        return found


class Section(Model):
    """A heading that fields are grouped under."""

    name: str
    title: str = ""
    description: str | None = None


class FormSchema(Model):
    """The fields in the order they are shown."""

    fields: tuple[Field, ...] = Property(default=())
    sections: tuple[Section, ...] | None = None


class FormDraft(Model):
    """What somebody gives to save a form.

    `run_in_background`: what is submitted is run from the queue, whatever the workflow's own mode is, so
    whoever submits it may leave at once.
    """

    name: str
    description: str | None = None
    linked_workflow: str
    form_schema: FormSchema
    is_global: bool = False
    is_active: bool = True
    run_in_background: bool = False


class Form(FormDraft):
    """A saved form; `org_id` is `GLOBAL` for a global one."""

    id: FormId
    org_id: OrgId
    created_by: UserId
    created_at: UtcDatetime
    updated_by: UserId
    updated_at: UtcDatetime
