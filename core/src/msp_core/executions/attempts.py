"""Attempts: whether there is another one, when, and what is kept of those before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, Final

from msp_core.executions.models import (
    Attempt,
    AttemptEnd,
    AttemptError,
    Execution,
    ExecutionError,
    ExecutionStatus,
)

LONGEST_DELAY: Final = timedelta(hours=1)
_AT_ONCE: Final = timedelta(0)
_LONGEST_MESSAGE: Final = 500

_REASONS: Final = {
    ExecutionStatus.SUCCESS: AttemptEnd.SUCCESS,
    ExecutionStatus.FAILED: AttemptEnd.ERROR,
    ExecutionStatus.TIMED_OUT: AttemptEnd.TIMED_OUT,
    ExecutionStatus.CANCELLED: AttemptEnd.CANCELLED,
}


def has_attempts_left(execution: Execution) -> bool:
    """Whether its author allows another attempt after the one that was just made."""
    return execution.attempt <= execution.retries


def delay_after_error(execution: Execution) -> timedelta:
    """How long to wait before the next attempt: doubled each time, and spread over its second half.

    The spread keeps runs that failed together, because another system was away, from coming back together.
    """
    whole = timedelta(seconds=execution.retry_delay_seconds) * 2.0 ** max(0, execution.attempt - 1)
    return min(whole, LONGEST_DELAY) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def attempt_of(
    execution: Execution, ended_at: datetime, reason: AttemptEnd, error: ExecutionError | None
) -> Attempt:
    """The attempt that an execution has just made."""
    return Attempt(
        number=execution.attempt,
        started_at=execution.started_at,
        ended_at=ended_at,
        reason=reason,
        error=None
        if error is None
        else AttemptError(type=error.type[:100], message=error.message[:_LONGEST_MESSAGE]),
    )


def waiting_again(execution: Execution, attempt: Attempt, delay: timedelta = _AT_ONCE) -> dict[str, Any]:
    """What changes in the live row of an execution that waits for its next attempt."""
    return {
        "status": ExecutionStatus.PENDING,
        "attempts": [*execution.attempts, attempt],
        "next_attempt_at": attempt.ended_at + delay if delay else None,
        "lease_owner": None,
        "lease_ends_at": None,
        "queued_at": attempt.ended_at + delay,
    }


def attempts_at_end(
    execution: Execution, status: ExecutionStatus, error: ExecutionError | None, ended_at: datetime
) -> list[Attempt]:
    """All attempts of an execution that ends now; none where the record itself tells of the only one."""
    if not execution.attempts or execution.status is not ExecutionStatus.RUNNING:
        return execution.attempts
    is_interrupted = error is not None and error.type == "Interrupted"
    reason = AttemptEnd.INTERRUPTED if is_interrupted else _REASONS[status]
    return [*execution.attempts, attempt_of(execution, ended_at, reason, error)]
