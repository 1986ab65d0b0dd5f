"""Counting in bounded memory: however many executions there are, the counters do not grow."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from msp_core.executions.models import ExecutionStatus, ExecutionSummary
from msp_core.metrics.models import Durations, Tally

_RATIO: Final = 1.05
_LOG_RATIO: Final = math.log(_RATIO)
FAILURES: Final = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT)


class Histogram:
    """Durations by magnitude: each bin is 5 % wider than the one before, so a week fits into 420 bins."""

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self._count = 0
        self._longest: int | None = None

    def add(self, milliseconds: int) -> None:
        """Count one duration."""
        milliseconds = max(0, milliseconds)
        # Bin 0 holds what took less than a millisecond.
        self._bins[0 if milliseconds == 0 else 1 + int(math.log(milliseconds) / _LOG_RATIO)] += 1
        self._count += 1
        self._longest = milliseconds if self._longest is None else max(self._longest, milliseconds)

    def percentile(self, percent: int) -> int | None:
        """The duration that `percent` of all do not pass: the middle of its bin; None where there is none."""
        if self._longest is None:
            return None
        rank, seen = math.ceil(self._count * percent / 100), 0
        for number in sorted(self._bins):
            seen += self._bins[number]
            if seen >= rank:
                middle = 0 if number == 0 else round(_RATIO ** (number - 0.5))
                return min(middle, self._longest)
        return self._longest

    def durations(self) -> Durations:
        """What is told of them."""
        return Durations(
            p50_ms=self.percentile(50),
            p95_ms=self.percentile(95),
            p99_ms=self.percentile(99),
            max_ms=self._longest,
        )


class Count:
    """Executions by status, and how long they took."""

    def __init__(self) -> None:
        self.histogram = Histogram()
        self._by_status: Counter[ExecutionStatus] = Counter()

    def add(self, summary: ExecutionSummary) -> None:
        """Count one execution."""
        self._by_status[summary.status] += 1
        if summary.status.is_ended and summary.duration_ms is not None:
            self.histogram.add(summary.duration_ms)

    def tally(self) -> Tally:
        """What is told of them."""
        ended = sum(number for status, number in self._by_status.items() if status.is_ended)
        failed = sum(self._by_status[status] for status in FAILURES)
        return Tally(
            count=self._by_status.total(),
            by_status={status: self._by_status[status] for status in ExecutionStatus},
            failure_rate=round(failed / ended, 4) if ended else None,
            durations=self.histogram.durations(),
        )
