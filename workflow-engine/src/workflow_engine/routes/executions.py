"""Following and stopping executions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from msp_core.ids import ExecutionId
from msp_http.openapi import refusals
from workflow_engine.answers import ExecutionAnswer
from workflow_engine.dependencies import Follower, FollowerScope
from workflow_engine.execution.following import LogAnswer

router = APIRouter(prefix="/api/executions", tags=["executions"])

ExecutionPath = Annotated[str, Path(alias="executionId", max_length=100)]
After = Annotated[int, Query(ge=0, le=10_000_000, description="The `next` of the answer before")]
Wait = Annotated[float, Query(ge=0, le=20, description="Seconds to hold the answer until there is news")]


@router.get("/{executionId}/logs")
async def follow_execution(
    execution_id: ExecutionPath, scope: FollowerScope, following: Follower, after: After = 0, wait: Wait = 0
) -> LogAnswer:
    """Read an execution's status and its log lines after a cursor."""
    return await following.read_log(scope, ExecutionId(execution_id), after=after, wait_seconds=wait)


@router.post("/{executionId}/cancel", status_code=202, responses=refusals(409))
async def cancel_execution(
    execution_id: ExecutionPath, scope: FollowerScope, following: Follower
) -> ExecutionAnswer:
    """Ask a pending or running execution to stop."""
    return ExecutionAnswer.of(await following.cancel(scope, ExecutionId(execution_id)), scope)
