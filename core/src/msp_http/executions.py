"""What both services show of an execution's error, and to whom."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from msp_core.executions.models import ExecutionError
from msp_core.models import Model

TRACEBACK = "traceback"
"""Where a stored error's details hold the author's traceback."""

_FOR_CLIENT_USERS = frozenset({"fields"})


class ExecutionErrorAnswer(Model):
    """Why an execution did not succeed.

    For technicians the details hold the author's traceback (`traceback`) and what an integration said;
    for client users nothing but which fields were wrong.
    """

    type: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, error: ExecutionError | None, *, is_client_user: bool) -> ExecutionErrorAnswer | None:
        """The error as this kind of person may see it."""
        if error is None:
            return None
        details = error.details
        if is_client_user:
            details = {name: value for name, value in details.items() if name in _FOR_CLIENT_USERS}
        return cls(type=error.type, message=error.message, details=details)
