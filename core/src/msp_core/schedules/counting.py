"""How often a schedule should have run, and what became of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msp_core.models import Model, UtcDatetime
from msp_core.schedules.models import Slot, SlotState

OVERDUE_AFTER: Final = timedelta(minutes=2)
"""An engine looks every few seconds; what nobody decided for so long, nobody is there to decide."""


class Tally(Model):
    """The times of one schedule in one organization, since some moment.

    Args:
        counted_since: The window's beginning, or later: when the schedule was first seen or switched on, or
            the organization made, activated or tagged.
        expected: How often it was due.
        overdue: How often nobody has done anything about it yet.
    """

    counted_since: UtcDatetime
    expected: int
    fired: int
    skipped: int
    missed: int
    failed: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day or week in which a schedule could be due.

    Args:
        due: Every time of the timetable in that day or week, oldest first.
        is_enabled: While it is not, only what was decided is expected.
    """

    since: datetime
    now: datetime
    due: Sequence[datetime]
    is_enabled: bool

    def tally(self, slots: Sequence[Slot]) -> Tally:
        """Count.

        Args:
            slots: The schedule's in this organization, this window's among them.
        """
        counts = dict.fromkeys(SlotState, 0)
        decided: set[datetime] = set()
        for slot in slots:
            times = self._times_of(slot)
            counts[slot.state] += len(times)
            decided.update(times)
        expected = self.due[bisect_right(self.due, self.since) :] if self.is_enabled else sorted(decided)
        overdue = [one for one in expected if one not in decided and self.now - one >= OVERDUE_AFTER]
        return Tally(
            counted_since=self.since,
            expected=len(expected),
            fired=counts[SlotState.FIRED],
            skipped=counts[SlotState.SKIPPED],
            missed=counts[SlotState.MISSED],
            failed=counts[SlotState.FAILED],
            overdue=len(overdue),
        )

    def _times_of(self, slot: Slot) -> Sequence[datetime]:
        if slot.due_at <= self.since:
            return ()
        if slot.missed_since is None:
            return (slot.due_at,)
        start = bisect_right(self.due, max(self.since, slot.missed_since - timedelta(microseconds=1)))
        return self.due[start : bisect_right(self.due, slot.due_at)]
