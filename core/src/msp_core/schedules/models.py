"""A schedule as declared, its switch per organization, its mark, and its slots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msp_automation.metadata import Catalog, ScheduleMetadata, WorkflowMetadata
from msp_automation.timetable import Timetable
from msp_core.ids import ExecutionId, UserId
from msp_core.models import Model, UtcDatetime
from msp_core.organizations.models import Organization
from msp_core.permissions.actors import Actor, ActorKind


@dataclass(frozen=True)
class DeclaredSchedule:
    """One `@schedule` of one workflow."""

    workflow: WorkflowMetadata
    schedule: ScheduleMetadata

    @property
    def key(self) -> str:
        """Names it in row keys; neither name can hold a `|`."""
        return schedule_key(self.workflow.name, self.schedule.name)

    @property
    def mark_key(self) -> str:
        """The same with a digest of when and for whom it runs.

        So a changed schedule begins afresh, and while two versions of the code run side by side, each has a
        mark of its own.
        """
        one = self.schedule
        said = [one.cron, one.timezone, one.all_organizations, one.organizations, one.tags]
        return f"{self.key}|{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}"

    @property
    def actor(self) -> Actor:
        """Whom its runs are executed by."""
        return schedule_actor(self.workflow.name, self.schedule.name)

    @property
    def timetable(self) -> Timetable:
        """When it is due."""
        return Timetable(self.schedule.cron, self.schedule.timezone)

    def covers(self, organization: Organization) -> bool:
        """Whether it runs for this organization; never for an inactive one."""
        if not (self.workflow.requires_org and organization.is_active):
            return False
        one = self.schedule
        return (
            one.all_organizations
            or organization.id in one.organizations
            or not set(one.tags).isdisjoint(organization.tags)
        )


def schedule_key(workflow_name: str, schedule_name: str) -> str:
    """What names a schedule in row keys."""
    return f"{workflow_name}|{schedule_name}"


def schedule_actor(workflow_name: str, schedule_name: str) -> Actor:
    """Whom the runs of a schedule are executed by."""
    name = f"Schedule {schedule_name} of {workflow_name}"
    return Actor(ActorKind.SCHEDULE, f"{workflow_name}.{schedule_name}", name)


def declared_schedules(catalog: Catalog) -> list[DeclaredSchedule]:
    """Every schedule of every workflow, by name."""
    return [
        DeclaredSchedule(workflow, schedule)
        for workflow in sorted(catalog.workflows, key=lambda one: one.name)
        for schedule in sorted(workflow.schedules, key=lambda one: one.name)
    ]


class ScheduleSwitch(Model):
    """Whether a schedule runs for one organization; without such a row it does.

    Args:
        changed_at: When it was last switched on or off; what was due before stays as it is.
    """

    workflow_name: str
    schedule_name: str
    is_enabled: bool = True
    changed_at: UtcDatetime
    changed_by: UserId


class SlotState(StrEnum):
    """What became of a time at which a schedule was due."""

    FIRED = "fired"
    SKIPPED = "skipped"
    MISSED = "missed"
    FAILED = "failed"


class Slot(Model):
    """One decision about one organization.

    Args:
        execution_id: Of the run, for a slot that fired. It is written before the run is admitted.
        reason: Why there is no run, for a technician.
        missed_since: Of several that were missed in a row, the first; `due_at` is the last.
        count: How many times it stands for: 1, unless they were missed in a row.
    """

    workflow_name: str
    schedule_name: str
    due_at: UtcDatetime
    state: SlotState
    decided_at: UtcDatetime
    execution_id: ExecutionId | None = None
    reason: str | None = None
    missed_since: UtcDatetime | None = None
    count: int = 1

    @property
    def key(self) -> str:
        """The schedule's name in row keys."""
        return schedule_key(self.workflow_name, self.schedule_name)


class Round(Model):
    """What is to be done about the times that have come since the last round, the same whoever does it.

    Args:
        until: The moment up to which this round decides.
        fire_at: The one time that may still start.
        missed_since: The first and, with `missed_until`, the last of those that are too late.
    """

    until: UtcDatetime
    fire_at: UtcDatetime | None = None
    missed_since: UtcDatetime | None = None
    missed_until: UtcDatetime | None = None
    missed_count: int = 0

    @classmethod
    def of(cls, due: Sequence[datetime], now: datetime, catch_up_seconds: float) -> Round:
        """The newest may start if it is not too late; of those before it, a later one has come already."""
        is_in_time = (now - due[-1]).total_seconds() <= catch_up_seconds
        missed = due[:-1] if is_in_time else due
        return cls(
            until=now,
            fire_at=due[-1] if is_in_time else None,
            missed_since=missed[0] if missed else None,
            missed_until=missed[-1] if missed else None,
            missed_count=len(missed),
        )


class Mark(Model):
    """How far a schedule has been decided, for all organizations at once.

    Args:
        first_seen_at: Nothing from before this moment ever fires.
        round: What somebody has begun; whoever holds the lease carries it out.
        has_held: Some run waits for the one before it.
    """

    workflow_name: str
    schedule_name: str
    first_seen_at: UtcDatetime
    decided_until: UtcDatetime
    round: Round | None = None
    has_held: bool = False
    lease_owner: str | None = None
    lease_ends_at: UtcDatetime | None = None

    def is_leased_to_another(self, owner: str, now: datetime) -> bool:
        """Whether somebody else works on it."""
        return self.lease_owner not in {None, owner} and (
            self.lease_ends_at is not None and self.lease_ends_at > now
        )
