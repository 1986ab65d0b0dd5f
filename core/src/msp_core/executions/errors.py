"""What can be refused about executions.

Conflict
├── ExecutionTaken    another worker holds it, or it has ended
│   └── LeaseLost     it was ours; now it is not: stop working on it
└── ExecutionEnded    there is nothing left to stop
"""

from __future__ import annotations

from msp_core.errors import Conflict, NotFound
from msp_core.ids import ExecutionId


class ExecutionTaken(Conflict):
    """Another worker holds the execution, or it has ended."""

    code = "ExecutionTaken"


class LeaseLost(ExecutionTaken):
    """The execution was ours and is no longer."""

    code = "LeaseLost"


class ExecutionEnded(Conflict):
    """The execution has ended already."""

    code = "ExecutionEnded"


def no_such_execution(execution_id: ExecutionId | str) -> NotFound:
    """The one answer for ids that are unknown, malformed, or of another organization."""
    return NotFound("There is no such execution.", details={"executionId": str(execution_id)[:64]})
