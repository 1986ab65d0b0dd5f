"""Whether a runner answers, how late, and what it costs."""

import time
from typing import Literal

from workflow_engine.runners.channel import Frame
from workflow_engine.runners.models import PoolSettings

# Below this share of a processor, late answers are the machine's fault and not the runner's.
BUSY_PROCESSOR_SHARE = 0.2


class RunnerHealth:
    """What pings tell of one runner.

    Attributes:
        is_stuck: No answer to a ping in time: its loop is blocked.
        is_slow: No answer to an offer in time; cleared by any answer.
        is_busy: It answers, but late, and uses the processor meanwhile: threads compete with its loop.
    """

    def __init__(self, settings: PoolSettings) -> None:
        self.is_stuck = False
        self.is_slow = False
        self.is_busy = False
        self.lag_seconds = 0.0
        self.rss_bytes = 0
        self._settings = settings
        self._pinged_at: float | None = None
        self._checked_at = time.monotonic()
        self._processor = (0.0, time.monotonic())

    @property
    def is_silent(self) -> bool:
        """Whether it owes an answer, so that no work may be offered to it."""
        return self.is_stuck or self.is_slow

    @property
    def is_wanting(self) -> bool:
        """Whether it is no runner to count on: it is to leave the processor to the others."""
        return self.is_stuck or self.is_busy

    @property
    def word(self) -> Literal["stuck", "busy"] | None:
        """What is wrong with it, in a word."""
        if self.is_silent:
            return "stuck"
        return "busy" if self.is_busy else None

    def begin_ping(self, now: float) -> bool:
        """Whether a ping is to be sent now; one at a time is on its way."""
        if self._pinged_at is not None:
            return False
        self._pinged_at = now
        return True

    def check(self, now: float) -> None:
        """Judge a ping that is not answered; only if the engine itself was in time to hear the answer."""
        was_in_time = now - self._checked_at < 1.5 * self._settings.ping_seconds
        self._checked_at = now
        if self._pinged_at is not None and was_in_time:
            self.is_stuck = self.is_stuck or now - self._pinged_at >= self._settings.ping_seconds

    def is_silent_for(self, now: float, seconds: float) -> bool:
        """Whether it has not answered for that long."""
        return self.is_stuck and self._pinged_at is not None and now - self._pinged_at > seconds

    def take_pong(self, frame: Frame, *, has_runs: bool) -> None:
        """Take an answer: measured in the runner, by the clock both share."""
        now = time.monotonic()
        used, at = self._processor
        share = (frame["cpu"] - used) / max(now - at, 0.001)
        self._processor = (frame["cpu"], now)
        self._pinged_at = None
        self.is_stuck = self.is_slow = False
        self.rss_bytes = frame["rss"]
        self.lag_seconds = (self.lag_seconds + 3 * frame["lag"]) / 4
        is_at_rest = not has_runs and share < BUSY_PROCESSOR_SHARE / 2
        if is_at_rest or self.lag_seconds < self._settings.busy_lag_seconds / 2:
            self.is_busy = False
        elif self.lag_seconds > self._settings.busy_lag_seconds and share > BUSY_PROCESSOR_SHARE:
            self.is_busy = True
