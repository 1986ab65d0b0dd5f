"""Bars of the client's pages: how the first one comes up, and moving between sections."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass

from tests.bench import clients
from tests.bench.client_data import ORGANIZATIONS
from tests.bench.measure import Bar
from tests.bench.tab import Content, Load, Tab

from msp_devstack import demo

_VISITS_SECONDS = 12
"""A busy machine does not get through all pairs."""

_ROWS = "main tbody tr"
HOME = Content("main ul li a", title=clients.organization_name(0), count=8)
SECTIONS = {
    "Home": HOME,
    "Forms": Content(_ROWS, title="Forms", count=10),
    "Executions": Content(_ROWS, title="Executions", count=50),
    "Workflows": Content(_ROWS, title="Workflows", count=5),
    "Organizations": Content(_ROWS, title="Organizations", count=len(ORGANIZATIONS)),
    "Users": Content(_ROWS, title="Users", count=10),
    "Health": Content(_ROWS, title="Health", count=5),
}
_OTHERS = {
    "Roles": Content(_ROWS, title="Roles", count=8),
    "Settings": Content(_ROWS, title="Settings", count=8),
    "Audit log": Content(_ROWS, title="Audit log", count=8),
}


def first_pages(tab: Tab) -> list[Bar]:
    """The page to sign in at, the home page and a list, each opened by its address; the tab is signed in after."""
    sign_in = Content("main button", title="Sign in")
    organizations = SECTIONS["Organizations"]
    bars = _first_page(tab, "sign-in page, cold", tab.loads("/", sign_in, cold=True))
    tab.sign_in(demo.ADMIN, HOME)
    bars += _first_page(tab, "home, cold", tab.loads("/", HOME, cold=True))
    bars += _first_page(tab, "home, warm", tab.loads("/", HOME, cold=False))
    rows = tab.loads("/organizations", organizations, cold=True)
    limit = 900 if tab.slowdown == 1 else 1700
    shown = statistics.median(one.shown for one in rows)
    return [*bars, Bar(tab.named("organizations, cold: rows visible"), shown, "ms", limit)]


def _first_page(tab: Tab, page: str, loads: list[Load]) -> list[Bar]:
    def median(name: str) -> float:
        return float(statistics.median(getattr(one, name) for one in loads))

    note = (
        f"first paint {median('first_paint'):.0f} ms, contentful {median('first_contentful'):.0f} ms, content"
        f" {median('shown'):.0f} ms, long tasks {median('long_task_ms'):.0f} ms, {median('transferred_kib'):.0f} KiB"
    )
    return [Bar(tab.named(f"{page}: largest paint"), median("largest"), "ms", 2000, note=note)]


@dataclass(frozen=True)
class _Change:
    before: str
    after: str
    took: float

    def __str__(self) -> str:
        return f"{self.before} to {self.after} {self.took:.0f} ms"


def sections(tab: Tab) -> list[Bar]:
    """Every section once, then from each main one to each other."""
    tab.load("/", HOME, cold=False)
    tab.settle()
    first = _visit(tab, [*SECTIONS, *_OTHERS, "Home"])
    heap_mb, nodes = tab.heap_mb(), tab.nodes()
    pairs = _visit(tab, every_pair(list(SECTIONS)))
    rest = _visit(tab, [pairs[-1].after, *_OTHERS, "Forms", "Users", "Executions", "Health", "Home"])
    grown = Bar(
        tab.named(f"heap grown over {len(pairs) + len(rest)} section changes"),
        tab.heap_mb() - heap_mb,
        "MB",
        2,
        note=f"{heap_mb:.1f} MB and {nodes} nodes before, {tab.nodes()} nodes after",
    )
    worst, worst_first = (max(some, key=lambda one: one.took) for some in (pairs, first))
    p50 = statistics.median(one.took for one in pairs)
    return [
        Bar(tab.named("section for the first time, worst"), worst_first.took, "ms", note=str(worst_first)),
        Bar(tab.named("to another section, warm, p50"), p50, "ms", 500, note=_by_section(pairs)),
        Bar(tab.named("to another section, warm, worst"), worst.took, "ms", 500, note=str(worst)),
        grown,
    ]


def _by_section(pairs: list[_Change]) -> str:
    by_section: dict[str, list[float]] = defaultdict(list)
    for one in pairs:
        by_section[one.after].append(one.took)
    medians = (f"{name} {statistics.median(took):.0f}" for name, took in by_section.items())
    return f"{len(pairs)} pairs; p50 of each section: {', '.join(medians)}"


def _visit(tab: Tab, names: list[str]) -> list[_Change]:
    changes: list[_Change] = []
    until = time.monotonic() + _VISITS_SECONDS
    for before, after in itertools.pairwise(names):
        took = tab.go("nav a", after, (SECTIONS | _OTHERS)[after])
        changes.append(_Change(before, after, took))
        if time.monotonic() > until:
            break
    return changes


def every_pair(names: list[str]) -> list[str]:
    """A way from the first name back to it on which each follows each other exactly once."""
    way = names[:1]
    for place, name in enumerate(names[:-1]):
        for other in names[place + 2 :]:
            way += [other, name]
        way.append(names[place + 1])
    return [*way, *reversed(names[:-1])]
