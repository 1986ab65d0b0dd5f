"""The main job and the form builder with the keyboard alone: all is reached, the focus shows, messages are spoken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.keys import choose, has_focus, press, reach, shows_focus, write

from msp_devstack import demo
from msp_devstack.seed import ONBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(180)]
Visit = Callable[..., Visitor]


@pytest.fixture
def arrive(stack: Stack, visit: Visit) -> Callable[[], Page]:
    """Signs the technician in, by keys."""

    def begin() -> Page:
        page = visit().page
        page.goto(stack.url("client"))
        press(page, page.get_by_role("button", name="Sign in"))
        press(page, page.get_by_role("button", name=demo.TECHNICIAN.name))
        expect(page.get_by_role("heading", name=demo.CONTOSO.name, level=1)).to_be_visible()
        expect(page.locator("main [aria-busy]")).to_have_count(0)
        return page

    return begin


def switch_organization(page: Page, typed: str, name: str) -> None:
    page.keyboard.press("o")
    page.keyboard.type(typed)
    page.get_by_role("option", name=name).wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def go_to_forms(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("searchbox", name="Search forms")).to_be_visible()


def test_the_main_job(arrive: Callable[[], Page]) -> None:
    page = arrive()
    # The first stop skips what all pages have.
    page.keyboard.press("Tab")
    assert has_focus(page.get_by_role("link", name=re.compile("^Skip to")))
    shows_focus(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    # A dialog takes the focus and gives it back.
    opener = page.get_by_role("link", name=re.compile(f"^{ONBOARD_FORM}")).first
    reach(page, opener)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    switch_organization(page, "fab", demo.FABRIKAM.name)
    switch_organization(page, "con", demo.CONTOSO.name)
    go_to_forms(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search forms")).to_be_focused()
    page.keyboard.type("Onboard")
    press(page, page.get_by_role("link", name=re.compile(f"^{ONBOARD_FORM}")))
    expect(page.get_by_role("heading", name=ONBOARD_FORM, level=1)).to_be_visible()
    # What is wrong is said, and the keys go to the first of it.
    button = page.get_by_role("button", name="Run", exact=True)
    press(page, button)
    expect(page.get_by_label("First name")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("status").filter(has_text="fields need your attention")).to_be_visible()
    page.keyboard.type("Key")
    write(page, page.get_by_label("Last name"), "Board")
    write(page, page.get_by_label("Sign-in name"), f"key.{time.monotonic_ns()}@{demo.CONTOSO.domain}")
    choose(page, page.get_by_role("combobox", name="Licence"), "Defender for Office")
    press(page, button)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    result = page.get_by_role("region", name=re.compile("^Execution"))
    expect(result.get_by_text("Ticket id")).to_be_visible()
    press(page, page.get_by_role("button", name="Run again"))
    expect(page.get_by_label("First name")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_value("Key")


def test_a_run_is_followed_and_cancelled(stack: Stack, arrive: Callable[[], Page]) -> None:
    page = arrive()
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^slow", re.IGNORECASE)).first).to_be_visible()
    press(page, page.get_by_role("link", name=re.compile("^slow", re.IGNORECASE)).first)
    press(page, page.get_by_role("link", name="Run", exact=True).first)
    write(page, page.get_by_label("Seconds"), "60")
    press(page, page.get_by_role("button", name="Run", exact=True))
    cancel = page.get_by_role("button", name=re.compile("^(Cancel|Stop)"))
    expect(cancel.first).to_be_visible(timeout=20_000)
    press(page, cancel.first)
    dialog = page.get_by_role("dialog")
    if dialog.count():
        # Escape leaves it running, and the keys where they were.
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(cancel.first).to_be_focused()
        page.keyboard.press("Enter")
        press(page, dialog.get_by_role("button").last)
    expect(page.get_by_text("Cancelled").first).to_be_visible(timeout=20_000)


def test_a_form_is_built(arrive: Callable[[], Page]) -> None:
    page, name = arrive(), f"Built by keys {time.monotonic_ns()}"
    go_to_forms(page)
    press(page, page.get_by_role("link", name="New form"))
    write(page, page.get_by_role("textbox", name="Name"), name)
    choose(page, page.get_by_role("combobox", name="Workflow"), "licence_report")
    fields = page.get_by_role("list", name="Fields")
    for kind, label in (("Text", "Ticket"), ("Date", "Due")):
        press(page, page.get_by_role("button", name=kind, exact=True).first)
        given = page.get_by_role("textbox", name="Label")
        reach(page, given)
        page.keyboard.press("Control+A")
        page.keyboard.type(label)
        expect(fields.get_by_text(label)).to_be_visible()
    press(page, page.get_by_role("button", name="Move “Due” up"))
    expect(fields.get_by_role("listitem").first).to_contain_text("Due")
    # Picked up, carried down, put down; each step is spoken.
    press(page, page.get_by_role("button", name="Drag “Due”"), "Space")
    expect(page.get_by_text("“Due” is over line 1 of 2.")).to_be_attached()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("“Due” is over line 2 of 2.")).to_be_attached()
    page.keyboard.press("Space")
    expect(fields.get_by_role("listitem").first).to_contain_text("Ticket")
    press(page, fields.get_by_role("button", name="Ticket", exact=True))
    preview = page.get_by_role("form", name="Preview of the form")
    write(page, preview.get_by_label("Ticket"), "T-1")
    press(page, preview.get_by_role("button", name="Check what is typed"))
    expect(preview.get_by_role("status").filter(has_text="It could be run.")).to_be_visible()
    page.keyboard.press("Control+S")
    expect(page.get_by_role("link", name="Open the form")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("status").filter(has_text="Saved").first).to_be_visible()
