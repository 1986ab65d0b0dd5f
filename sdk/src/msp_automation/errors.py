"""What can go wrong in an author's code, in words a technician can act on.

Exception
├── WorkflowError              the run failed for a reason its author states
│   ├── ValidationError        a parameter is missing or wrong; details name each field
│   ├── ConfigurationError     a setting, secret or integration is missing for this organization
│   ├── IntegrationError       Microsoft Graph, HaloPSA, … refused, failed or did not answer
│   └── WorkflowTimeout        the run took longer than its limit
└── DeclarationError           a decorator or signature is wrong; raised at import
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class WorkflowError(Exception):
    """A run ends as `Failed` with this message.

    Args:
        message: One sentence that says what happened and what to do about it.
        details: JSON values for the record; never a secret.
    """

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})


class ValidationError(WorkflowError):
    """A parameter is missing or wrong.

    `details["fields"]` maps each parameter's name to one short sentence.
    """

    @classmethod
    def for_fields(cls, fields: Mapping[str, str]) -> ValidationError:
        """Build the error from one message per parameter."""
        listed = "; ".join(f"{name}: {message}" for name, message in fields.items())
        return cls(f"Some values are missing or wrong. {listed}", details={"fields": dict(fields)})


class ConfigurationError(WorkflowError):
    """A setting, secret or integration is missing for this organization."""


class IntegrationError(WorkflowError):
    """Another system refused, failed or did not answer.

    `details` holds `integration`, `status`, `code`, `reason`, `endpoint` and
    `requestId`, each None where the other system did not say.
    """


class WorkflowTimeout(WorkflowError):
    """The run took longer than its limit."""


class DeclarationError(Exception):
    """A decorator or signature is wrong; raised while the file is imported.

    Args:
        problem: What is wrong, in one sentence.
        mend: What to write instead, in one sentence.
        file: The author's file.
        line: The line in it, from 1.
    """

    def __init__(self, problem: str, mend: str, *, file: str = "", line: int | None = None) -> None:
        place = f"{file}:{line}: " if file and line is not None else f"{file}: " if file else ""
        super().__init__(f"{place}{problem} {mend}")
        self.problem = problem
        self.mend = mend
        self.file = file
        self.line = line
