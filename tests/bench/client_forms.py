"""Bars of a form with fifty fields: opened, typed in, and typed in while it is built."""

from __future__ import annotations

import statistics

from tests.bench.client_data import FIELDS, ORGANIZATIONS
from tests.bench.client_pages import SECTIONS
from tests.bench.measure import Bar, percentile
from tests.bench.tab import Content, Tab

_TEXT = "the quick brown fox jumps"
_KEY_MS = 33
_OPEN_MS = 390
_INPUTS = Content("main form :is(input, textarea)", title="Everything about a site", count=FIELDS)


def measure(tab: Tab, form_id: str) -> list[Bar]:
    """As somebody who runs the form, then as somebody who changes it."""
    return [*_opened(tab, form_id), *_typed(tab), *_built(tab, form_id)]


def _opened(tab: Tab, form_id: str) -> list[Bar]:
    cold = tab.load(f"/forms/{form_id}?org={ORGANIZATIONS[0]}", _INPUTS, cold=True).shown
    tab.settle()
    tab.load(f"/forms?org={ORGANIZATIONS[0]}", SECTIONS["Forms"], cold=False)
    tab.settle()
    first = tab.go("main tbody a", "Everything", _INPUTS)
    again = []
    for _ in range(2):
        tab.go("nav a", "Forms", SECTIONS["Forms"])
        again.append(tab.go("main tbody a", "Everything", _INPUTS))
    return [
        Bar(tab.named("form of 50 fields by its address, cold"), cold, "ms"),
        Bar(
            tab.named("form of 50 fields from the list, first time"),
            first,
            "ms",
            _OPEN_MS if tab.slowdown == 1 else None,
        ),
        Bar(tab.named("form of 50 fields from the list, again, p50"), statistics.median(again), "ms", 500),
    ]


def _typed(tab: Tab) -> list[Bar]:
    tab.page.get_by_label("Field 20").click()
    # The first key changes the form as a whole: from then on it has something to lose.
    tab.type("ab")
    return _keys(tab, "form of 50 fields")


def _built(tab: Tab, form_id: str) -> list[Bar]:
    content = Content("main ol li button[aria-current], main ol li button", count=FIELDS)
    opened = tab.load(f"/forms/{form_id}/edit?org={ORGANIZATIONS[0]}", content, cold=False).shown
    tab.settle()
    tab.page.get_by_role("list", name="Fields").get_by_role("button", name="Field 20", exact=True).click()
    tab.page.get_by_role("region", name="Properties").get_by_role("textbox", name="Label").click()
    tab.type("ab")
    return [
        Bar(tab.named("builder with 50 fields, warm: opened"), opened, "ms"),
        *_keys(tab, "builder with 50 fields"),
    ]


def _keys(tab: Tab, where: str) -> list[Bar]:
    with tab.counted() as counted:
        samples = tab.type(_TEXT)
    work = counted[0]
    note = f"{work.commits / len(samples):.1f} commits a key"
    return [
        Bar(tab.named(f"{where}: key to its frame, p50"), percentile(samples, 50), "ms", _KEY_MS, note=note),
        Bar(tab.named(f"{where}: key to its frame, p95"), percentile(samples, 95), "ms"),
        Bar(tab.named(f"{where}: processor per key"), work.task_ms / len(samples), "ms"),
    ]
