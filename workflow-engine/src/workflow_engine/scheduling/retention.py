"""What became of schedules is kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msp_core.models import utc_now
from msp_core.schedules.repository import ScheduleRepository

ONE_DAY_SECONDS: Final = 86_400.0
_AT_ONCE: Final = 1000


class SlotRetention:
    """Deletes slots that are older than they need be; may be interrupted anywhere and repeated."""

    def __init__(
        self, repository: ScheduleRepository, kept: timedelta, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._repository = repository
        self._kept = kept
        self._now = now

    async def purge(self) -> None:
        """Delete all that are too old."""
        before = self._now() - self._kept
        while await self._repository.purge_slots(before, limit=_AT_ONCE) == _AT_ONCE:
            pass
