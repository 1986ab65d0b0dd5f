"""What is kept no longer goes: executions, slots, audit entries, uploads and idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msp_core.audit.retention import AuditRetention
from msp_core.executions.retention import ExecutionRetention
from msp_core.files.uploads import UploadService
from msp_core.idempotency.retention import KeyRetention
from msp_core.models import utc_now
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Storage

AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long what is kept; what became of schedules as long as executions."""

    executions: timedelta = timedelta(days=90)
    audit: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many went in one round; an audit entry has two rows."""

    executions: int = 0
    slots: int = 0
    audit_rows: int = 0
    uploads: int = 0
    idempotency_keys: int = 0


class Retention:
    """Deletes in rounds of a bounded size; may run in several processes at once and be stopped anywhere."""

    def __init__(
        self,
        storage: Storage,
        periods: RetentionPeriods,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._executions = ExecutionRetention(storage)
        self._schedules = ScheduleRepository(storage)
        self._uploads = UploadService(storage, now=now)
        self._audit = AuditRetention(storage)
        self._keys = KeyRetention(storage)
        self._periods = periods
        self._now = now

    async def purge(self, *, limit: int = AT_ONCE) -> Purged:
        """One round.

        Args:
            limit: How many of each kind go at most; what is left goes in the next rounds.
        """
        now = self._now()
        oldest = now - self._periods.executions
        return Purged(
            executions=await self._executions.purge(oldest, limit=limit),
            slots=await self._schedules.purge_slots(oldest, limit=limit),
            audit_rows=await self._audit.purge(now - self._periods.audit, limit=limit),
            uploads=await self._uploads.purge(limit=limit),
            idempotency_keys=await self._keys.purge(now, limit=limit),
        )
