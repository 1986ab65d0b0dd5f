"""What a person sent, against the form they filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from msp_core.errors import Invalid
from msp_core.forms.models import Field, FieldType, FormDraft, Operator, VisibleWhen
from msp_core.forms.values import BadValue, is_empty, read_value

_MAX_UNKNOWN_NAMED: Final = 20


def validate_submission(form: FormDraft, values: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of the fields that are visible and filled in, by name, JSON-safe.

    A field that is hidden by its rule is dropped, whatever was sent for it, and is not required. A field
    that was not sent takes its default; one sent empty (`null`, `""`, `[]`) stays empty and is left out,
    except that a checkbox always has a value.

    Args:
        form: A saved form, or one that is only being tried out.

    Raises:
        Invalid: `details["fields"]` has a message for each field that is wrong, missing or unknown.
    """
    fields = {field.name: field for field in form.form_schema.fields if field.has_value}
    unknown = [str(name)[:64] for name in values if name not in fields][:_MAX_UNKNOWN_NAMED]
    problems = dict.fromkeys(unknown, "The form has no such field.")
    read: dict[str, Any] = {}
    for field in fields.values():
        if not is_visible(field.visible_when, read):
            continue
        try:
            value = _read(field, values)
        except BadValue as bad:
            problems[field.name] = str(bad)
            continue
        if value is not None:
            read[field.name] = value
    if problems:
        name, message = next(iter(problems.items()))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Invalid(f"{name}: {message}{more}", details={"fields": problems})
    return read


def is_visible(rule: VisibleWhen | None, values: Mapping[str, Any]) -> bool:
    """Whether a field with this rule is shown, given the values of the visible fields before it."""
    if rule is None:
        return True
    return _holds(rule.operator, values.get(rule.field), rule.value)


def _read(field: Field, values: Mapping[str, Any]) -> Any:
    value = values.get(field.name, field.default_value)
    if field.type is FieldType.CHECKBOX:
        ticked = read_value(field, False if is_empty(value) else value)
        if field.required and not ticked:
            raise BadValue(_said(field, "Tick this box to go on."))
        return ticked
    if is_empty(value) or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise BadValue("This field is required.")
        return None
    return read_value(field, value)


def _said(field: Field, otherwise: str) -> str:
    return (field.validation.message if field.validation is not None else None) or otherwise


def _holds(operator: Operator, value: Any, wanted: Any) -> bool:
    match operator:
        case Operator.IS_EMPTY:
            return is_empty(value)
        case Operator.IS_NOT_EMPTY:
            return not is_empty(value)
        case Operator.EQUALS:
            return _same(value, wanted)
        case Operator.NOT_EQUALS:
            return not _same(value, wanted)
        case Operator.IN:
            return _is_in(value, wanted)
        case Operator.NOT_IN:
            return not _is_in(value, wanted)
        case Operator.CONTAINS:
            return _contains(value, wanted)
        case Operator.GREATER_THAN:
            return _compare(value, wanted) > 0
        case Operator.LESS_THAN:
            return _compare(value, wanted) < 0


def _same(value: Any, wanted: Any) -> bool:
    return value is not None and isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _is_in(value: Any, wanted: Any) -> bool:
    return isinstance(wanted, list | tuple) and any(_same(value, one) for one in wanted)


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return any(_same(one, wanted) for one in value)
    return isinstance(value, str) and isinstance(wanted, str) and wanted != "" and wanted in value


def _compare(value: Any, wanted: Any) -> int:
    """Greater 1, less -1, and 0 for what is equal or cannot be compared."""
    left, right = _ordered(value), _ordered(wanted)
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        return 0


def _ordered(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return (
                date.fromisoformat(value)
                if len(value) == len("2026-01-31")
                else datetime.fromisoformat(value)
            )
        except ValueError:
            return None
    return None if isinstance(value, bool) else value
