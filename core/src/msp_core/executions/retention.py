"""What is kept no longer goes: ended executions, their values, files and logs."""

from __future__ import annotations

from datetime import UTC, datetime

from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.repository import ExecutionRepository
from msp_core.files.executions import ExecutionFiles
from msp_core.storage import Storage


class ExecutionRetention:
    """Deletes by day; may be interrupted anywhere and repeated, since the day row goes last."""

    def __init__(self, storage: Storage) -> None:
        self._repository = ExecutionRepository(storage)
        self._logs = ExecutionLogStore(storage)
        self._files = ExecutionFiles(storage)

    async def purge(self, before: datetime, *, limit: int = 1000) -> int:
        """Delete up to `limit` executions admitted on days before the day of `before`.

        Returns:
            How many there were; fewer than `limit` means that none is left.
        """
        first_kept = before.astimezone(UTC).strftime("%Y%m%d")
        gone = 0
        async for stored in self._repository.iter_ended_before(first_kept):
            if gone == limit:
                break
            summary = stored.value
            await self._files.delete_all(summary.organization_id, summary.execution_id)
            await self._logs.delete(summary.organization_id, summary.execution_id)
            await self._repository.delete_ended(summary)
            gone += 1
        return gone
