"""A past: ended executions of many organizations, in the three tables that they lie in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.bench.batches import Batches

from msp_core.executions.models import Execution, ExecutionError, ExecutionStatus, ExecutionSummary, Trigger
from msp_core.executions.repository import ExecutionRow, day_of
from msp_core.executions.testing import execution_id_at
from msp_core.ids import ExecutionId, OrgId, UserId, execution_row_key
from msp_core.storage import Storage, TableName
from msp_devstack import demo

PEOPLE = [
    UserId(demo.TECHNICIAN.user_id),
    *(UserId(f"{demo.MSP_TENANT_ID}.b1000000-0000-4000-8000-{number:012d}") for number in range(19)),
]
WORKFLOWS = [f"workflow_{number:02d}" for number in range(15)]
_DAYS = 88
_LARGEST_SHARE = 2 / 9
_ENDS = {
    ExecutionStatus.SUCCESS: 92,
    ExecutionStatus.FAILED: 5,
    ExecutionStatus.TIMED_OUT: 2,
    ExecutionStatus.CANCELLED: 1,
}


def largest(organizations: list[OrgId]) -> OrgId:
    """The organization with two ninths of all executions: 20,000 of 90,000."""
    return organizations[0]


async def fill(
    storage: Storage, organizations: list[OrgId], count: int, *, until: datetime
) -> list[tuple[OrgId, ExecutionId]]:
    """Write ended executions as evenly as possible over the days before `until`.

    Returns:
        Where a few hundred of them lie.
    """
    whole = storage.table(TableName.WORKFLOW_EXECUTIONS, ExecutionRow, large_values=False)
    by_user = storage.table(TableName.USER_EXECUTIONS, ExecutionSummary, large_values=False)
    by_day = storage.table(TableName.EXECUTIONS_BY_DAY, ExecutionSummary, large_values=False)
    some: list[tuple[OrgId, ExecutionId]] = []
    async with Batches(whole) as ended, Batches(by_user) as users, Batches(by_day) as days:
        for number, execution in enumerate(_executions(organizations, count, until)):
            key, summary = execution_row_key(execution.execution_id), execution.summary()
            await ended.add(execution.organization_id, key, execution)
            await users.add(execution.executed_by, key, summary)
            await days.add(day_of(execution.execution_id), key, summary)
            if number % max(1, count // 300) == 0:
                some.append((execution.organization_id, execution.execution_id))
    return some


def _executions(organizations: list[OrgId], count: int, until: datetime) -> Iterator[ExecutionRow]:
    # The same past in every run.
    choice = random.Random(7)
    weights = _weights(len(organizations))
    gap = timedelta(days=_DAYS) / count
    wheres = choice.choices(organizations, weights, k=count)
    ends = choice.choices(list(_ENDS), list(_ENDS.values()), k=count)
    for number in range(count):
        yield _execution(choice, wheres[number], ends[number], until - number * gap, number)


def _weights(count: int) -> list[float]:
    """One organization has a lot, the others ever less."""
    others = [1 / (rank + 10) for rank in range(count - 1)]
    return [_LARGEST_SHARE, *(weight / sum(others) * (1 - _LARGEST_SHARE) for weight in others)]


def _execution(
    choice: random.Random, org_id: OrgId, status: ExecutionStatus, moment: datetime, number: int
) -> ExecutionRow:
    duration_ms = int(choice.lognormvariate(7, 1))
    person = choice.randrange(len(PEOPLE))
    has_failed = status is not ExecutionStatus.SUCCESS
    execution = Execution(
        execution_id=execution_id_at(moment, number),
        workflow_name=choice.choice(WORKFLOWS),
        organization_id=org_id,
        executed_by=PEOPLE[person],
        executed_by_name=f"Technician {person}",
        trigger=choice.choice((Trigger.API, Trigger.FORM)),
        status=status,
        error=ExecutionError(type="UpstreamFailed", message="Graph said no.") if has_failed else None,
        duration_ms=duration_ms,
        started_at=moment,
        completed_at=moment + timedelta(milliseconds=duration_ms),
        content_hash="0123456789abcdef" * 4,
        input_data={"first_name": "Adele", "last_name": "Vance", "email": "adele.vance@contoso.example"},
        result={"userId": org_id, "groups": ["Sales", "Everybody"]},
        ip_address="203.0.113.7",
        attempt=1,
    )
    return ExecutionRow.model_construct(
        **{name: getattr(execution, name) for name in Execution.model_fields}, blobs={}
    )
