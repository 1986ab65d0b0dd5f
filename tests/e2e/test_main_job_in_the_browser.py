"""The main job in Chromium, as each of the four people."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.api import ok
from msp_devstack.seed import OFFBOARD_FORM, ONBOARD_FORM, REPORT_FORM
from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e
Visit = Callable[..., Visitor]


def users_of(stack: Stack, organization: demo.DemoOrganization) -> dict[str, dict[str, object]]:
    tenant = ok(httpx.get(f"{stack.url('graph')}/_sandbox/tenants/{organization.tenant_id}"))
    return {user["userPrincipalName"]: user for user in tenant["users"]}


@pytest.mark.parametrize(
    ("person", "scheme"),
    [(demo.TECHNICIAN, "light"), (demo.ADMIN, "dark"), (demo.CLIENT_USER, "light")],
    ids=lambda value: getattr(value, "key", value),
)
def test_onboards_a_user_and_sees_the_result(
    stack: Stack, visit: Visit, person: demo.DemoPerson, scheme: str
) -> None:
    visitor, email = visit(scheme), f"browser.{person.key}@{demo.CONTOSO.domain}"
    page = visitor.page
    visitor.sign_in(person)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert visitor.violations() == []
    visitor.open_form(ONBOARD_FORM)
    visitor.fill_onboarding(email)
    assert visitor.violations() == []
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Ticket id")).to_be_visible()
    assert visitor.violations() == []
    assert users_of(stack, demo.CONTOSO)[email]["assignedLicenses"] != []
    page.get_by_role("link", name="Open details").click()
    expect(page.get_by_text(email).first).to_be_visible()
    assert visitor.violations() == []


def test_a_technician_sees_only_their_organizations_and_is_refused_another_ones_address(
    stack: Stack, visit: Visit
) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    visitor.page.get_by_role("combobox", name="Organization").click()
    options = visitor.page.get_by_role("option")
    expect(options.first).to_be_visible()
    assert options.all_inner_texts() == [demo.CONTOSO.name, demo.FABRIKAM.name]


def test_a_client_user_sees_only_the_forms_of_their_roles(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.CLIENT_USER)
    visitor.page.get_by_role("navigation").get_by_role("link", name="Forms").click()
    expect(visitor.page.get_by_role("heading", name="Forms", level=1)).to_be_visible()
    expect(visitor.page.get_by_role("link", name=ONBOARD_FORM)).to_be_visible()
    expect(visitor.page.get_by_role("link", name=OFFBOARD_FORM)).to_have_count(0)
    expect(visitor.page.get_by_role("combobox", name="Organization")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_stranger_is_told_whom_to_ask(visit: Visit, scheme: str) -> None:
    visitor = visit(scheme)
    visitor.sign_in(demo.STRANGER)
    expect(visitor.page.get_by_role("heading", name="You have no access yet")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Sign out")).to_be_visible()
    assert visitor.violations() == []


def test_a_wrong_value_is_told_at_its_field_and_nothing_is_sent(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    visitor.open_form(ONBOARD_FORM)
    page = visitor.page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/submit") else None)
    page.get_by_label("Sign-in name").fill("nobody")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.evaluate("document.activeElement.id") == page.get_by_label("First name").get_attribute("id")
    expect(page.get_by_label("Sign-in name")).to_have_attribute("aria-invalid", "true")
    assert sent == []
    assert visitor.violations() == []


def test_a_failing_workflow_shows_its_reason(stack: Stack, visit: Visit) -> None:
    visitor = visit("dark")
    visitor.sign_in(demo.TECHNICIAN)
    visitor.open_form(ONBOARD_FORM)
    existing = next(iter(users_of(stack, demo.CONTOSO)))
    visitor.fill_onboarding(existing)
    visitor.page.get_by_role("button", name="Run", exact=True).click()
    expect(visitor.page.get_by_text("Failed").first).to_be_visible(timeout=20_000)
    expect(visitor.page.get_by_text(re.compile("already", re.IGNORECASE)).first).to_be_visible()
    expect(visitor.page.get_by_label("Sign-in name")).to_have_value(existing)
    assert visitor.violations() == []


def test_a_report_is_a_table_and_stays_in_the_history(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    visitor.open_form(REPORT_FORM)
    visitor.page.get_by_role("button", name="Run", exact=True).click()
    expect(visitor.page.get_by_role("columnheader", name="Free")).to_be_visible(timeout=20_000)
    visitor.page.get_by_role("navigation").get_by_role("link", name="Executions").click()
    expect(visitor.page.get_by_role("link", name="Licence report").first).to_be_visible()
    assert visitor.violations() == []


def test_a_provider_that_fails_says_so_at_its_field_and_the_rest_works(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    control = f"{stack.url('graph')}/_sandbox/tenants/{demo.FABRIKAM.tenant_id}"
    ok(httpx.patch(control, json={"consent": "revoked"}))
    try:
        visitor.sign_in(demo.TECHNICIAN)
        visitor.choose_organization(demo.FABRIKAM.name)
        visitor.open_form(ONBOARD_FORM)
        retry = visitor.page.get_by_role("button", name=re.compile("again|retry", re.IGNORECASE)).first
        expect(retry).to_be_visible(timeout=15_000)
        visitor.page.get_by_label("First name").fill("Still works")
        assert visitor.violations() == []
    finally:
        ok(httpx.patch(control, json={"consent": "granted"}))
    retry.click()
    visitor.page.get_by_role("combobox", name="Licence").click()
    expect(visitor.page.get_by_role("option").first).to_be_visible(timeout=15_000)
    expect(visitor.page.get_by_label("First name")).to_have_value("Still works")
