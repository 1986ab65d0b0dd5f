"""The engine deletes by itself what is kept no longer."""

from __future__ import annotations

from datetime import timedelta

from msp_core.audit.models import AuditEntry
from msp_core.audit.repository import AuditRepository
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.testing import execution_id_at, make_spec
from msp_core.ids import new_id
from msp_core.models import Model, utc_now
from msp_core.storage import TableName
from tests.app.conftest import MakeWorld
from tests.app.engine_world import World, until


async def count(world: World, table: TableName) -> int:
    rows = world.core.storage.table(table, Model, large_values=False)
    return len([row async for row in rows.iter_across_partitions()])


async def test_a_running_engine_purges_by_its_settings(make_world: MakeWorld) -> None:
    world = await make_world(
        execution_retention_days=10, audit_retention_days=20, purge_every_seconds=0.05, runners=1
    )
    scope, now = await world.scope(), utc_now()
    audit = AuditRepository(world.core.storage)

    async def leave(age: timedelta) -> None:
        spec = make_spec(execution_id=execution_id_at(now - age))
        started = await world.core_executions.start(scope, spec, lease_owner="w")
        await world.core_executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
        entry = AuditEntry(
            id=new_id(),
            at=now - age,
            actor_id=scope.user.id,
            actor_email="",
            org_id=scope.org_id,
            action="thing.done",
            target="x",
        )
        await audit.insert(entry)

    before = await count(world, TableName.AUDIT_LOG)
    for days in (9, 12, 21):
        await leave(timedelta(days=days))
    await world.core_executions.drain()

    async def is_done() -> bool:
        executions = await count(world, TableName.WORKFLOW_EXECUTIONS)
        return (executions, await count(world, TableName.AUDIT_LOG)) == (1, before + 4)

    await until(is_done)
    assert await is_done()
