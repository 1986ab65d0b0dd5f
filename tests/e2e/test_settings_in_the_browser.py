"""Configuration, secrets and integrations in Chromium: what an admin and a technician do and are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.conftest import organization_ids

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]
OpenApi = Callable[..., Api]


@pytest.fixture
def visit(visit: Visit) -> Visit:
    def begin(person: demo.DemoPerson, path: str, scheme: str = "light") -> Visitor:
        visitor = visit(scheme)
        visitor.sign_in(person)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        go(visitor.page, path)
        return visitor

    return begin


def go(page: Page, path: str) -> None:
    """Open an address within the client, staying signed in."""
    page.evaluate(
        "(to) => {history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate'))}", path
    )


@pytest.fixture
def contoso(stack: Stack) -> str:
    """Where an organization's own pages begin."""
    return f"/organizations/{organization_ids(stack)[demo.CONTOSO.name]}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_inherited_value_is_overridden_and_set_back(visit: Visit, contoso: str, scheme: str) -> None:
    visitor = visit(demo.ADMIN, f"{contoso}/configuration", scheme)
    page = visitor.page
    row = page.get_by_role("row", name=re.compile("^default_usage_location"))
    expect(row.get_by_text("Inherited", exact=True)).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Override default_usage_location").click()
    page.get_by_role("textbox", name="Value").fill("DE")
    assert visitor.violations() == []
    page.get_by_role("button", name="Save").click()
    expect(row.get_by_text("Overridden")).to_be_visible()
    expect(row.get_by_text("DE", exact=True)).to_be_visible()
    expect(row.get_by_text("GB", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back to inherited: default_usage_location").click()
    assert visitor.violations() == []
    page.get_by_role("button", name="Go back to inherited").click()
    expect(row.get_by_text("Inherited", exact=True)).to_be_visible()


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    visit: Visit, contoso: str, api: OpenApi
) -> None:
    key = f"seats.{uuid4().hex[:8]}"
    admin = api(demo.ADMIN).management
    value = {"key": key, "type": "int", "value": "5"}
    ok(admin.post(f"/api{contoso}/config", json=value))
    visitor = visit(demo.TECHNICIAN, f"{contoso}/configuration?q={key}")
    page = visitor.page
    page.get_by_role("button", name=f"Edit {key}").click()
    page.get_by_role("textbox", name="Value").fill("6")
    ok(admin.post(f"/api{contoso}/config", json=value | {"value": "7"}))
    page.get_by_role("button", name="Save").click()
    beside = page.get_by_role("table", name="Theirs beside yours")
    expect(beside.get_by_role("row", name="Value 7 6")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Replace theirs").click()
    expect(page.get_by_role("row", name=re.compile(f"^{key}")).get_by_text("6", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_secret_is_seen_once_and_deleted_only_on_purpose(
    visit: Visit, contoso: str, api: OpenApi, scheme: str
) -> None:
    name, value = f"backup-{uuid4().hex[:8]}", f"value-{uuid4().hex}"
    visitor = visit(demo.ADMIN, f"{contoso}/secrets", scheme)
    page = visitor.page
    page.get_by_role("button", name="New secret").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.locator("input[type=password]").fill(value)
    assert visitor.violations() == []
    dialog.get_by_role("button", name="Set the secret").click()
    kept = page.get_by_role("dialog", name=f"{name} was set")
    kept.get_by_role("button", name="Show the value").click()
    expect(kept.get_by_label(f"Value of {name}")).to_have_value(value)
    assert visitor.violations() == []
    kept.get_by_role("button", name="Done").click()
    expect(kept).to_have_count(0)
    assert value not in page.content()

    reference = {"key": f"{name}.ref", "type": "secret_ref", "value": name}
    ok(api(demo.ADMIN).management.post(f"/api{contoso}/config", json=reference))
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("button", name="Delete the secret").click()
    expect(page.get_by_role("link", name=f"{name}.ref")).to_be_visible()
    assert visitor.violations() == []
    expect(page.get_by_role("button", name="Delete it anyway")).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("Delete it anyway")).check()
    page.get_by_role("button", name="Delete it anyway").click()
    expect(page.get_by_role("row", name=re.compile(f"^{name}"))).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_integration_is_set_up_by_its_own_form_and_tested_for_real(
    visit: Visit, contoso: str, scheme: str
) -> None:
    visitor = visit(demo.ADMIN, f"{contoso}/integrations", scheme)
    page = visitor.page
    halo = page.get_by_role("region", name="HaloPSA")
    halo.get_by_role("button", name="Test HaloPSA").click()
    expect(halo.get_by_text("HaloPSA answers", exact=False)).to_be_visible(timeout=15_000)
    assert visitor.violations() == []
    halo.get_by_role("button", name="Edit: HaloPSA").click()
    number = page.get_by_role("textbox", name=re.compile("HaloPSA client number"))
    number.fill("none")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter a whole number")).to_be_visible()
    assert visitor.violations() == []
    number.fill(str(demo.CONTOSO.halo_client))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_failing_test_tells_the_reason(visit: Visit) -> None:
    visitor = visit(demo.ADMIN, "/settings/integrations")
    graph = visitor.page.get_by_role("region", name="Microsoft Graph")
    graph.get_by_role("button", name="Test Microsoft Graph").click()
    expect(graph.get_by_text("The test failed")).to_be_visible(timeout=15_000)
    expect(graph.get_by_text("This test is made without an organization", exact=False)).to_be_visible()
    assert visitor.violations() == []


def test_a_technician_is_told_what_is_missing_and_whom_to_ask(
    visit: Visit, contoso: str, stack: Stack
) -> None:
    visitor = visit(demo.TECHNICIAN, f"{contoso}/secrets")
    page = visitor.page
    expect(page.get_by_text("Secrets are for admins only.")).to_be_visible()
    fabrikam = organization_ids(stack)[demo.FABRIKAM.name]
    go(page, f"/organizations/{fabrikam}/configuration")
    expect(page.get_by_text("You need the permission “Manage configuration” here.")).to_be_visible()
    expect(page.get_by_text("Ask an administrator of the platform", exact=False)).to_be_visible()
    assert visitor.violations() == []
    go(page, "/settings")
    expect(page.get_by_text("The settings are for admins only.")).to_be_visible()
