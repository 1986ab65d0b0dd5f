"""What is told of a stretch of time."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from msp_core.executions.models import ExecutionStatus
from msp_core.models import Model, UtcDatetime


class Window(StrEnum):
    """How far back."""

    DAY = "24h"
    WEEK = "7d"

    @property
    def length(self) -> timedelta:
        """The whole of it."""
        return timedelta(days=1) if self is Window.DAY else timedelta(days=7)

    @property
    def bucket(self) -> timedelta:
        """The part that one bucket tells of."""
        return timedelta(hours=1) if self is Window.DAY else timedelta(hours=6)


class Durations(Model):
    """How long ended executions took, in milliseconds; None where none has ended.

    The percentiles are within 3 % of the exact ones.
    """

    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    max_ms: int | None


class Tally(Model):
    """Executions of some time or of some workflow.

    Args:
        by_status: Every status, also those that none has.
        failure_rate: Of those that ended, the part that failed or timed out; None where none has ended.
    """

    count: int
    by_status: dict[ExecutionStatus, int]
    failure_rate: float | None
    durations: Durations


class BucketTally(Tally):
    """Executions admitted from one moment until before another."""

    starts_at: UtcDatetime
    ends_at: UtcDatetime


class WorkflowTally(Tally):
    """Executions of one workflow."""

    workflow_name: str


class Metrics(Model):
    """A window's executions.

    Args:
        organizations: How many they are taken from; None for all there are.
        buckets: Oldest first, without gaps.
        slowest_workflows: By their 95th percentile, slowest first.
        failing_workflows: Those with failures, most failures first.
    """

    window: Window
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    organizations: int | None
    total: Tally
    buckets: tuple[BucketTally, ...]
    slowest_workflows: tuple[WorkflowTally, ...]
    failing_workflows: tuple[WorkflowTally, ...]
