"""What an admin sees over all organizations, and runs without any, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import ONBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]


def go_to(visitor: Visitor, section: str) -> None:
    visitor.page.get_by_role("navigation", name="Main").get_by_role("link", name=section).click()
    expect(visitor.page.get_by_role("heading", name=section, level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_workflow_is_run_and_run_again_without_an_organization(visit: Visit, scheme: str) -> None:
    visitor = visit(scheme)
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    go_to(visitor, "Workflows")
    page.get_by_role("link", name="Sweep").click()
    page.get_by_role("link", name="Run", exact=True).click()
    expect(page.get_by_role("radio", name="No organization")).to_be_checked()
    page.get_by_label("Note").fill(f"in {scheme}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    assert visitor.violations() == []
    page.get_by_role("link", name="Open details").click()
    expect(page.get_by_text("No organization")).to_be_visible()
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_label("Note")).to_have_value(f"in {scheme}")
    page.get_by_label("Run in the background").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=30_000)
    page.get_by_text("Contoso", exact=True).last.click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="This input has been run")).to_be_visible(
        timeout=20_000
    )
    expect(page.get_by_role("link", name="Open details")).not_to_have_attribute(
        "href", re.compile("of=global")
    )


def test_lists_tell_what_lies_in_the_organizations(stack: Stack, visit: Visit) -> None:
    with Api(stack.ports, demo.ADMIN) as api:
        contoso = api.organization_id(demo.CONTOSO.name)
        api.use(contoso)
        ok(api.engine.post("/api/workflows/echo", json={"parameters": {"text": "hi"}}))
        northwind = api.organization_id(demo.NORTHWIND.name)
        value = {"key": "default_usage_location", "value": "NL"}
        ok(api.management.post(f"/api/organizations/{northwind}/config", json=value))
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    go_to(visitor, "Organizations")
    row = page.get_by_role("row", name=re.compile(r"^Contoso"))
    expect(row.get_by_text("Succeeded")).to_be_visible()
    assert visitor.violations() == []
    row.get_by_role("link").last.click()
    expect(page.get_by_role("heading", name="Echo", level=1)).to_be_visible()

    go_to(visitor, "Settings")
    shared = page.get_by_role("row", name=re.compile("^default_usage_location"))
    expect(shared.get_by_text("NL", exact=True)).to_be_visible()
    assert visitor.violations() == []
    shared.get_by_role("link", name=demo.NORTHWIND.name).click()
    expect(page.get_by_role("heading", name=demo.NORTHWIND.name, level=1)).to_be_visible()


def test_schedules_of_all_organizations_are_switched_in_one_place(visit: Visit) -> None:
    visitor = visit("dark")
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    go_to(visitor, "Schedules")
    row = page.get_by_role("row", name=re.compile("^Sweep"))
    expect(row.get_by_text("No organization")).to_be_visible()
    assert visitor.violations() == []
    switch = row.get_by_role("switch", name="Run Sweep, yearly, without an organization")
    # The input lies under its track, which is what a pointer meets.
    switch.press("Space")
    expect(switch).not_to_be_checked()
    page.get_by_text("Switched off", exact=True).click()
    expect(page.get_by_role("table", name="Schedules").get_by_role("row")).to_have_count(2)
    row.get_by_role("button", name=re.compile("^Recent times")).click()
    expect(page.get_by_role("dialog").get_by_text("It has not been due yet.")).to_be_visible()
    assert visitor.violations() == []


def test_a_technician_keeps_favourite_forms_and_sees_how_the_platform_is(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.TECHNICIAN)
    forms = page.get_by_role("region", name="Forms")
    forms.get_by_role("button", name=f"Favourite: {ONBOARD_FORM}").click()
    expect(forms.get_by_role("listitem").first).to_contain_text(ONBOARD_FORM)
    expect(page.get_by_role("region", name="Health").get_by_text("Workflow engine")).to_be_visible()
    assert visitor.violations() == []
    page.reload()
    expect(forms.get_by_role("listitem").first).to_contain_text(ONBOARD_FORM, timeout=20_000)
