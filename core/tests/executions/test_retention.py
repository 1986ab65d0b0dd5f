from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msp_automation.capabilities import LogLine
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.retention import ExecutionRetention
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, execution_id_at, make_spec
from msp_core.files.executions import ExecutionFiles
from msp_core.ids import FileId, new_id
from msp_core.permissions.models import OrgScope
from msp_core.storage import Storage


async def test_old_executions_go_with_all_they_have_and_newer_ones_stay(
    executions: ExecutionService, scope: OrgScope, storage: Storage, clock: Clock
) -> None:
    logs, files = ExecutionLogStore(storage), ExecutionFiles(storage)
    ids = []
    for days in (100, 95, 10):
        spec = make_spec(
            execution_id=execution_id_at(clock.moment - timedelta(days=days)), input_data={"x": "x" * 40_000}
        )
        started = await executions.start(scope, spec, lease_owner="w")
        await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
        line = LogLine(sequence=1, timestamp=datetime.now(UTC), level="info", message="x")
        await logs.append(scope.org_id, started.execution_id, [line])
        for _ in range(2):
            writer = files.writer(scope.org_id, started.execution_id, FileId(new_id()))
            await writer.write(b"content")
            await writer.commit(name="a.csv", content_type="text/csv")
        ids.append(started.execution_id)
    await executions.drain()
    retention = ExecutionRetention(storage)
    before = clock.moment - timedelta(days=90)
    assert await retention.purge(before, limit=1) == 1
    assert await retention.purge(before) == 1
    assert await retention.purge(before) == 0
    listed = await executions.list_page(scope)
    assert [item.execution_id for item in listed.items] == [ids[2]]
    assert [i.execution_id for i in (await executions.list_for_user(scope.user, scope.user.id)).items] == [
        ids[2]
    ]
    for container in ("execution-logs", "execution-data", "execution-files"):
        names = [name async for name in storage.blobs(container).iter_names()]
        assert names
        assert all(ids[2] in name for name in names)
