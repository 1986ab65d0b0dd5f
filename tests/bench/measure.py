"""Timings and their comparison with a floor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Bar:
    """One line of the table.

    Attributes:
        floor: What the figure is compared with; None for an absolute budget.
        limit: Highest ratio, or highest figure where there is no floor, that meets the bar.
        at_least: The bar is a lower limit.
        note: What the figure is made of, printed below the table.
    """

    bar: str
    measured: float
    unit: str
    limit: float | None = None
    floor: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure over its floor."""
        return None if self.floor is None else self.measured / self.floor

    @property
    def ok(self) -> bool | None:
        """Whether the bar is met; None where nothing is asked."""
        if self.limit is None:
            return None
        value = self.measured if self.ratio is None else self.ratio
        return value >= self.limit if self.at_least else value <= self.limit

    def as_json(self) -> dict[str, object]:
        """The line as `build/bench.json` has it."""
        fields = asdict(self)
        for only_shown in ("at_least", "note"):
            fields.pop(only_shown)
        return fields | {"ratio": self.ratio, "ok": self.ok}


def percentile(samples: list[float], percent: int) -> float:
    """The `percent`th percentile of at least two samples."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]


async def times_ms(action: Callable[[], Awaitable[object]], count: int, *, warm_up: int = 20) -> list[float]:
    """Milliseconds of `count` calls, one after the other."""
    for _ in range(warm_up):
        await action()
    samples = []
    for _ in range(count):
        began = time.perf_counter()
        await action()
        samples.append((time.perf_counter() - began) * 1000)
    return samples
