"""Short sentences for what is wrong with a value, instead of a validator's own words."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError as PydanticValidationError
from pydantic_core import ErrorDetails

_EXPECTED = re.compile(r"'([^']*)'|([^\s,']+)")
_FIXED = {
    "missing": "Required.",
    "extra_forbidden": "There is no such setting.",
    "finite_number": "Must be a finite number.",
    "none_required": "Must be left empty.",
    "recursion_loop": "Must not contain itself.",
}
_BY_BEGINNING = (
    ("string", "Must be text."),
    ("int", "Must be a whole number."),
    ("float", "Must be a number."),
    ("decimal", "Must be a number."),
    ("bool", "Must be true or false."),
    ("datetime", "Must be a date and time such as 2026-01-31T09:00:00Z."),
    ("timezone", "Must be a date and time with its time zone."),
    ("date", "Must be a date such as 2026-01-31."),
    ("uuid", "Must be an id such as 123e4567-e89b-12d3-a456-426614174000."),
    ("list", "Must be a list."),
    ("tuple", "Must be a list."),
    ("set", "Must be a list."),
    ("frozen_set", "Must be a list."),
    ("dict", "Must be an object with named values."),
    ("mapping", "Must be an object with named values."),
    ("model", "Must be an object with named values."),
    ("dataclass", "Must be an object with named values."),
)
_BOUNDS = {
    "greater_than_equal": ("ge", "Must be at least {}."),
    "greater_than": ("gt", "Must be more than {}."),
    "less_than_equal": ("le", "Must be at most {}."),
    "less_than": ("lt", "Must be less than {}."),
    "multiple_of": ("multiple_of", "Must be a multiple of {}."),
    "enum": ("expected", "Must be one of: {}."),
    "literal_error": ("expected", "Must be one of: {}."),
    "string_pattern_mismatch": ("pattern", "Must match the pattern {}"),
}
_COUNTS = {
    "string_too_short": ("min_length", "Must be at least", "character"),
    "string_too_long": ("max_length", "Must be at most", "character"),
    "too_short": ("min_length", "Needs at least", "entry"),
    "too_long": ("max_length", "Takes at most", "entry"),
}


def field_messages(error: PydanticValidationError) -> dict[str, str]:
    """One sentence for each wrong field; the first problem of a field is the one told."""
    messages: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        location = problem["loc"]
        name = str(location[0]) if location else ""
        messages.setdefault(name, _inside(location[1:]) + message_for(problem))
    return messages


def message_for(problem: ErrorDetails) -> str:
    """One sentence for one problem."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _BOUNDS:
        key, sentence = _BOUNDS[kind]
        value = context.get(key)
        return sentence.format(_listed(str(value)) if key == "expected" else _plain(value))
    if kind in _COUNTS:
        return _count(*_COUNTS[kind], context)
    if kind.startswith("msp_"):
        return problem["msg"]
    if kind in {"value_error", "assertion_error"}:
        # The author's own validator speaks: its words are the message.
        return str(context.get("error", "")).strip() or "Is not a valid value."
    return next((text for start, text in _BY_BEGINNING if kind.startswith(start)), "Is not a valid value.")


def _count(key: str, words: str, thing: str, context: dict[str, Any]) -> str:
    number = context.get(key)
    if key == "min_length" and number == 1:
        return "Must not be empty."
    many = thing if number == 1 else "entries" if thing == "entry" else f"{thing}s"
    return f"{words} {number} {many}."


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}" if not value.is_integer() else str(int(value))
    return str(value)


def _listed(expected: str) -> str:
    # Pydantic writes `'a', 'b' or 'c'`.
    found = _EXPECTED.findall(expected)
    return ", ".join(quoted or plain for quoted, plain in found if quoted or plain != "or")


def _inside(path: tuple[int | str, ...]) -> str:
    """Where in a nested value: `Entry 2, city: `."""
    words = [
        f"{'entry' if position else 'Entry'} {part + 1}" if isinstance(part, int) else part
        for position, part in enumerate(path)
    ]
    # Pydantic adds steps of its own, such as the arm of a union; they are no field of the author's.
    words = [word for word in words if not any(sign in word for sign in "[]()|")]
    return f"{', '.join(words)}: " if words else ""
