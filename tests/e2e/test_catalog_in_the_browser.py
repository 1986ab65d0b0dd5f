"""The catalog, a run from parameters, health and one's profile, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]


def go_to(visitor: Visitor, section: str) -> None:
    visitor.page.get_by_role("navigation", name="Main").get_by_role("link", name=section).click()
    expect(visitor.page.get_by_role("heading", name=section, level=1)).to_be_visible()


def refresh_until_shown(page: Page, chart: Locator) -> None:
    """Ask for the numbers until the run is counted: the service counts anew every 15 seconds at most."""
    nothing = page.get_by_text("Nothing was run in this time.")
    for _ in range(40):
        expect(nothing.or_(chart)).to_be_visible(timeout=20_000)
        if chart.is_visible():
            return
        with page.expect_response(re.compile(r"/api/metrics")):
            page.get_by_role("button", name="Refresh").click()
        page.wait_for_timeout(500)
    expect(chart).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_technician_finds_a_workflow_runs_it_and_sees_it_counted(visit: Visit, scheme: str) -> None:
    visitor = visit(scheme)
    page = visitor.page
    visitor.sign_in(demo.TECHNICIAN)
    go_to(visitor, "Workflows")
    page.get_by_role("searchbox").fill("echo")
    expect(page).to_have_url(re.compile("[?&]q=echo"))
    assert visitor.violations() == []
    page.get_by_role("link", name="Echo").click()
    expect(page.get_by_role("table", name="Parameters")).to_be_visible()
    expect(page.get_by_text("at least 1; at most 5")).to_be_visible()
    assert visitor.violations() == []

    page.get_by_role("link", name="Run", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Text").fill("hello")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    assert visitor.violations() == []
    page.get_by_role("link", name="About this workflow").click()
    expect(page.get_by_role("table", name=re.compile("Last executions"))).to_be_visible()

    go_to(visitor, "Health")
    refresh_until_shown(page, page.get_by_role("img", name=re.compile(r"^Executions\. Last 24 hours")))
    expect(page.locator(".recharts-bar-rectangle path:visible").first).to_be_visible()
    assert visitor.violations() == []
    page.get_by_text("Last 7 days").click()
    expect(page.get_by_role("img", name=re.compile(r"^Executions\. Last 7 days"))).to_be_visible()
    page.get_by_text("The charts as a table").click()
    expect(page.get_by_role("table", name="Executions over time")).to_be_visible()
    assert visitor.violations() == []


def test_a_file_that_cannot_be_imported_is_named_with_its_line(visit: Visit, workflows_root: Path) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    broken = workflows_root / "workflows" / "broken_in_the_browser.py"
    broken.write_text("def half(:\n    pass\n")
    try:
        go_to(visitor, "Workflows")
        place = visitor.page.get_by_text(re.compile(r"broken_in_the_browser\.py:1"))

        def shown() -> bool:
            visitor.page.reload()
            expect(visitor.page.get_by_role("link", name="Echo")).to_be_visible()
            return place.is_visible()

        assert any(shown() for _ in range(10))
        assert visitor.violations() == []
    finally:
        broken.unlink()


def test_a_workflow_that_takes_a_file_leads_to_a_form(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    go_to(visitor, "Workflows")
    visitor.page.get_by_role("link", name="Import users from CSV").click()
    expect(visitor.page.get_by_text(re.compile("It takes a file"))).to_be_visible()
    expect(visitor.page.get_by_role("link", name="Run", exact=True)).to_have_count(0)
    expect(visitor.page.get_by_role("link", name="Create form")).to_be_visible()


@pytest.mark.parametrize(
    ("person", "scheme", "shown"),
    [(demo.TECHNICIAN, "dark", "Manage configuration"), (demo.CLIENT_USER, "light", "Client user")],
    ids=lambda value: getattr(value, "key", value),
)
def test_everybody_sees_their_own_profile(
    visit: Visit, person: demo.DemoPerson, scheme: str, shown: str
) -> None:
    visitor = visit(scheme)
    visitor.sign_in(person)
    visitor.page.get_by_role("button", name=re.compile("^Profile of")).click()
    visitor.page.get_by_role("menuitem", name="My profile").click()
    expect(visitor.page.get_by_role("heading", name="My profile", level=1)).to_be_visible()
    expect(visitor.page.get_by_text(shown, exact=True)).to_be_visible()
    assert visitor.violations() == []


def test_a_client_user_has_no_catalog_even_by_its_address(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.CLIENT_USER)
    navigation = visitor.page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Forms")).to_be_visible()
    expect(navigation.get_by_role("link", name="Workflows")).to_have_count(0)
    for section in ("workflows", "health"):
        visitor.page.goto(f"{stack.url('client')}/{section}")
        expect(visitor.page.get_by_text("This page is for the people of your IT provider.")).to_be_visible()
        assert visitor.violations() == []
