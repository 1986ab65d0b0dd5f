"""Who sees what: the sections of each person, and what a copied address tells those it is not for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.conftest import organization_ids
from tests.e2e.trouble import go

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import OFFBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]

WORK = ["Home", "Forms", "Executions"]
SECTIONS = {
    demo.ADMIN: [
        *WORK,
        "Workflows",
        "Organizations",
        "Schedules",
        "Users",
        "Roles",
        "Settings",
        "Audit log",
        "Health",
    ],
    demo.TECHNICIAN: [*WORK, "Workflows", "Organizations", "Health"],
    demo.CLIENT_USER: WORK,
}

ADMINS = "for admins only"
PROVIDER = "for the people of your IT provider"
NOT_YOURS = "You have no access to that organization"
NO_SUCH_ORGANIZATION = "You may not do this in that organization, or there is no such organization"
NO_SUCH_EXECUTION = "There is no such execution"

# Address, and what it says instead of its page.
TECHNICIAN = {
    "/users": ADMINS,
    "/users/{client}": ADMINS,
    "/roles": ADMINS,
    "/roles/anything": ADMINS,
    "/audit": ADMINS,
    "/settings": ADMINS,
    "/settings/secrets": ADMINS,
    "/organizations/import": "Only an admin can import",
    "/organizations/{northwind}": NO_SUCH_ORGANIZATION,
    "/organizations/{northwind}/configuration": NO_SUCH_ORGANIZATION,
    "/organizations/{contoso}/secrets": ADMINS,
    "/organizations/{contoso}/permissions": "Not for you here",
    "/organizations/{contoso}/webhooks": "Not for you here",
    "/organizations/{fabrikam}/configuration": "You need the permission “Manage configuration”",
    "/organizations/{fabrikam}/integrations": "You need the permission “Manage configuration”",
    "/?org={northwind}": NOT_YOURS,
    "/forms?org={northwind}": NOT_YOURS,
    "/executions/{foreign}?org={northwind}": NOT_YOURS,
    "/executions/{foreign}?org={contoso}": NO_SUCH_EXECUTION,
    "/workflows/onboard_user/run?org={northwind}": NOT_YOURS,
    "/forms/new?org={fabrikam}": "You may not manage forms for Fabrikam",
    "/forms/{offboard}/edit?org={contoso}": "A form of all organizations is the admins",
    "/nowhere": "There is nothing at this address",
}
CLIENT_USER = {
    "/workflows": PROVIDER,
    "/workflows/onboard_user": PROVIDER,
    "/workflows/onboard_user/run": PROVIDER,
    "/organizations": PROVIDER,
    "/organizations/{contoso}": PROVIDER,
    "/organizations/{fabrikam}": PROVIDER,
    "/organizations/import": PROVIDER,
    "/users": PROVIDER,
    "/roles": PROVIDER,
    "/audit": PROVIDER,
    "/settings": ADMINS,
    "/health": PROVIDER,
    "/forms/{offboard}": "There is no such form",
    "/forms/new": "You may not manage forms for Contoso",
    "/forms/{offboard}/edit": "You may not manage forms for Contoso",
    "/executions/{own}": NO_SUCH_EXECUTION,
    "/executions/{foreign}": NO_SUCH_EXECUTION,
}


@pytest.fixture(scope="module")
def ids(stack: Stack) -> dict[str, str]:
    """What addresses name: organizations, a form, executions of the admin in two of them."""
    organizations = {one.key: organization_ids(stack)[one.name] for one in demo.ORGANIZATIONS}
    with Api(stack.ports, demo.ADMIN) as admin:
        runs = {}
        for name, place in (("foreign", "northwind"), ("own", "contoso")):
            admin.use(organizations[place])
            run = ok(admin.engine.post("/api/workflows/echo", json={"parameters": {"text": "x"}}))
            runs[name] = run["executionId"]
        offboard = admin.form_id(OFFBOARD_FORM)
    return {**organizations, **runs, "offboard": offboard, "client": demo.CLIENT_USER.user_id}


def ways_onward(page: Page) -> int:
    """Links and buttons with which somebody who was refused goes on."""
    return page.get_by_role("navigation", name="Main").get_by_role("link").count()


@pytest.mark.parametrize("person", SECTIONS, ids=lambda person: person.key)
def test_each_person_sees_their_sections_and_each_of_them_opens(
    visit: Visit, person: demo.DemoPerson
) -> None:
    visitor = visit()
    visitor.sign_in(person)
    page = visitor.page
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links).to_have_text(SECTIONS[person])
    for name in SECTIONS[person]:
        links.filter(has_text=re.compile(f"^{name}$")).click()
        expect(page.locator("main").get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("main [aria-busy]")).to_have_count(0, timeout=15_000)
        assert page.get_by_role("alert").count() == 0, page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("person", "refused", "foreign_names"),
    [
        (demo.TECHNICIAN, TECHNICIAN, [demo.NORTHWIND.name]),
        (demo.CLIENT_USER, CLIENT_USER, [demo.FABRIKAM.name, demo.NORTHWIND.name]),
    ],
    ids=["technician", "client"],
)
def test_an_address_for_others_says_so_and_tells_nothing_of_them(
    visit: Visit,
    ids: dict[str, str],
    person: demo.DemoPerson,
    refused: dict[str, str],
    foreign_names: list[str],
) -> None:
    visitor = visit("dark")
    page = visitor.page
    answers: list[str] = []
    page.on("response", lambda one: answers.append(one.url) if one.status >= 500 else None)
    visitor.sign_in(person)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible(timeout=20_000)
    shown_before = ""
    for path, words in refused.items():
        if words == shown_before:
            # What the page before said must not be taken for what this one says.
            go(page, "/profile")
            expect(page.get_by_role("heading", level=1, name="Profile")).to_be_visible(timeout=10_000)
        shown_before = words
        go(page, path.format(**ids))
        expect(page.locator("main").get_by_text(words).first, path).to_be_visible(timeout=10_000)
        assert ways_onward(page) >= len(WORK), path
        shown = page.locator("body").inner_text()
        assert not any(name in shown for name in foreign_names), path
        assert "undefined" not in shown, path
    assert visitor.violations() == []
    assert answers == []


def test_a_client_user_stays_in_their_own_organization_whatever_the_address_says(
    visit: Visit, ids: dict[str, str]
) -> None:
    visitor = visit()
    visitor.sign_in(demo.CLIENT_USER)
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.headers.get("x-organization-id", "")))
    go(page, f"/forms?org={ids['fabrikam']}")
    expect(page.get_by_text("What you can run for Contoso.")).to_be_visible()
    assert ids["fabrikam"] not in asked


@pytest.mark.parametrize("path", ["/", "/organizations", "/forms/new", "/executions"])
def test_a_stranger_is_told_whom_to_ask_at_every_address(visit: Visit, path: str) -> None:
    visitor = visit()
    visitor.sign_in(demo.STRANGER)
    page = visitor.page
    expect(page.get_by_role("heading", name="You have no access yet")).to_be_visible()
    go(page, path)
    expect(page.get_by_role("heading", name="You have no access yet")).to_be_visible()
    shown = page.locator("body").inner_text()
    assert not any(one.name in shown for one in demo.ORGANIZATIONS)
    assert page.get_by_role("link").count() == 0


def test_signing_out_leaves_nothing_behind(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.CLIENT_USER)
    page = visitor.page
    page.get_by_role("button", name=re.compile("^Profile of")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=15_000)
    assert "eyJ" not in page.evaluate("() => JSON.stringify({...sessionStorage, ...localStorage})")
    page.goto(f"{stack.url('client')}/forms")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
