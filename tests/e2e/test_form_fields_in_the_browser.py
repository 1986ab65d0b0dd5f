"""What a form promises whoever fills it in: options that follow, parts that show, zones that hold, files that arrive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.trouble import go

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]

FIELDS: list[dict[str, Any]] = [
    {
        "name": "kind",
        "label": "Kind",
        "type": "radio",
        "required": True,
        "section": "What",
        "options": [{"label": one.title(), "value": one} for one in ("phone", "desk", "none")],
    },
    {
        "name": "item",
        "label": "Item",
        "type": "select",
        "section": "What",
        "dataProvider": "items_of_kind",
        "dataProviderInputs": {"kind": {"mode": "field", "value": "kind"}},
        "visibleWhen": {"field": "kind", "operator": "notEquals", "value": "none"},
    },
    {"name": "due", "label": "Due", "type": "datetime", "section": "When"},
    {"name": "day", "label": "Day", "type": "date", "section": "When"},
    {"name": "note", "label": "Note", "type": "text", "section": "When"},
    {"name": "attachment", "label": "Attachment", "type": "file", "section": "When"},
]


@pytest.fixture
def address(stack: Stack) -> Iterator[str]:
    """Where the form is; it is deleted afterwards."""
    with Api(stack.ports, demo.ADMIN) as admin:
        place = admin.organization_id(demo.CONTOSO.name)
        admin.use(place)
        sections = [{"name": "What", "title": "What it is"}, {"name": "When", "title": "When and how"}]
        form = {
            "name": "Promises",
            "linkedWorkflow": "takes",
            "formSchema": {"fields": FIELDS, "sections": sections},
        }
        made = admin.management.post("/api/forms", json=form)
        yield f"/forms/{ok(made)['id']}?org={place}"
        path = f"/api/forms/{made.json()['id']}"
        ok(admin.management.delete(path, headers={"If-Match": admin.management.get(path).headers["ETag"]}))


def open_form(visitor: Visitor, address: str) -> Page:
    visitor.sign_in(demo.TECHNICIAN)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    go(visitor.page, address)
    expect(visitor.page.get_by_role("heading", name="Promises", level=1)).to_be_visible(timeout=15_000)
    return visitor.page


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def test_options_follow_the_field_that_they_depend_on_and_parts_come_and_go(
    visit: Visit, address: str
) -> None:
    visitor = visit()
    page = open_form(visitor, address)
    expect(page.get_by_role("region", name="What it is")).to_be_visible()
    item = page.get_by_role("combobox", name="Item")
    expect(item).to_be_disabled()
    expect(item).to_have_attribute("placeholder", "Choose Kind first")
    page.get_by_role("radio", name="Phone").check()
    item.click()
    page.get_by_role("option", name="phone two").click()
    page.get_by_role("radio", name="Desk").check()
    # A choice that the new options do not have is taken back, and said.
    expect(page.get_by_text("The earlier choice is no longer available.")).to_be_visible()
    expect(item).to_have_value("")
    item.click()
    expect(page.get_by_role("option")).to_have_text(["desk one", "desk two"])
    page.get_by_role("option", name="desk one").click()
    page.get_by_role("radio", name="None").check()
    expect(item).to_have_count(0)
    assert visitor.violations() == []
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    # What was hidden was not sent.
    expect(page.get_by_role("region", name=re.compile("^Execution"))).not_to_contain_text("desk one")


def test_what_only_the_server_can_know_is_said_at_its_field(visit: Visit, address: str) -> None:
    visitor = visit("dark")
    page = open_form(visitor, address)
    page.get_by_role("radio", name="None").check()
    page.get_by_label("Note").fill("longer than the workflow takes")
    run(page)
    expect(page.get_by_label("Note")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Note")).to_be_focused()
    expect(page.get_by_label("Note")).to_have_value("longer than the workflow takes")
    assert visitor.violations() == []
    page.get_by_label("Note").fill("short")
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("America/New_York", "-05:00"), ("Australia/Darwin", "+09:30"), ("Europe/Berlin", "+01:00")],
)
def test_a_date_and_time_is_a_moment_in_the_readers_zone_and_a_date_is_a_day(
    visit: Visit, address: str, zone: str, offset: str
) -> None:
    page = open_form(visit(zone=zone), address)
    page.get_by_role("radio", name="None").check()
    page.get_by_label("Due").fill("2027-01-15T23:30")
    page.get_by_label("Day").fill("2027-01-15")
    expect(page.get_by_text(f"Time zone: {zone}, UTC{offset.replace('-', '−')}")).to_be_visible()  # noqa: RUF001
    with page.expect_request(lambda one: one.url.endswith("/submit")) as sent:
        run(page)
    parameters = (sent.value.post_data_json or {})["parameters"]
    assert parameters["due"] == f"2027-01-15T23:30:00{offset}"
    assert parameters["day"] == "2027-01-15"
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    # Run again, after a reload: the same moment on the same clock.
    page.get_by_role("link", name="Open details").click()
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_label("Due")).to_have_value("2027-01-15T23:30")
    expect(page.get_by_label("Day")).to_have_value("2027-01-15")


def test_an_address_fills_the_form_in_through_signing_in(stack: Stack, visit: Visit, address: str) -> None:
    page = visit().page
    page.goto(f"{stack.url('client')}{address}&field.kind=desk&field.item=desk+two&field.note=from+afar")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=demo.TECHNICIAN.name).click()
    expect(page.get_by_label("Note")).to_have_value("from afar", timeout=15_000)
    expect(page.get_by_role("radio", name="Desk")).to_be_checked()
    expect(page.get_by_role("combobox", name="Item")).to_have_value("desk two", timeout=15_000)


def test_a_file_shows_how_far_it_is_can_be_cancelled_and_arrives(visit: Visit, address: str) -> None:
    visitor = visit()
    page = open_form(visitor, address)
    line = visitor.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000}
    line.send("Network.emulateNetworkConditions", slow)
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"x" * 1_000_000}
    chosen = page.get_by_label("Attachment", exact=True)
    chosen.set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    bar = page.get_by_role("progressbar", name="Upload of list.csv")
    expect(bar).to_be_attached()
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"[1-9]\d?%"), timeout=10_000)
    page.get_by_role("button", name="Cancel the upload of list.csv").click()
    expect(bar).to_have_count(0)
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    chosen.set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    expect(page.get_by_text("list.csv (977 KB)")).to_be_visible(timeout=15_000)
    assert visitor.violations() == []
    page.get_by_role("radio", name="None").check()
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("1000000")).to_be_visible()
