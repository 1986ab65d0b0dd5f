"""A week of executions, written straight into storage: what the history and the figures are seen with."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.bench.batches import Batches

from msp_core.executions.models import Execution, ExecutionError, ExecutionStatus, ExecutionSummary, Trigger
from msp_core.executions.repository import ExecutionRow, day_of
from msp_core.executions.testing import execution_id_at
from msp_core.ids import OrgId, UserId, execution_row_key
from msp_core.models import utc_now
from msp_core.storage import Storage, TableName
from msp_core.users.models import User, UserType
from msp_core.users.repository import UserRepository
from msp_devstack import demo

_COUNT = 700
_NAMES = (
    ("Aiko Tanaka", "aiko.tanaka"), ("Bartholomew Featherstonehaugh-Cholmondeley", "b.featherstonehaugh"),
    ("Chidi Okafor", "chidi.okafor"), ("Dagny Sørensen", "dagny.sorensen"), ("Emre Öztürk", "emre.ozturk"),
    ("Freya Lindqvist", "freya.lindqvist"), ("Gonçalo Pereira", "goncalo.pereira"),
    ("Hanna Wójcik", "hanna.wojcik"), ("Isla MacLeod", "isla.macleod"), ("Joonas Virtanen", "joonas.virtanen"),
    ("Katarzyna Nowak", "katarzyna.nowak"), ("Luca Moretti", "luca.moretti"),
)  # fmt: skip
_PEOPLE = [(demo.TECHNICIAN.user_id, demo.TECHNICIAN.name)] + [
    (f"{demo.MSP_TENANT_ID}.b2000000-0000-4000-8000-{number:012d}", name)
    for number, (name, _) in enumerate(_NAMES)
]
_WORKFLOWS = {
    "licence_report": 900, "onboard_user": 5200, "offboard_user": 3100, "mailbox_sizes": 8400,
    "backup_summary": 400, "reset_mfa": 1500, "triage_ticket": 700, "review_sign_ins": 26_000,
}  # fmt: skip
_ERRORS = (
    ExecutionError(
        type="IntegrationError",
        message="Microsoft Graph refused: Insufficient privileges to complete the operation.",
    ),
    ExecutionError(
        type="WorkflowError", message="There is no free seat of Microsoft 365 Business Premium (SPB)."
    ),
    ExecutionError(
        type="ConfigurationError",
        message="The secret “halopsa-client-secret” is not set for this organization, nor for all.",
    ),
)


async def fill(storage: Storage, organizations: list[str]) -> None:
    """More people, and the week that they and their schedules had."""
    await _people(UserRepository(storage))
    whole = storage.table(TableName.WORKFLOW_EXECUTIONS, ExecutionRow, large_values=False)
    by_user = storage.table(TableName.USER_EXECUTIONS, ExecutionSummary, large_values=False)
    by_day = storage.table(TableName.EXECUTIONS_BY_DAY, ExecutionSummary, large_values=False)
    choice = random.Random(5)
    async with Batches(whole) as ended, Batches(by_user) as users, Batches(by_day) as days:
        for number in range(_COUNT):
            execution = _execution(choice, number, organizations)
            key, summary = execution_row_key(execution.execution_id), execution.summary()
            await ended.add(execution.organization_id, key, execution)
            await users.add(execution.executed_by, key, summary)
            await days.add(day_of(execution.execution_id), key, summary)


async def _people(users: UserRepository) -> None:
    now = utc_now()
    for number, (name, address) in enumerate(_NAMES):
        await users.insert(
            User(
                id=UserId(_PEOPLE[number + 1][0]),
                email=f"{address}@msp.example",
                display_name=name,
                user_type=UserType.MSP,
                is_msp_admin=number == 2,
                is_active=number != 4,
                created_at=now - timedelta(days=30 * number + 3),
                last_login=None if number == 11 else now - timedelta(hours=7 * number * number),
            )
        )


def _execution(choice: random.Random, number: int, organizations: list[str]) -> ExecutionRow:
    # Working hours are busier than nights: two of three lie in the nearer half of each day's gap.
    moment = (
        utc_now() - timedelta(minutes=7) * 2 - timedelta(days=7) * (number / _COUNT) * choice.uniform(0.97, 1)
    )
    workflow = choice.choice(list(_WORKFLOWS))
    failed = choice.random() < (0.3 if workflow == "reset_mfa" else 0.05)
    timed_out = not failed and workflow == "review_sign_ins" and choice.random() < 0.1
    cancelled = not failed and not timed_out and choice.random() < 0.015
    status = (
        ExecutionStatus.FAILED if failed
        else ExecutionStatus.TIMED_OUT if timed_out
        else ExecutionStatus.CANCELLED if cancelled
        else ExecutionStatus.SUCCESS
    )  # fmt: skip
    error = choice.choice(_ERRORS) if failed else None
    if timed_out:
        error = ExecutionError(type="TimedOut", message="The run took longer than its 60 s.")
    user_id, name = choice.choice(_PEOPLE)
    duration_ms = int(_WORKFLOWS[workflow] * choice.lognormvariate(0, 0.5))
    execution = Execution(
        execution_id=execution_id_at(moment, number),
        workflow_name=workflow,
        organization_id=OrgId(choice.choice(organizations)),
        executed_by=UserId(user_id),
        executed_by_name=name,
        trigger=choice.choice((Trigger.FORM, Trigger.FORM, Trigger.SCHEDULE, Trigger.API, Trigger.WEBHOOK)),
        status=status,
        error=error,
        duration_ms=duration_ms,
        started_at=moment,
        completed_at=moment + timedelta(milliseconds=duration_ms),
        content_hash="8f14e45fceea167a" * 4,
        ip_address="203.0.113.7",
        attempt=1,
    )
    return ExecutionRow.model_construct(
        **{field: getattr(execution, field) for field in Execution.model_fields}, blobs={}
    )
