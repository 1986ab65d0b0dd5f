"""What the docstrings promise about storage operations, counted on the wire."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from msp_automation.capabilities import LogLine
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, make_spec
from msp_core.ids import new_execution_id
from msp_core.permissions.models import OrgScope
from msp_core.storage import Storage
from msp_core.storage.testing import Network

SUCCESS = ExecutionOutcome(status=ExecutionStatus.SUCCESS)


@pytest.fixture(autouse=True)
async def _warm(executions: ExecutionService, scope: OrgScope, storage: Storage, network: Network) -> None:
    """Create every table first: that is done once in an account's life."""
    await executions.finish(await executions.start(scope, make_spec(), lease_owner="w"), SUCCESS)
    await executions.drain()
    await IdempotencyService(storage).claim(scope.user.id, "first", new_execution_id())
    network.forget()


async def test_a_synchronous_execution_takes_five_operations(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    assert network.count() == 1
    await executions.finish(started, SUCCESS)
    assert network.count() == 2
    await executions.drain()
    assert network.count() == 5


async def test_ends_that_come_close_together_share_what_follows_them(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    started = [await executions.start(scope, make_spec(), lease_owner="w") for _ in range(20)]
    network.forget()
    await asyncio.gather(*(executions.finish(one, SUCCESS) for one in started))
    assert network.count() == 20
    await executions.drain()
    assert network.count() <= 20 + 2 * 3
    listed = await executions.list_for_user(scope.user, scope.user.id)
    assert {one.execution_id for one in started} <= {one.execution_id for one in listed.items}
    assert {one.status for one in listed.items} == {ExecutionStatus.SUCCESS}


async def test_a_queued_execution_takes_seven_operations_and_one_per_heartbeat(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    admitted = await executions.admit(scope, make_spec())
    assert network.count() == 1
    claimed = await executions.claim(scope.org_id, admitted.execution_id, "w")
    assert network.count() == 3
    await executions.renew(scope.org_id, admitted.execution_id, "w")
    assert network.count() == 4
    await executions.finish(claimed, SUCCESS)
    await executions.drain()
    assert network.count() == 8


async def test_reading_takes_one_operation_when_ended_and_two_while_live(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    network.forget()
    await executions.get(scope, started.execution_id)
    assert network.count() == 2
    await executions.finish(started, SUCCESS)
    await executions.drain()
    network.forget()
    await executions.get(scope, started.execution_id)
    assert network.count() == 1


async def test_a_list_takes_two_operations(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    await executions.list_page(scope)
    assert network.count() == 2
    network.forget()
    await executions.list_for_user(scope.user, scope.user.id)
    assert network.count() == 2


async def test_a_reaper_with_nothing_to_do_takes_one_operation(
    executions: ExecutionService, scope: OrgScope, network: Network, clock: Clock
) -> None:
    await executions.start(scope, make_spec(), lease_owner="w", lease=timedelta(hours=1))
    network.forget()
    await executions.reap()
    assert network.count() == 1


async def test_a_log_takes_two_operations_to_begin_and_one_for_each_addition_and_reading(
    storage: Storage, scope: OrgScope, network: Network
) -> None:
    logs, execution_id = ExecutionLogStore(storage), new_execution_id()
    lines = [LogLine(sequence=n, timestamp=datetime.now(UTC), level="info", message="x") for n in range(1, 4)]
    await logs.append(scope.org_id, new_execution_id(), lines)
    network.forget()
    await logs.append(scope.org_id, execution_id, lines[:1])
    assert network.count() == 2
    await logs.append(scope.org_id, execution_id, lines[1:])
    assert network.count() == 3
    await logs.read(scope.org_id, execution_id)
    assert network.count() == 4


async def test_an_idempotency_key_takes_one_operation(
    storage: Storage, scope: OrgScope, network: Network
) -> None:
    await IdempotencyService(storage).claim(scope.user.id, "second", new_execution_id())
    assert network.count() == 1
