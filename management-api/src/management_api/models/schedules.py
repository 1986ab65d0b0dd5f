"""Bodies of schedules."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.executions.models import ExecutionStatus
from msp_core.models import UtcDatetime
from msp_core.schedules.models import SlotState
from msp_http.bodies import RequestBody


class NextRunRead(Answer):
    """A time at which a schedule will be due."""

    at: UtcDatetime
    local: Annotated[str, Field(description="The same with the offset of the schedule's time zone")]


class LastRunRead(Answer):
    """The newest run of a schedule."""

    execution_id: str
    due_at: UtcDatetime
    status: Annotated[ExecutionStatus | None, Field(description="Null where its record is gone")]
    started_at: UtcDatetime | None


class ScheduleTallyRead(Answer):
    """How often a schedule was due, and what became of it."""

    counted_since: Annotated[
        UtcDatetime,
        Field(
            description="A day or a week ago, or when it was first seen, switched on, or came to cover this"
        ),
    ]
    expected: Annotated[int, Field(description="How often it was due")]
    fired: int
    skipped: Annotated[int, Field(description="Left out, since a run before it went on")]
    missed: Annotated[int, Field(description="No engine was there in time")]
    failed: Annotated[int, Field(description="The run could not be admitted")]
    overdue: Annotated[int, Field(description="Due for two minutes or more, and no engine has seen to it")]


class ScheduleRead(Versioned):
    """A schedule in one organization; its version is that of its switch, null until somebody touches it."""

    workflow_name: str
    schedule_name: str
    organization_id: Annotated[str, Field(description="GLOBAL for a workflow without an organization")]
    organization_name: str | None
    cron: str
    timezone: str
    description: Annotated[str, Field(description="The cron expression in English")]
    overlap: Annotated[str, Field(description="skip or queue, while the run before goes on")]
    is_enabled: bool
    next_runs: Annotated[tuple[NextRunRead, ...], Field(description="The next three; none while disabled")]
    last_run: LastRunRead | None
    last_day: ScheduleTallyRead
    last_week: ScheduleTallyRead


class ScheduleSlotRead(Answer):
    """What became of a time at which a schedule was due."""

    workflow_name: str
    schedule_name: str
    due_at: UtcDatetime
    state: SlotState
    decided_at: UtcDatetime
    execution_id: str | None
    reason: Annotated[str | None, Field(description="Why there is no run")]
    missed_since: Annotated[
        UtcDatetime | None, Field(description="The first of several missed in a row; dueAt is the last")
    ]
    count: Annotated[int, Field(description="How many times this stands for: several if missed in a row")]


class ScheduleSwitchWrite(RequestBody):
    """Whether a schedule runs."""

    is_enabled: bool


class ScheduleSwitchRead(Versioned):
    """Whether a schedule runs for an organization; without a version until somebody switches it."""

    workflow_name: str
    schedule_name: str
    is_enabled: bool
    changed_at: Annotated[UtcDatetime | None, Field(description="Null while nobody ever switched it")]
    changed_by: str | None
