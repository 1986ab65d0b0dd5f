"""Bodies of executions."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field

from management_api.models.base import Answer
from msp_automation.capabilities import IntegrationCall, LogLine
from msp_core.executions.models import Attempt, Execution, ExecutionStatus, Trigger
from msp_core.models import UtcDatetime
from msp_core.permissions.models import OrgScope


class ExecutionErrorRead(Answer):
    """Why an execution did not succeed."""

    type: str
    message: str
    details: Annotated[dict[str, Any], Field(description="With a traceback, but not for client users")]


class ProgressRead(Answer):
    """How far an execution says it is."""

    fraction: Annotated[float, Field(description="0 to 1")]
    message: str | None


class ExecutionSummaryRead(Answer):
    """An execution as lists show it."""

    execution_id: str
    workflow_name: str
    organization_id: Annotated[str, Field(description="GLOBAL for a run without an organization")]
    form_id: str | None
    executed_by: str
    executed_by_name: str
    trigger: Trigger
    status: ExecutionStatus
    error: ExecutionErrorRead | None
    duration_ms: int | None
    started_at: UtcDatetime
    completed_at: UtcDatetime | None
    content_hash: str


class ExecutionRead(ExecutionSummaryRead):
    """The whole record of an execution."""

    input_data: dict[str, Any]
    result: Any
    progress: ProgressRead | None
    ip_address: str | None
    timeout_seconds: float
    cancel_requested: bool
    checkpoints: dict[str, Any]
    integration_calls: tuple[IntegrationCall, ...]
    variables: dict[str, Any]
    attempts: Annotated[
        tuple[Attempt, ...],
        Field(description="How each attempt ended; empty if there was only one"),
    ]
    next_attempt_at: Annotated[
        UtcDatetime | None, Field(description="While it waits for its next attempt: when that begins")
    ]

    @classmethod
    def of(cls, execution: Execution, scope: OrgScope) -> Self:
        """The record as the scope's holder may see it: no traceback for client users."""
        answer = cls.model_validate(execution)
        if answer.error is None or not scope.is_client_user:
            return answer
        details = {name: value for name, value in answer.error.details.items() if name != "traceback"}
        return answer.model_copy(update={"error": answer.error.model_copy(update={"details": details})})


class LogPageRead(Answer):
    """Log lines after a cursor."""

    items: tuple[LogLine, ...]
    next: Annotated[int, Field(description="The `after` of the next request")]
    done: Annotated[bool, Field(description="The execution has ended and these are its last lines")]
    status: ExecutionStatus
    progress: ProgressRead | None
