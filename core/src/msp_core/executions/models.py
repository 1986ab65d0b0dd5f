"""An execution, what it starts from, how it ends, and what lists show of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from msp_automation.capabilities import IntegrationCall, LogLine
from msp_core.ids import ExecutionId, FormId, OrgId, UserId, new_execution_id
from msp_core.models import Model, UtcDatetime


class ExecutionStatus(StrEnum):
    """Pending → Running → one of the four ends."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCESS = "Success"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"

    @property
    def is_ended(self) -> bool:
        """Whether nothing will change any more."""
        return self not in LIVE_STATUSES


LIVE_STATUSES = frozenset({ExecutionStatus.PENDING, ExecutionStatus.RUNNING})


class Trigger(StrEnum):
    """What started an execution."""

    API = "api"
    FORM = "form"
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    CLI = "cli"


class ExecutionError(Model):
    """Why an execution did not succeed, in words for a technician."""

    type: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


class Progress(Model):
    """How far a run has come.

    Args:
        fraction: 0 to 1.
    """

    fraction: float
    message: str | None = None


class AttemptEnd(StrEnum):
    """Why an attempt came to its end."""

    SUCCESS = "success"
    ERROR = "error"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class AttemptError(Model):
    """What went wrong in one attempt, in short."""

    type: str
    message: str


class Attempt(Model):
    """One try of an execution that was tried more than once."""

    number: int
    started_at: UtcDatetime
    ended_at: UtcDatetime
    reason: AttemptEnd
    error: AttemptError | None = None


class ExecutionSummary(Model):
    """What lists show: small, without what went in and came out.

    Args:
        started_at: When it was claimed; while it is pending, when it was admitted.
        duration_ms: From `started_at` to `completed_at`.
    """

    execution_id: ExecutionId
    workflow_name: str
    organization_id: OrgId
    form_id: FormId | None = None
    executed_by: UserId
    executed_by_name: str = ""
    trigger: Trigger
    status: ExecutionStatus
    error: ExecutionError | None = None
    duration_ms: int | None = None
    started_at: UtcDatetime
    completed_at: UtcDatetime | None = None
    content_hash: str = ""


class Execution(ExecutionSummary):
    """The full record.

    Args:
        attempt: How often it was claimed.
        attempts: How earlier attempts ended, and at the end the last one too; empty if there was only one.
        next_attempt_at: While it waits for its next attempt: when that begins, unless at once.
        parameters_apart: The input was redacted, and the parameters as they were given lie in a blob.
        lease_ends_at: Until when the worker's claim holds without a heartbeat.
        queued_at: When its queue message was last due to be sent; for the reaper.
    """

    input_data: dict[str, Any] = Field(default_factory=dict)
    result: Any = None
    progress: Progress | None = None
    ip_address: str | None = None
    checkpoints: dict[str, Any] = Field(default_factory=dict)
    integration_calls: list[IntegrationCall] = Field(default_factory=list)
    variables: dict[str, Any] = Field(default_factory=dict)
    timeout_seconds: float = 300
    retries: int = 0
    retry_delay_seconds: float = 10
    parameters_apart: bool = False
    attempt: int = 0
    attempts: list[Attempt] = Field(default_factory=list)
    next_attempt_at: UtcDatetime | None = None
    lease_owner: str | None = None
    lease_ends_at: UtcDatetime | None = None
    cancel_requested: bool = False
    queued_at: UtcDatetime | None = None

    def summary(self) -> ExecutionSummary:
        """The part that lists show; of an error its type and message only."""
        values = {name: getattr(self, name) for name in ExecutionSummary.model_fields}
        if self.error is not None:
            values["error"] = self.error.model_copy(update={"details": {}})
        return ExecutionSummary.model_construct(**values)


class ExecutionSpec(Model):
    """What a new execution starts from; who runs it and where comes from the scope.

    Args:
        execution_id: Made here; given where an idempotency key was claimed with it before.
        input_data: The validated parameters, JSON-safe.
        content_hash: Of the workflow's source file.
        retries: How often it may be tried again.
        retry_delay_seconds: How long the first new attempt after an error waits.
    """

    workflow_name: str
    trigger: Trigger
    execution_id: ExecutionId = Field(default_factory=new_execution_id)
    input_data: dict[str, Any] = Field(default_factory=dict)
    form_id: FormId | None = None
    content_hash: str = ""
    timeout_seconds: float = 300
    retries: int = 0
    retry_delay_seconds: float = 10
    parameters_apart: bool = False
    ip_address: str | None = None


class ExecutionOutcome(Model):
    """How an execution ended.

    Args:
        status: One of the four ends.
    """

    status: ExecutionStatus
    result: Any = None
    error: ExecutionError | None = None
    progress: Progress | None = None
    checkpoints: dict[str, Any] = Field(default_factory=dict)
    integration_calls: list[IntegrationCall] = Field(default_factory=list)
    variables: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecutionFilters:
    """What a list is narrowed to.

    Args:
        started_from: Admitted at this moment or later.
        started_to: Admitted at this moment or earlier.
    """

    status: ExecutionStatus | None = None
    workflow_name: str | None = None
    form_id: FormId | None = None
    user_id: UserId | None = None
    trigger: Trigger | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExecutionPage:
    """Some executions, newest first; `next` is the cursor of the following page, None at the end."""

    items: list[ExecutionSummary]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some log lines, oldest first; `next` is the `after` of the following page."""

    items: list[LogLine]
    next: int


@dataclass(frozen=True, slots=True)
class ReapResult:
    """What one pass of the reaper did.

    Args:
        ended: Executions it ended itself.
        completed: Ends of others whose index rows or active row it put right.
        requeue: Pending executions whose queue message the caller must send (again).
    """

    ended: list[Execution] = field(default_factory=list)
    completed: list[Execution] = field(default_factory=list)
    requeue: list[Execution] = field(default_factory=list)
