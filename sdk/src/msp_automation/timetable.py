"""When a schedule is due: a cron expression in a time zone, right on the days the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_FIELDS = 5


class TimetableError(ValueError):
    """The expression or the zone is wrong.

    Args:
        mend: What to write instead.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True)
class Timetable:
    """The moments of one schedule.

    Where clocks go forward, a time of day that is left out falls on the first moment after the gap. Where
    they go back, a time of day that comes twice counts once, the first time. Expressions whose hour or
    minute begins with `*` follow elapsed time instead, so `*/30 * * * *` is every thirty minutes on any day.
    Source: cron(8) of Debian, section "Notes on daylight saving time".

    Args:
        cron: Minute, hour, day of month, month, day of week.
        timezone: A name of the IANA time zone database, such as `Europe/Berlin`.
    """

    cron: str
    timezone: str

    @classmethod
    def parse(cls, cron: str, timezone: str) -> Timetable:
        """Check both parts.

        Raises:
            TimetableError: One is wrong, or no moment ever fits; says which and how to mend it.
        """
        if not isinstance(cron, str) or len(cron.split()) != _FIELDS:
            raise TimetableError(
                f"{cron!r} is not a cron expression of five fields.",
                'Write minute, hour, day of month, month and day of week, such as "0 6 * * 1-5".',
            )
        table = cls(" ".join(cron.split()), timezone)
        table._check_zone()
        try:
            found = next(table.after(datetime(2024, 1, 1, tzinfo=UTC)), None)
        except CronSimError as error:
            raise TimetableError(
                f"{cron!r} is not a cron expression: {str(error).lower()}.",
                'Write minute, hour, day of month, month and day of week, such as "0 6 * * 1-5".',
            ) from error
        if found is None:
            raise TimetableError(f"No day ever fits {cron!r}.", "Name a day that its months have.")
        return table

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every moment later than this one, in UTC, each once."""
        last = moment
        for local in CronSim(self.cron, moment.astimezone(ZoneInfo(self.timezone))):
            due = local.astimezone(UTC)
            # Two times of day inside a gap fall on one moment; and on the second pass of an hour that comes
            # twice, the first pass lies behind us.
            if due > last:
                yield due
                last = due

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Every moment later than `after` and no later than `until`, in UTC."""
        for due in self.after(after):
            if due > until:
                return
            yield due

    def next(self, moment: datetime, count: int) -> list[datetime]:
        """The next few moments, in UTC."""
        return list(islice(self.after(moment), count))

    def describe(self) -> str:
        """The expression in English, such as "At 06:00 on Monday through Friday"."""
        return CronSim(self.cron, datetime(2024, 1, 1, tzinfo=UTC)).explain()

    def _check_zone(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
            raise TimetableError(
                f"There is no time zone {self.timezone!r}.",
                'Write a name of the IANA database, such as "Europe/Berlin" or "UTC".',
            ) from error
