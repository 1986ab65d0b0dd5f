"""Schedules: what a declaration becomes, and when it is due on the days the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from msp_automation import OrganizationContext, definition_of, param, schedule, workflow
from msp_automation.metadata import ScheduleMetadata, WorkflowMetadata
from msp_automation.timetable import Timetable

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
CONTOSO = "C0000000-0000-4000-8000-000000000001"


@workflow
@schedule("0 6 * * 1-5", timezone=BERLIN, name="mornings", parameters={"day": date(2026, 1, 2)})
@param("day", label="Day")
@schedule(
    " 0  3 1 * * ", name="monthly", tags=["vip", "backup", "vip"], organizations=[CONTOSO], overlap="queue"
)
async def report(context: OrganizationContext, day: date | None = None, size: int = 1) -> None: ...


def test_schedules_stack_with_parameters_and_freeze_in_the_workflow() -> None:
    metadata: WorkflowMetadata = definition_of(report).metadata
    assert metadata.schedules == [
        ScheduleMetadata(
            name="mornings", cron="0 6 * * 1-5", timezone=BERLIN, parameters={"day": "2026-01-02"}
        ),
        ScheduleMetadata(
            name="monthly",
            cron="0 3 1 * *",
            timezone="UTC",
            all_organizations=False,
            organizations=[CONTOSO.lower()],
            tags=["backup", "vip"],
            overlap="queue",
        ),
    ]
    assert [one.label for one in metadata.parameters] == ["Day", "Size"]
    said = metadata.model_dump(mode="json")["schedules"][1]
    assert (said["allOrganizations"], said["catchUpSeconds"]) == (False, 600)


def test_the_guide_declares_what_it_shows() -> None:
    guide = Path(__file__).parents[2] / "docs" / "schedules.md"
    code = guide.read_text().partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(code, str(guide), "exec", dont_inherit=True), names)
    metadata = definition_of(names["licence_review"]).metadata
    assert [one.name for one in metadata.schedules] == ["mornings", "monthly"]


def test_without_an_organization_it_covers_none() -> None:
    @workflow(requires_org=False)
    @schedule("0 6 * * *")
    async def sweep(context: OrganizationContext) -> None: ...

    [one] = definition_of(sweep).metadata.schedules
    assert (one.all_organizations, one.organizations, one.tags) == (False, [], [])


# Clocks: Berlin 2026-03-29 02:00→03:00 (01:00Z) and 2026-10-25 03:00→02:00 (01:00Z); New York 2026-03-08 02:00→03:00
# (07:00Z) and 2026-11-01 02:00→01:00 (06:00Z); Lord Howe by half an hour: 2026-04-05 02:00→01:30 (15:00Z the day
# before) and 2026-10-04 02:00→02:30 (15:30Z the day before).
@pytest.mark.parametrize(
    ("zone", "day", "cron", "due"),
    [
        # A time of day that the day leaves out: the first moment after the gap.
        (BERLIN, "2026-03-29", "30 2 * * *", ["01:00"]),
        (BERLIN, "2026-03-29", "0 2 * * *", ["01:00"]),
        (BERLIN, "2026-03-29", "15,45 2 * * *", ["01:00"]),
        (BERLIN, "2026-03-29", "15 1-3 * * *", ["00:15", "01:00", "01:15"]),
        (BERLIN, "2026-03-29", "59 1 * * *", ["00:59"]),
        (BERLIN, "2026-03-29", "0 3 * * *", ["01:00"]),
        (NEW_YORK, "2026-03-08", "30 2 * * *", ["07:00"]),
        (NEW_YORK, "2026-03-08", "30 1 * * *", ["06:30"]),
        (LORD_HOWE, "2026-10-04", "15 2 * * *", ["15:30"]),
        (LORD_HOWE, "2026-10-04", "30 2 * * *", ["15:30"]),
        # A time of day that comes twice: the first time.
        (BERLIN, "2026-10-25", "30 2 * * *", ["00:30"]),
        (BERLIN, "2026-10-25", "0 2 * * *", ["00:00"]),
        (BERLIN, "2026-10-25", "0 3 * * *", ["02:00"]),
        (BERLIN, "2026-10-25", "15 1-3 * * *", ["23:15", "00:15", "02:15"]),
        (NEW_YORK, "2026-11-01", "30 1 * * *", ["05:30"]),
        (NEW_YORK, "2026-11-01", "30 2 * * *", ["07:30"]),
        (LORD_HOWE, "2026-04-05", "45 1 * * *", ["14:45"]),
        (LORD_HOWE, "2026-04-05", "30 2 * * *", ["16:00"]),
        # The day after is as ever.
        (BERLIN, "2026-03-30", "30 2 * * *", ["00:30"]),
        (BERLIN, "2026-10-26", "30 2 * * *", ["01:30"]),
        (NEW_YORK, "2026-03-09", "30 2 * * *", ["06:30"]),
        (NEW_YORK, "2026-11-02", "30 1 * * *", ["06:30"]),
    ],
)
def test_due_on_the_days_the_clocks_change(zone: str, day: str, cron: str, due: list[str]) -> None:
    assert [f"{moment:%H:%M}" for moment in Timetable.parse(cron, zone).between(*_span(zone, day))] == due


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [(BERLIN, "2026-03-29", 23), (BERLIN, "2026-10-25", 25), (NEW_YORK, "2026-03-08", 23),
     (NEW_YORK, "2026-11-01", 25), (LORD_HOWE, "2026-04-05", 24.5), (LORD_HOWE, "2026-10-04", 23.5)],
)  # fmt: skip
def test_every_half_hour_is_that_on_days_of_any_length(zone: str, day: str, hours: float) -> None:
    moments = list(Timetable.parse("*/30 * * * *", zone).between(*_span(zone, day)))
    assert len(moments) == hours * 2
    assert {later - sooner for sooner, later in pairwise(moments)} == {timedelta(minutes=30)}


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
@pytest.mark.parametrize(
    "cron", ["30 2 * * *", "15 1-3 * * *", "*/10 * * * *", "45 1 * * *", "0,30 1,2 * * *"]
)
@pytest.mark.parametrize(
    "day", ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]
)
def test_however_often_one_looks_each_moment_is_seen_once(zone: str, cron: str, day: str) -> None:
    table = Timetable.parse(cron, zone)
    start, end = _span(zone, day)
    seen: list[datetime] = []
    while start < end:
        step = min(start + timedelta(minutes=7, seconds=13), end)
        seen += table.between(start, step)
        start = step
    assert seen == list(table.between(*_span(zone, day)))


def test_a_moment_is_not_after_itself() -> None:
    table = Timetable.parse("30 2 * * *", BERLIN)
    gap = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert table.next(gap, 1) == [datetime(2026, 3, 30, 0, 30, tzinfo=UTC)]
    assert list(table.between(gap, gap)) == []
    assert table.describe() == "At 02:30 every day"


def _span(zone: str, day: str) -> tuple[datetime, datetime]:
    """From just before a local day begins to just before it ends."""
    midnight = Timetable("0 0 * * *", zone)
    start = next(midnight.after(datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=18)))
    just_before = timedelta(seconds=1)
    return start - just_before, next(midnight.after(start)) - just_before
