"""`retries=` and `retry_on=`: which ends of a run are worth another attempt."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Final

from msp_automation.declaring import Place, check_seconds

MOST_RETRIES: Final = 10
LONGEST_RETRY_DELAY_SECONDS: Final = 3600
NEVER_RETRIED: Final = frozenset({"ValidationError", "ConfigurationError"})
"""What another attempt cannot mend: somebody has to change the input or a setting first."""

_TOO_WIDE: Final = frozenset({"BaseException", "object"})


def check_retries(
    retries: int, delay_seconds: float, retry_on: Sequence[type[BaseException] | str], place: Place
) -> list[str]:
    """The names of the errors worth another attempt, once everything about retries is found right."""
    if not isinstance(retries, int) or isinstance(retries, bool) or not 0 <= retries <= MOST_RETRIES:
        raise place.error(
            f"retries={retries!r} is not a number from 0 to {MOST_RETRIES}.", "Write for example retries=2."
        )
    check_seconds(delay_seconds, "retry_delay_seconds", place, least=0, most=LONGEST_RETRY_DELAY_SECONDS)
    names = _names(retry_on, place)
    if names and retries == 0:
        raise place.error("retry_on is given without retries.", "Add for example retries=2.")
    return names


def _names(retry_on: Sequence[type[BaseException] | str], place: Place) -> list[str]:
    if isinstance(retry_on, str) or inspect.isclass(retry_on):
        shown = retry_on if isinstance(retry_on, str) else retry_on.__name__
        raise place.error("retry_on is a single error.", f"Write retry_on=({shown!r},) with the comma.")
    return [_name(error, place) for error in retry_on]


def _name(error: type[BaseException] | str, place: Place) -> str:
    if inspect.isclass(error) and issubclass(error, BaseException):
        name = error.__name__
    elif isinstance(error, str) and error.isidentifier():
        name = error
    else:
        raise place.error(
            f"retry_on names {error!r}, which is no error.",
            "Name exception classes, such as IntegrationError.",
        )
    if name in NEVER_RETRIED:
        raise place.error(
            f"retry_on names {name}, which another attempt cannot mend.",
            "Leave it out; it is never repeated.",
        )
    if name in _TOO_WIDE:
        raise place.error(f"retry_on names {name}, which would catch everything.", "Name Exception at most.")
    return name


def is_worth_retrying(kinds: Iterable[str], retry_on: Iterable[str]) -> bool:
    """Whether an error is one of those named.

    Args:
        kinds: The names of its class and of the classes that one derives from.
    """
    names = set(kinds)
    return not names & NEVER_RETRIED and not names.isdisjoint(retry_on)


def kinds_of(error: BaseException) -> list[str]:
    """The names by which `retry_on` may mean this error."""
    return [kind.__name__ for kind in type(error).__mro__ if kind.__name__ not in _TOO_WIDE]
