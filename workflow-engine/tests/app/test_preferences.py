"""How long a caller waits."""

from __future__ import annotations

import pytest

from workflow_engine.preferences import hold_seconds


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 100),
        ("", 100),
        ("wait=5", 5),
        ("Wait = 5", 5),
        ('wait="7"', 7),
        ("respond-async", 0),
        ("respond-async, wait=10", 10),
        ("return=minimal, wait=0", 0),
        ("wait=99999", 100),
        ("wait=-1", 100),
        ("wait=abc", 100),
        ("handling=lenient", 100),
    ],
)
def test_prefer_bounds_the_wait(prefer: str | None, seconds: float) -> None:
    assert hold_seconds(prefer, limit=100) == seconds
