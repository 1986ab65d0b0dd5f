"""Where a declaration stands in an author's file, and what `@param` collected there."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from msp_automation.errors import DeclarationError
from msp_automation.metadata import ParameterType

DEFINITION_ATTRIBUTE = "__msp_definition__"
PARAMS_ATTRIBUTE = "__msp_params__"
LONGEST_TIMEOUT_SECONDS = 1800  # host.json's functionTimeout: a run cannot outlive its function

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_DEF = re.compile(r"\s*(?:async\s+)?def\b")

# Discovery sets a list here, so that two functions of one name in one file are both seen.
declared: ContextVar[list[Any] | None] = ContextVar("msp_declared", default=None)


@dataclass(frozen=True)
class Place:
    """A line of an author's file."""

    file: str
    line: int

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Place:
        """The `def` line of a function; its first decorator where the source is not at hand."""
        code = getattr(function, "__code__", None)
        if code is None:
            return cls.of_caller(3)
        for line in range(code.co_firstlineno, code.co_firstlineno + 60):
            if _DEF.match(linecache.getline(code.co_filename, line)):
                return cls(code.co_filename, line)
        return cls(code.co_filename, code.co_firstlineno)

    @classmethod
    def of_caller(cls, depth: int = 2) -> Place:
        """The line that called the caller of this method."""
        frame = sys._getframe(depth)
        return cls(frame.f_code.co_filename, frame.f_lineno)

    def error(self, problem: str, mend: str) -> DeclarationError:
        """Build the error that names this place."""
        return DeclarationError(problem, mend, file=self.file, line=self.line)


@dataclass(frozen=True)
class ParamSpecification:
    """What one `@param` adds to one argument of the signature."""

    name: str
    place: Place
    label: str | None = None
    type: ParameterType | None = None
    help_text: str | None = None
    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    options: Sequence[Any] | None = None
    data_provider: str | None = None
    data_provider_inputs: Mapping[str, Any] | None = None


def pending_params(function: Callable[..., Any]) -> list[ParamSpecification]:
    """What `@param` decorators below have collected on a function."""
    return cast("list[ParamSpecification]", getattr(function, PARAMS_ATTRIBUTE, []))


def check_name(name: str, what: str, place: Place) -> None:
    """Refuse a name that could not stand in an address."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise place.error(
            f"{name!r} is not a usable {what} name.",
            "Start with a letter and use letters, digits, '_' and '-' only, at most 100 characters.",
        )


def check_seconds(value: float, what: str, place: Place, *, least: float, most: float) -> None:
    """Refuse a number of seconds outside its range."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise place.error(
            f"{what}={value!r} is not a number of seconds from {least:g} to {most:g}.",
            f"Write for example {what}={min(max(60, least), most):g}.",
        )


def check_undeclared(function: Callable[..., Any], place: Place) -> None:
    """Refuse a second `@workflow` or `@data_provider` on one function."""
    if getattr(function, DEFINITION_ATTRIBUTE, None) is not None:
        raise place.error(
            f"{function.__name__}() carries @workflow or @data_provider twice.",
            "Keep one of them on each function.",
        )


def attach(function: Callable[..., Any], definition: object) -> None:
    """Remember the frozen definition on the function, and tell a discovery that is under way."""
    setattr(function, DEFINITION_ATTRIBUTE, definition)
    collected = declared.get()
    if collected is not None:
        collected.append(definition)


def first_paragraph_line(function: Callable[..., Any]) -> str:
    """The first line of a docstring."""
    return (function.__doc__ or "").strip().partition("\n")[0].strip()


def option_list(options: Sequence[Any]) -> list[tuple[str, Any]]:
    """Fixed options as (label, value): plain values, or dicts with label and value.

    Raises:
        TypeError: An entry is neither.
    """
    pairs: list[tuple[str, Any]] = []
    for entry in options:
        if isinstance(entry, Mapping) and {"label", "value"} <= set(entry):
            pairs.append((str(entry["label"]), entry["value"]))
        elif isinstance(entry, str | int | float):
            pairs.append((str(entry), entry))
        elif hasattr(entry, "label") and hasattr(entry, "value"):
            pairs.append((str(entry.label), entry.value))
        else:
            raise TypeError(f"{entry!r} is no option")
    return pairs
