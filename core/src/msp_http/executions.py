"""What both services show of an execution's error, and to whom."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from msp_core.executions.models import ExecutionError
from msp_core.models import Model

TRACEBACK = "traceback"
"""Where a stored error's details hold the author's traceback."""

_CLIENT_USER_DETAILS = frozenset({"fields"})


class ExecutionErrorAnswer(Model):
    """Why an execution did not succeed.

    Technicians get the author's traceback and what an integration said; client users get type, message
    and which fields were wrong.
    """

    type: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)
    traceback: str | None = None

    @classmethod
    def of(cls, error: ExecutionError | None, *, is_client_user: bool) -> ExecutionErrorAnswer | None:
        """The error as this kind of person may see it."""
        if error is None:
            return None
        if is_client_user:
            details = {name: value for name, value in error.details.items() if name in _CLIENT_USER_DETAILS}
            return cls(type=error.type, message=error.message, details=details)
        details = {name: value for name, value in error.details.items() if name != TRACEBACK}
        traceback = error.details.get(TRACEBACK)
        return cls(
            type=error.type,
            message=error.message,
            details=details,
            traceback=traceback if isinstance(traceback, str) else None,
        )
