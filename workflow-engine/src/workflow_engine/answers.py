"""How executions look to whoever asked for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import Field

from msp_core.executions.models import Attempt, Execution, ExecutionStatus, Progress, Trigger
from msp_core.models import Model
from msp_core.permissions.models import OrgScope
from msp_http.executions import ExecutionErrorAnswer


class ExecutionAnswer(Model):
    """An execution as the one who ran it sees it."""

    execution_id: str
    workflow_name: str
    organization_id: str
    form_id: str | None = None
    executed_by: str
    trigger: Trigger
    status: ExecutionStatus
    input_data: dict[str, Any]
    result: Any = None
    error: ExecutionErrorAnswer | None = None
    duration_ms: int | None = None
    started_at: datetime
    completed_at: datetime | None = None
    progress: Progress | None = None
    attempts: list[Attempt] = Field(default_factory=list)
    next_attempt_at: datetime | None = None

    @classmethod
    def of(cls, execution: Execution, scope: OrgScope) -> ExecutionAnswer:
        """The answer for this scope's holder."""
        return cls(
            **{name: getattr(execution, name) for name in cls.model_fields if name not in {"error"}},
            error=ExecutionErrorAnswer.of(execution.error, is_client_user=scope.is_client_user),
        )


def answer_run(execution: Execution, scope: OrgScope, response: Response) -> ExecutionAnswer:
    """200 for a run that has ended, 202 and where to follow it for one that goes on."""
    if not execution.status.is_ended:
        response.status_code = 202
        response.headers["Location"] = f"/api/executions/{execution.execution_id}/logs"
    return ExecutionAnswer.of(execution, scope)
