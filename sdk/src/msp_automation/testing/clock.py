"""Time between tries that passes at once, so that a test of waiting takes milliseconds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Seconds that pass only when somebody waits.

    Attributes:
        waits: How long each wait was, in seconds.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._elapsed = 0.0
        self._began = datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the test began."""
        return self._elapsed

    def now(self) -> datetime:
        """The time of day, with the waits in it."""
        return self._began + timedelta(seconds=self._elapsed)

    def pass_by(self, seconds: float) -> None:
        """Let time pass without anybody waiting for it."""
        self._elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait, in no time; others get their turn meanwhile."""
        self.waits.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)
