"""What is done at a place before it is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Act = Callable[[Page], None]


def press(name: str) -> Act:
    """A button, the first of that name."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def open_list(name: str) -> Act:
    """The options of a list."""
    return lambda page: page.get_by_role("combobox", name=name).click()


def each(*acts: Act) -> Act:
    """One after the other."""

    def do(page: Page) -> None:
        for act in acts:
            act(page)

    return do


def wrong(page: Page) -> None:
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Sign-in name").fill("ada")
    page.get_by_role("button", name="Run", exact=True).click()


def start_anew(page: Page) -> None:
    """Load the client again, which does not come to anything."""
    page.reload()
    expect(page.get_by_role("heading", level=1, name="This page could not start")).to_be_visible()


def new_field(page: Page) -> None:
    page.get_by_role("group", name="Add a field").get_by_role("button", name="Choice list").click()


def choose_licence(page: Page) -> None:
    page.get_by_role("list", name="Fields").get_by_text("Licence").click()


def actions(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Actions for")).first.click()


def open_folded(page: Page) -> None:
    for one in page.get_by_role("button", expanded=False).all():
        one.click()


def select_customer(page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("^Import Adventure")).check()


def set_secret(page: Page) -> None:
    page.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("vpn-gateway-password")


def try_integration(page: Page) -> None:
    page.get_by_role("button", name="Test HaloPSA").click()
    expect(page.get_by_text("HaloPSA answers", exact=False)).to_be_visible(timeout=15_000)


def shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def profile_menu(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button").last.click()
    expect(page.get_by_role("menu")).to_be_visible()


def broken_device(page: Page) -> None:
    """What shows only for one occasion."""
    page.get_by_role("radio", name="Replacement of a broken device").check()
    page.get_by_role("checkbox", name="Telephone number in Teams").check()
    expect(page.get_by_label("What is broken?")).to_be_visible()


def run_report(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("region", name="Result", exact=True)).to_be_visible(timeout=20_000)


def properties_to_their_end(page: Page) -> None:
    choose_licence(page)
    page.get_by_role("button", name="Delete the field").scroll_into_view_if_needed()


def choose_section(page: Page) -> None:
    page.get_by_role("list", name="Fields").get_by_text("Access", exact=True).click()


def save_what_is_refused(page: Page) -> None:
    new_field(page)
    page.get_by_role("textbox", name="Label", exact=True).fill("")
    page.get_by_role("button", name=re.compile("^(Save|Create)")).click()


def preview_as_client(page: Page) -> None:
    page.get_by_role("combobox", name="Preview as").click()
    page.get_by_role("option").last.click()


def open_details(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Details of Configuration value set")).first.click()
