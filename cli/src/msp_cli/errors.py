"""What a command can end with, as one tree; each kind has its exit code.

CliError
├── Failed        1  it was done, and the outcome is a failure
├── Usage         2  what was asked is wrong: an option, a parameter, a file
├── NotAllowed    3  not signed in, or signed in as somebody who may not
├── Missing       4  there is no such thing within reach
└── Unreachable   5  the stack or the environment does not answer
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class CliError(Exception):
    """The root: told in one sentence that says what to do.

    Args:
        code: The machine-readable name; the class's own unless a service gave one.
        details: JSON values, never a secret.
    """

    default_code: ClassVar[str] = "Failed"
    exit_code: ClassVar[int] = 1

    def __init__(
        self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details: dict[str, Any] = dict(details or {})

    def document(self) -> dict[str, Any]:
        """The error as `--json` shows it."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


class Failed(CliError):
    """It was done, and the outcome is a failure."""


class Usage(CliError):
    """What was asked is wrong."""

    default_code = "Usage"
    exit_code = 2

    @classmethod
    def for_fields(cls, fields: Mapping[str, str]) -> Usage:
        """Wrong parameters, one sentence for each, as the services tell them."""
        listed = "; ".join(f"{name}: {message}" for name, message in fields.items())
        message = f"Some values are missing or wrong. {listed}"
        return cls(message, code="ValidationError", details={"fields": dict(fields)})


class NotAllowed(CliError):
    """Not signed in, or not allowed to."""

    default_code = "Forbidden"
    exit_code = 3


class Missing(CliError):
    """There is no such thing within reach."""

    default_code = "NotFound"
    exit_code = 4


class Unreachable(CliError):
    """The stack or the environment does not answer."""

    default_code = "Unavailable"
    exit_code = 5


_BY_STATUS: Mapping[int, type[CliError]] = {
    400: Usage,
    401: NotAllowed,
    403: NotAllowed,
    404: Missing,
    413: Usage,
    429: Unreachable,
    502: Unreachable,
    503: Unreachable,
    504: Unreachable,
}


def kind_of_status(status: int) -> type[CliError]:
    """The kind of error that an HTTP status stands for."""
    return _BY_STATUS.get(status, Failed)
