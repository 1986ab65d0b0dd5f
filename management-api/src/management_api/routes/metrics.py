"""How executions went lately."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from management_api.dependencies import MetricsReader
from management_api.models.metrics import MetricsRead
from msp_core.metrics.models import Window
from msp_http.authentication import Caller

router = APIRouter(prefix="/api/metrics", tags=["metrics"])


@router.get("")
async def get_metrics(
    caller: Caller,
    metrics: MetricsReader,
    window: Annotated[Window, Query(description="How far back")] = Window.DAY,
) -> MetricsRead:
    """Counts, failures and durations; a technician's over the organizations whose history they may view."""
    return MetricsRead.model_validate(await metrics.read(caller, window))
