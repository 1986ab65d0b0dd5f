"""What is kept no longer goes: a round now and then."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from msp_core.retention import Purged, Retention

_log = structlog.get_logger(__name__)


class Purging:
    """Deletes what is kept no longer."""

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    async def purge(self) -> None:
        """One round of a bounded size; what it leaves is the next one's."""
        purged = await self._retention.purge()
        if purged != Purged():
            _log.info("purged", **asdict(purged))
