"""Percentiles from a histogram that does not grow."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msp_core.metrics.counting import Histogram
from msp_core.metrics.models import Durations


def filled(samples: list[int]) -> Histogram:
    histogram = Histogram()
    for sample in samples:
        histogram.add(sample)
    return histogram


def test_nothing_has_no_percentile() -> None:
    assert filled([]).durations() == Durations(p50_ms=None, p95_ms=None, p99_ms=None, max_ms=None)


def test_a_clock_that_went_back_counts_as_no_time() -> None:
    assert filled([-5, 0]).percentile(99) == 0


# The first of the examples imports and warms up, which a busy machine takes long for.
@settings(deadline=None)
@given(st.lists(st.integers(0, 7 * 24 * 3600 * 1000), min_size=1, max_size=300))
def test_percentiles_are_close_to_the_exact_ones(samples: list[int]) -> None:
    histogram = filled(samples)
    for percent in (50, 95, 99):
        exact = sorted(samples)[-(-len(samples) * percent // 100) - 1]
        found = histogram.percentile(percent)
        assert found is not None
        assert found == pytest.approx(exact, rel=0.03, abs=1)
    assert histogram.durations().max_ms == max(samples)


def test_many_samples_take_no_more_room_than_few() -> None:
    histogram = filled(list(range(1, 200_000)))
    assert len(histogram._bins) < 300
    assert histogram.percentile(50) == pytest.approx(statistics.median(range(1, 200_000)), rel=0.03)
