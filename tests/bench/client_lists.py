"""Bars of what is long: two hundred executions in a table, ten thousand lines of a log."""

from __future__ import annotations

import statistics

from tests.bench.client_data import LOG_LINES, ORGANIZATIONS
from tests.bench.client_pages import HOME, SECTIONS
from tests.bench.measure import Bar, percentile
from tests.bench.tab import Content, Tab

_PAGE = 50
_LONG = 200
_FRAMES = 60


def measure(tab: Tab, execution_id: str) -> list[Bar]:
    """The table of executions, then the page of one that has written a lot."""
    return [*_executions(tab), *_log(tab, execution_id)]


def _executions(tab: Tab) -> list[Bar]:
    path = f"/executions?org={ORGANIZATIONS[0]}"
    shown = tab.load(path, SECTIONS["Executions"], cold=True).shown
    tab.settle()
    more = []
    for count in range(2 * _PAGE, _LONG + 1, _PAGE):
        more.append(tab.go("main button", "more", Content("main tbody tr", count=count)))
    tab.go("nav a", "Home", HOME)
    again = tab.go("nav a", "Executions", Content("main tbody tr", title="Executions", count=_LONG))
    return [
        Bar(tab.named("executions, cold: rows visible"), shown, "ms", 900 if tab.slowdown == 1 else 1700),
        Bar(tab.named("executions: 50 more rows, p50"), statistics.median(more), "ms"),
        Bar(tab.named("executions: back to 200 rows"), again, "ms", 500),
    ]


def _log(tab: Tab, execution_id: str) -> list[Bar]:
    line = "[role=log] li"
    path = f"/executions/{execution_id}?org={ORGANIZATIONS[0]}"
    shown = tab.load(path, Content(line), cold=True).shown
    tab.page.get_by_text(f"{LOG_LINES:,} lines").wait_for()
    tab.settle()
    frames = tab.scroll("[role=log]", 400, _FRAMES)
    tab.page.get_by_role("searchbox", name="Search the log").click()
    keys = tab.type("mailbox 99")
    tab.page.get_by_text(f" of {LOG_LINES:,} lines").wait_for()
    return [
        Bar(tab.named("log of 10,000 lines, cold: first lines visible"), shown, "ms"),
        Bar(tab.named("log of 10,000 lines: key in the filter, p50"), percentile(keys, 50), "ms", 33),
        Bar(tab.named("log of 10,000 lines: key in the filter, p95"), percentile(keys, 95), "ms"),
        Bar(tab.named("log of 10,000 lines: frame while scrolling, p95"), percentile(frames, 95), "ms", 50),
    ]
