"""Executions and files in Chromium: the list, the page of one, a form with a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.api import Api, ok

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]
OpenApi = Callable[..., Api]
IMPORT_FORM = "Import people"
PEOPLE = b"first_name,last_name,email\nAda,Byron,ada.byron@contoso.example\n"


@pytest.fixture
def run(api: OpenApi) -> Callable[..., str]:
    """`run(workflow, **parameters)`: starts it for Contoso as the admin; the execution's id."""
    admin = api(demo.ADMIN, demo.CONTOSO)

    def start(workflow: str, *, wait: int = 10, **parameters: Any) -> str:
        answer = admin.engine.post(
            f"/api/workflows/{workflow}",
            json={"parameters": parameters},
            headers={"Prefer": f"wait={wait}"},
        )
        return str(ok(answer)["executionId"])

    return start


def open_executions(visitor: Visitor) -> None:
    visitor.page.get_by_role("navigation").get_by_role("link", name="Executions").click()
    expect(visitor.page.get_by_role("table").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_finds_what_failed_over_all_organizations(visit: Visit, run: Callable[..., str], scheme: str) -> None:
    run("fails")
    visitor = visit(scheme)
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    open_executions(visitor)
    page.get_by_role("radiogroup", name="Whose executions").get_by_text("All organizations").click()
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name="Failed").click()
    expect(page.get_by_role("columnheader", name="Organization")).to_be_visible()
    expect(page.get_by_text("The mailbox is on hold").first).to_be_visible()
    assert "status=Failed" in page.url
    assert visitor.violations() == []
    page.get_by_role("button", name="Export CSV").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("Everything")).click()
    text = download.value.path().read_text("utf-8-sig")
    assert "WorkflowError: The mailbox is on hold" in text
    assert "Succeeded" not in text
    page.get_by_role("link", name="Fails").first.click()
    expect(page.get_by_text("Failed: Workflow error")).to_be_visible()
    expect(page.get_by_role("region", name="Timeline")).to_be_visible()
    assert visitor.violations() == []


def test_follows_a_run_and_stops_it(visit: Visit, run: Callable[..., str]) -> None:
    run("slow", wait=0, seconds=60)
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.TECHNICIAN)
    visitor.choose_organization(demo.CONTOSO.name)
    open_executions(visitor)
    page.get_by_role("link", name="Slow").first.click()
    expect(page.get_by_text("Waiting").first).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("What it has done already stays done")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Cancel the execution").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible(timeout=20_000)


def test_searches_a_log_of_thousands_of_lines(visit: Visit, run: Callable[..., str]) -> None:
    run("chatty", wait=20, lines=3000)
    visitor = visit("dark")
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    visitor.choose_organization(demo.CONTOSO.name)
    open_executions(visitor)
    page.get_by_role("link", name="Chatty").first.click()
    expect(page.get_by_text("3,000 lines", exact=True)).to_be_visible(timeout=20_000)
    assert page.get_by_role("log").get_by_role("listitem").count() < 100
    assert visitor.violations() == []
    page.get_by_role("searchbox", name="Search the log").fill("mailbox 2718 ")
    expect(page.get_by_text("1 of 3,000 lines")).to_be_visible()
    expect(page.get_by_text("Mailbox 2718 is well")).to_be_visible()


def test_sends_a_file_with_a_form_and_downloads_the_report(visit: Visit, api: OpenApi) -> None:
    fields = [
        {"name": "table", "label": "Table", "type": "file", "required": True, "accept": [".csv"]},
        {"name": "dry_run", "label": "Only show what would be done", "type": "checkbox"},
    ]
    form = {
        "name": IMPORT_FORM,
        "isGlobal": True,
        "linkedWorkflow": "import_users_from_csv",
        "formSchema": {"fields": fields},
    }
    ok(api(demo.ADMIN, demo.CONTOSO).management.post("/api/forms", json=form))
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.TECHNICIAN)
    visitor.choose_organization(demo.CONTOSO.name)
    visitor.open_form(IMPORT_FORM)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "people.xlsx", "mimeType": "application/zip", "buffer": b"PK"})
    expect(page.get_by_text("This field takes .csv only.")).to_be_visible()
    assert visitor.violations() == []
    chooser.set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE})
    expect(page.get_by_text("people.csv (")).to_be_visible()
    page.get_by_label("Only show what would be done").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download people preview.csv").click()
    assert "ada.byron@contoso.example" in download.value.path().read_text("utf-8-sig")
    assert visitor.violations() == []
    page.get_by_role("link", name="Open details").click()
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_text("Table: choose the file again.")).to_be_visible()
    expect(page.get_by_label("Only show what would be done")).to_be_checked()


def test_a_list_shows_why_a_run_failed_in_any_window(visit: Visit, run: Callable[..., str]) -> None:
    run("fails")
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    open_executions(visitor)
    for width in (1920, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        row = page.get_by_role("row").filter(has_text="The mailbox is on hold").first
        reason = row.get_by_text("The mailbox is on hold")
        expect(row.get_by_text("Today")).to_be_visible()
        assert reason.evaluate(
            "one => one.scrollHeight <= one.clientHeight && one.scrollWidth <= one.clientWidth"
        )
        region = page.get_by_role("region", name="Executions, table")
        assert region.evaluate("one => one.scrollWidth <= one.clientWidth"), width
    assert visitor.violations() == []
