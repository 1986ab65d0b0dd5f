"""Times as Microsoft Graph writes them, and how far away they are."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)


def read_time(text: str | None) -> datetime | None:
    """A time with its zone; None for none, and for the year 1, by which Graph means never."""
    if not text:
        return None
    time = datetime.fromisoformat(text)
    if time.year == 1:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def days_since(time: datetime) -> int:
    """Whole days that have passed."""
    return math.floor((datetime.now(UTC) - time) / _DAY)


def days_until(time: datetime) -> int:
    """Days to come, begun ones counted; below 0, so many have passed."""
    return math.ceil((time - datetime.now(UTC)) / _DAY)
