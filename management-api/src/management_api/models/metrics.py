"""The body of the metrics."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer
from msp_core.executions.models import ExecutionStatus
from msp_core.metrics.models import Window
from msp_core.models import UtcDatetime


class DurationsRead(Answer):
    """How long ended executions took; percentiles are within 3 %, null where none has ended."""

    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    max_ms: int | None


class TallyRead(Answer):
    """Executions of some time or of some workflow."""

    count: int
    by_status: Annotated[dict[ExecutionStatus, int], Field(description="Every status, with 0 for none")]
    failure_rate: Annotated[
        float | None, Field(description="Failed or timed out among those that ended, 0 to 1")
    ]
    durations: DurationsRead


class BucketRead(TallyRead):
    """Executions admitted from one moment until before another."""

    starts_at: UtcDatetime
    ends_at: UtcDatetime


class WorkflowTallyRead(TallyRead):
    """Executions of one workflow."""

    workflow_name: str


class MetricsRead(Answer):
    """How the executions of the last day or week went, up to 15 seconds ago."""

    window: Window
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    organizations: Annotated[
        int | None, Field(description="How many organizations are counted; null for all there are")
    ]
    total: TallyRead
    buckets: Annotated[tuple[BucketRead, ...], Field(description="Oldest first: of one hour, or of six")]
    slowest_workflows: Annotated[tuple[WorkflowTallyRead, ...], Field(description="By their p95, at most 10")]
    failing_workflows: Annotated[
        tuple[WorkflowTallyRead, ...], Field(description="By how often they failed or timed out, at most 10")
    ]
