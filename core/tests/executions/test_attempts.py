from __future__ import annotations

from datetime import timedelta

import pytest

from msp_core.executions.attempts import LONGEST_DELAY, delay_after_error, has_attempts_left
from msp_core.executions.errors import ExecutionTaken, LeaseLost
from msp_core.executions.models import (
    AttemptEnd,
    Execution,
    ExecutionError,
    ExecutionOutcome,
    ExecutionStatus,
)
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, make_spec
from msp_core.permissions.models import OrgScope
from msp_core.storage.testing import AnswerLost, Network

LEASE = timedelta(seconds=30)
SUCCESS = ExecutionOutcome(status=ExecutionStatus.SUCCESS, result=1)
BROKEN = ExecutionError(type="IntegrationError", message="Graph is away. " * 100, details={"status": 503})


async def begun(executions: ExecutionService, scope: OrgScope) -> Execution:
    return await executions.start(scope, make_spec(retries=2), lease_owner="w", lease=LEASE)


async def again(executions: ExecutionService, execution: Execution, seconds: float = 60) -> Execution:
    return await executions.try_again(
        execution, "w", reason=AttemptEnd.ERROR, error=BROKEN, delay=timedelta(seconds=seconds)
    )


async def test_a_run_that_is_tried_again_waits_with_what_went_wrong_on_record(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    first = await begun(executions, scope)
    started_at, ended_at = clock.moment, clock.advance(seconds=3)
    waiting = await again(executions, first)
    assert waiting.status is ExecutionStatus.PENDING
    assert waiting.next_attempt_at == ended_at + timedelta(seconds=60)
    [attempt] = (await executions.get(scope, first.execution_id)).attempts
    assert (attempt.number, attempt.started_at, attempt.ended_at) == (1, started_at, ended_at)
    assert attempt.reason is AttemptEnd.ERROR
    assert attempt.error is not None
    assert attempt.error.type == "IntegrationError"
    assert len(attempt.error.message) == 500

    clock.advance(seconds=60)
    second = await executions.claim(scope.org_id, first.execution_id, "other", LEASE)
    assert (second.attempt, second.next_attempt_at) == (2, None)
    clock.advance(seconds=1)
    ended = await executions.finish(second, SUCCESS)
    assert [(each.number, each.reason, each.error is None) for each in ended.attempts] == [
        (1, AttemptEnd.ERROR, False),
        (2, AttemptEnd.SUCCESS, True),
    ]
    assert (ended.duration_ms, ended.result) == (1000, 1)


async def test_one_attempt_needs_no_list(executions: ExecutionService, scope: OrgScope) -> None:
    assert (await executions.finish(await begun(executions, scope), SUCCESS)).attempts == []


async def test_cancelling_while_it_waits_ends_it_at_once(
    executions: ExecutionService, scope: OrgScope
) -> None:
    execution = await begun(executions, scope)
    await again(executions, execution)
    ended = await executions.request_cancel(scope, execution.execution_id)
    assert (ended.status, len(ended.attempts), ended.next_attempt_at) == (ExecutionStatus.CANCELLED, 1, None)
    with pytest.raises(ExecutionTaken):
        await executions.claim(scope.org_id, execution.execution_id, "w", LEASE)


async def test_a_cancel_that_came_first_wins_over_another_attempt(
    executions: ExecutionService, scope: OrgScope
) -> None:
    execution = await begun(executions, scope)
    await executions.request_cancel(scope, execution.execution_id)
    assert (await again(executions, execution)).status is ExecutionStatus.CANCELLED


async def test_who_lost_the_lease_cannot_have_it_tried_again(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    execution = await executions.start(scope, make_spec(), lease_owner="w", lease=LEASE)
    clock.advance(seconds=31)
    await executions.reap()
    await executions.drain()
    with pytest.raises(LeaseLost):
        await again(executions, execution)


async def test_a_lost_answer_does_not_count_an_attempt_twice(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    execution = await begun(executions, scope)
    network.fail(AnswerLost(), method="PUT")
    waiting = await again(executions, execution)
    assert [each.number for each in waiting.attempts] == [1]
    assert [each.number for each in (await again(executions, execution)).attempts] == [1]


async def test_a_waiting_attempt_is_no_lost_message_before_its_time(
    executions: ExecutionService, scope: OrgScope, clock: Clock
) -> None:
    await again(executions, await begun(executions, scope), seconds=3600)
    clock.advance(minutes=59)
    assert (await executions.reap()).requeue == []
    clock.advance(minutes=4)
    assert len((await executions.reap()).requeue) == 1


def test_waits_double_spread_and_stay_within_an_hour() -> None:
    def execution(attempt: int) -> Execution:
        values = {"retries": 10, "retry_delay_seconds": 10, "attempt": attempt}
        return Execution.model_construct(**values)  # type: ignore[arg-type]  # only these are looked at

    for attempt, whole in ((1, 10), (2, 20), (3, 40), (10, LONGEST_DELAY.total_seconds())):
        waits = {delay_after_error(execution(attempt)).total_seconds() for _ in range(50)}
        assert whole / 2 <= min(waits) <= max(waits) <= whole
        assert len(waits) > 1
    assert has_attempts_left(execution(10))
    assert not has_attempts_left(execution(11))
