"""One submitted value: what it must be for its field, and the typed value it becomes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from msp_core.forms.models import TEXT_TYPES, Field, FieldType
from msp_core.forms.patterns import is_found
from msp_core.ids import is_file_id

MAX_TEXT: Final = 32_000
MAX_CHOICES: Final = 500
_MAX_CHOICE_TEXT: Final = 2000
# Source: RFC 5321, section 4.5.3.1
_MAX_EMAIL: Final = 254
_MAX_EMAIL_NAME: Final = 64
_LARGEST_NUMBER: Final = 1e15
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n\t]")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


class BadValue(ValueError):
    """The value does not fit its field; the message is for the person who filled it in."""


def is_empty(value: Any) -> bool:
    """Whether a field with this value counts as not filled in."""
    return value is None or value in ("", [])


def read_value(field: Field, value: Any) -> Any:
    """The typed, JSON-safe value of a field that is filled in.

    Raises:
        BadValue: It is not what the field asks for.
    """
    read = _typed(field, value)
    _check_bounds(field, read)
    return read


def read_bound(kind: FieldType, bound: Any) -> Any:
    """A `min` or `max` as something that compares.

    Raises:
        BadValue: The field has no such bound.
    """
    if kind is FieldType.NUMBER:
        return _number(bound)
    if kind is FieldType.DATE:
        return date.fromisoformat(_date(bound))
    if kind is FieldType.DATETIME:
        return datetime.fromisoformat(_datetime(bound))
    raise BadValue("Only number, date and datetime fields have a smallest and a largest value.")


def _typed(field: Field, value: Any) -> Any:
    match field.type:
        case FieldType.TEXT | FieldType.TEXTAREA:
            return _text(value, has_lines=field.type is FieldType.TEXTAREA)
        case FieldType.EMAIL:
            return _email(value)
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.CHECKBOX:
            return _boolean(value)
        case FieldType.DATE:
            return _date(value)
        case FieldType.DATETIME:
            return _datetime(value)
        case FieldType.SELECT | FieldType.RADIO:
            return _choice(field, value)
        case FieldType.MULTISELECT:
            return _choices(field, value)
        case FieldType.FILE:
            return _file(value)
        case FieldType.MARKDOWN:
            raise BadValue("This is a text that is only shown; it has no value.")


def _text(value: Any, *, has_lines: bool) -> str:
    if not isinstance(value, str):
        raise BadValue("Enter text.")
    if len(value) > MAX_TEXT:
        raise BadValue(f"Enter at most {MAX_TEXT} characters.")
    if _UNPRINTABLE.search(value) or (not has_lines and _LINE_BREAK.search(value)):
        raise BadValue("Remove the characters that cannot be shown (control characters, line breaks).")
    return value


def _email(value: Any) -> str:
    text = _text(value, has_lines=False)
    is_long = len(text) > _MAX_EMAIL or len(text.partition("@")[0]) > _MAX_EMAIL_NAME
    if is_long or _EMAIL.fullmatch(text) is None:
        raise BadValue("Enter an e-mail address, such as first.last@company.com.")
    return text


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("Enter a number.")
    if abs(value) > _LARGEST_NUMBER or not math.isfinite(value):
        raise BadValue("Enter a number that is not so large.")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue("Tick the box or leave it empty.")
    return value


def _date(value: Any) -> str:
    try:
        if not isinstance(value, str) or _DATE.fullmatch(value) is None:
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadValue("Enter a date, such as 2026-01-31.") from None


def _datetime(value: Any) -> str:
    try:
        if not isinstance(value, str) or _DATETIME.fullmatch(value) is None:
            raise ValueError
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise BadValue("Enter a date and time with its zone, such as 2026-01-31T09:00:00+01:00.")
        # A zone can push the first and last day out of the calendar.
        moment.astimezone(UTC)
    except BadValue:
        raise
    except (ValueError, OverflowError):
        raise BadValue("Enter a date and time, such as 2026-01-31T09:00:00Z.") from None
    return moment.isoformat()


def _choice(field: Field, value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise BadValue("Choose one of the options.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        _number(value)
    if isinstance(value, str) and (len(value) > _MAX_CHOICE_TEXT or _UNPRINTABLE.search(value)):
        raise BadValue("Choose one of the options.")
    if field.data_provider is None and not any(
        # True == 1 in Python, but not on a form.
        type(option.value) is type(value) and option.value == value
        for option in field.options or ()
    ):
        raise BadValue("Choose one of the options.")
    return value


def _choices(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_CHOICES:
        raise BadValue("Choose from the options.")
    chosen = [_choice(field, one) for one in value]
    if len({(type(one), one) for one in chosen}) < len(chosen):
        raise BadValue("Choose each option once.")
    return chosen


def _file(value: Any) -> str:
    if not isinstance(value, str) or not is_file_id(value):
        raise BadValue("Upload a file first: this is no id of one.")
    return value


def _check_bounds(field: Field, value: Any) -> None:
    rules = field.validation
    if rules is None:
        return
    problem = _length_problem(field, value) or _range_problem(field, value)
    if problem is None and rules.pattern is not None and field.type in TEXT_TYPES:
        problem = None if is_found(rules.pattern, value) else "This does not have the form that is asked for."
    if problem is not None:
        raise BadValue(rules.message or problem)


def _length_problem(field: Field, value: Any) -> str | None:
    rules = field.validation
    if rules is None or field.type not in {*TEXT_TYPES, FieldType.MULTISELECT}:
        return None
    # JavaScript counts UTF-16 units; the client must come to the same answer.
    length = len(value) if isinstance(value, list) else len(value.encode("utf-16-le")) // 2
    what = "options" if isinstance(value, list) else "characters"
    if rules.min_length is not None and length < rules.min_length:
        return f"At least {rules.min_length} {what}."
    if rules.max_length is not None and length > rules.max_length:
        return f"At most {rules.max_length} {what}."
    return None


def _range_problem(field: Field, value: Any) -> str | None:
    rules = field.validation
    if rules is None or field.type not in {FieldType.NUMBER, FieldType.DATE, FieldType.DATETIME}:
        return None
    compared = read_bound(field.type, value)
    if rules.min is not None and compared < read_bound(field.type, rules.min):
        return f"At least {rules.min}."
    if rules.max is not None and compared > read_bound(field.type, rules.max):
        return f"At most {rules.max}."
    return None
