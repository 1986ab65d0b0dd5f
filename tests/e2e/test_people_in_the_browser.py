"""Users, roles and the audit log in Chromium: what an admin gives and takes away counts, and is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.seed import OFFBOARD_FORM

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]


def section(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def choose(page: Page, label: str, text: str) -> None:
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text).click()


def test_a_role_shows_its_person_its_form_until_it_is_deleted(visit: Visit) -> None:
    person = visit()
    person.sign_in(demo.CLIENT_USER)
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    visitor = visit("dark")
    visitor.sign_in(demo.ADMIN)
    page = visitor.page
    section(page, "Roles")
    page.get_by_role("button", name="New role").click()
    dialog = page.get_by_role("dialog", name="New role")
    dialog.get_by_role("button", name="Create the role").click()
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Name").fill("Leavers at Contoso")
    dialog.get_by_role("button", name="Create the role").click()
    expect(page.get_by_role("heading", name="Leavers at Contoso", level=1)).to_be_visible()
    # Only people of clients have roles.
    page.get_by_role("combobox", name="Add a person").fill(demo.TECHNICIAN.name)
    expect(page.get_by_text("Nothing found")).to_be_visible()
    choose(page, "Add a person", demo.CLIENT_USER.name)
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_role("table", name="People with this role")).to_contain_text(demo.CLIENT_USER.name)
    choose(page, "Add a form", OFFBOARD_FORM)
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_role("button", name=f"Remove {OFFBOARD_FORM}")).to_be_visible()
    assert visitor.violations() == []
    person.page.reload()
    expect(person.page.get_by_role("link", name=OFFBOARD_FORM)).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("1 person loses what this role gives them, on 1 form.")).to_be_visible()
    page.get_by_role("button", name="Delete the role").click()
    expect(page.get_by_role("heading", name="Roles", level=1)).to_be_visible()
    person.page.reload()
    expect(person.page.get_by_role("heading", level=1)).to_be_visible(timeout=15_000)
    expect(person.page.get_by_role("link", name=OFFBOARD_FORM)).to_have_count(0)


def test_a_disabled_account_is_refused_at_once_and_the_log_says_who_did_it(visit: Visit) -> None:
    person = visit()
    person.sign_in(demo.CLIENT_USER)
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    visitor = visit()
    visitor.sign_in(demo.ADMIN)
    page = visitor.page
    section(page, "Users")
    page.get_by_role("link", name=demo.CLIENT_USER.name).click()
    page.get_by_role("button", name="Disable the account").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable the account").click()
    enable = page.get_by_role("button", name="Enable the account")
    expect(enable).to_be_visible()
    try:
        person.page.get_by_role("navigation").get_by_role("link", name="Executions").click()
        expect(person.page.get_by_role("heading", name="Your access has been taken away")).to_be_visible()
        section(page, "Audit log")
        entry = page.get_by_role("row").filter(has_text=demo.CLIENT_USER.name).first
        expect(entry).to_contain_text(demo.ADMIN.email)
        entry.get_by_role("button").click()
        expect(page.get_by_role("table", name="What changed")).to_contain_text("isActive")
        assert visitor.violations() == []
        page.go_back()
    finally:
        enable.click()
    expect(page.get_by_role("button", name="Disable the account")).to_be_visible()
    person.page.get_by_role("button", name="Try again").click()
    expect(person.page.get_by_role("heading", name="My executions", level=1)).to_be_visible()
