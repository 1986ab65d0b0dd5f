"""Organizations in Chromium: making, importing, changing and closing them, and what belongs to each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.conftest import organization_ids

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]


@pytest.fixture
def visit(visit: Visit) -> Visit:
    def begin(person: demo.DemoPerson, scheme: str = "light") -> Visitor:
        visitor = visit(scheme)
        visitor.sign_in(person)
        visitor.page.get_by_role("navigation", name="Main").get_by_role("link", name="Organizations").click()
        expect(visitor.page.get_by_role("heading", name="Organizations", level=1)).to_be_visible()
        return visitor

    return begin


def open_organization(page: Page, name: str, part: str | None = None) -> None:
    page.get_by_role("table", name="Organizations").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    if part is not None:
        page.get_by_role("link", name=part, exact=True).click()


@pytest.fixture
def proseware(stack: Stack) -> Iterator[str]:
    """An organization of the test's own, by name; closed again afterwards."""
    name = "Proseware"
    with Api(stack.ports, demo.ADMIN) as admin:
        made = ok(admin.management.post("/api/organizations", json={"name": name, "tags": ["gold"]}))
        yield name
        ok(admin.management.delete(f"/api/organizations/{made['id']}"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_admin_makes_an_organization_and_closes_it(visit: Visit, scheme: str) -> None:
    visitor = visit(demo.ADMIN, scheme)
    page, name = visitor.page, f"Litware {scheme}"
    assert visitor.violations() == []
    page.get_by_role("button", name="New organization").click()
    dialog = page.get_by_role("dialog", name="New organization")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Tenant id").fill("nonsense")
    dialog.get_by_role("button", name="Create the organization").click()
    expect(dialog.get_by_label("Tenant id")).to_have_attribute("aria-invalid", "true")
    assert visitor.violations() == []
    dialog.get_by_label("Tenant id").fill("")
    dialog.get_by_role("combobox", name="Tags").fill("Gold Support")
    dialog.get_by_role("combobox", name="Tags").press("Enter")
    dialog.get_by_role("button", name="Create the organization").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.get_by_text("gold-support")).to_be_visible()
    expect(page.get_by_role("combobox", name="Organization")).to_have_value(name)
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("button", name="Deactivate the organization").click()
    expect(page.get_by_text("Inactive", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Webhooks")).to_have_count(0)
    assert visitor.violations() == []


def test_what_was_typed_outlives_somebody_elses_change(stack: Stack, visit: Visit, proseware: str) -> None:
    visitor = visit(demo.ADMIN, "dark")
    page = visitor.page
    open_organization(page, proseware)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Name").fill("Proseware Ltd")
    with Api(stack.ports, demo.ADMIN) as other:
        path = f"/api/organizations/{other.organization_id(proseware)}"
        ok(other.management.patch(path, json={"name": "Proseware plc"}))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this organization meanwhile.")).to_be_visible()
    expect(page.get_by_role("row", name="Name Proseware plc Proseware Ltd")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Replace theirs").click()
    expect(page.get_by_role("heading", name="Proseware Ltd", level=1)).to_be_visible()


@pytest.fixture
def not_imported(stack: Stack) -> Iterator[str]:
    """A customer without an organization, by name; what the test makes of it is closed afterwards."""
    name = "Adventure Works"
    yield name
    with Api(stack.ports, demo.ADMIN) as admin:
        ok(admin.management.delete(f"/api/organizations/{admin.organization_id(name)}"))


def test_customers_are_imported_from_gdap(visit: Visit, not_imported: str) -> None:
    visitor = visit(demo.ADMIN)
    page = visitor.page
    page.get_by_role("link", name="Import from GDAP").click()
    page.get_by_role("switch", name="Show those that cannot be imported").press("Space")
    expect(page.get_by_role("checkbox", name="Import Contoso")).to_be_disabled()
    assert visitor.violations() == []
    page.get_by_role("checkbox", name=f"Import {not_imported}").check()
    page.get_by_role("button", name="Import 1 customer").click()
    expect(page.get_by_text("1 of 1 customer imported.")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("link", name=not_imported).click()
    page.get_by_role("button", name="Verify the link").click()
    expect(
        page.get_by_role("region", name="Microsoft 365 tenant").get_by_text("Linked", exact=True)
    ).to_be_visible()


def test_a_missing_consent_is_explained_and_the_import_can_be_tried_again(stack: Stack, visit: Visit) -> None:
    visitor = visit(demo.ADMIN, "dark")
    control = f"{stack.url('graph')}/_sandbox/tenants/{demo.MSP_TENANT_ID}"
    ok(httpx.patch(control, json={"consent": "revoked"}))
    try:
        visitor.page.get_by_role("link", name="Import from GDAP").click()
        retry = visitor.page.get_by_role("button", name="Try again")
        expect(retry).to_be_visible(timeout=15_000)
        expect(visitor.page.get_by_text(re.compile("administrator's consent"))).to_be_visible()
        assert visitor.violations() == []
    finally:
        ok(httpx.patch(control, json={"consent": "granted"}))
    retry.click()
    expect(visitor.page.get_by_role("searchbox", name="Search customers")).to_be_visible(timeout=15_000)


def test_a_failing_link_says_why(stack: Stack, visit: Visit) -> None:
    control = f"{stack.url('graph')}/_sandbox/tenants/{demo.NORTHWIND.tenant_id}"
    ok(httpx.patch(control, json={"consent": "revoked"}))
    try:
        visitor = visit(demo.ADMIN)
        open_organization(visitor.page, demo.NORTHWIND.name)
        visitor.page.get_by_role("button", name="Verify the link").click()
        expect(visitor.page.get_by_text("The tenant could not be reached.")).to_be_visible(timeout=15_000)
        assert visitor.violations() == []
    finally:
        ok(httpx.patch(control, json={"consent": "granted"}))
    visitor.page.get_by_role("button", name="Verify the link").click()
    expect(visitor.page.get_by_text("The tenant could not be reached.")).to_have_count(0, timeout=15_000)


def test_a_permission_is_given_and_counts_for_the_technician(
    stack: Stack, visit: Visit, proseware: str
) -> None:
    visitor = visit(demo.ADMIN)
    page = visitor.page
    open_organization(page, proseware, "Permissions")
    page.get_by_role("combobox", name="Add a person").click()
    page.get_by_role("option", name=re.compile(demo.TECHNICIAN.name)).click()
    page.get_by_role("button", name="Add", exact=True).click()
    assert visitor.violations() == []
    box = page.get_by_role("checkbox", name=f"View history: {demo.TECHNICIAN.name}")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        box.check()
    with Api(stack.ports, demo.TECHNICIAN) as technician:
        assert proseware in [one["name"] for one in ok(technician.management.get("/api/organizations"))]


def test_a_webhook_shows_its_key_once_and_the_key_opens_it(stack: Stack, visit: Visit) -> None:
    visitor = visit(demo.ADMIN, "dark")
    page = visitor.page
    open_organization(page, demo.CONTOSO.name, "Webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Name").fill("Monitor")
    page.get_by_role("combobox", name="Workflow").click()
    page.get_by_role("option", name="licence_report").click()
    assert visitor.violations() == []
    page.get_by_role("button", name="Create the webhook").click()
    key = page.get_by_label("Key", exact=True).inner_text()
    address = page.get_by_label("Address", exact=True).inner_text()
    assert visitor.violations() == []
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("row", name=re.compile("Monitor"))).to_be_visible()
    assert key not in page.content()
    assert httpx.post(address, headers={"X-Api-Key": key}, json={}).status_code in {200, 202}
    page.get_by_role("button", name="Actions for Monitor").click()
    expect(page.get_by_role("menuitem", name="Deactivate")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("menuitem", name="Deactivate").click()
    page.get_by_role("button", name="Deactivate the webhook").click()
    expect(page.get_by_role("row", name=re.compile("Monitor.*Inactive"))).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Actions for Monitor").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete the webhook").click()
    expect(page.get_by_role("row", name=re.compile("Monitor"))).to_have_count(0)
    assert httpx.post(address, headers={"X-Api-Key": key}, json={}).status_code in {401, 403, 404}


def test_a_technician_switches_a_schedule_where_they_manage_configuration(stack: Stack, visit: Visit) -> None:
    visitor = visit(demo.TECHNICIAN)
    page = visitor.page
    expect(page.get_by_role("button", name="New organization")).to_have_count(0)
    open_organization(page, demo.CONTOSO.name, "Schedules")
    expect(page.get_by_role("link", name="Webhooks")).to_have_count(0)
    switch = page.get_by_role("switch", name="Run Licence report, weekly")
    switch.press("Space")
    expect(page.get_by_text("None while it is off")).to_be_visible()
    assert visitor.violations() == []
    switch.press("Space")
    expect(switch).to_be_checked()
    expect(page.get_by_text("None while it is off")).to_have_count(0)
    visitor.choose_organization(demo.FABRIKAM.name)
    expect(page.get_by_role("heading", name=demo.FABRIKAM.name, level=1)).to_be_visible()
    expect(page.get_by_role("switch", name="Run Licence report, weekly")).to_be_disabled()


def test_a_technician_is_refused_another_organizations_page(stack: Stack, visit: Visit) -> None:
    visitor = visit(demo.TECHNICIAN)
    northwind = organization_ids(stack)[demo.NORTHWIND.name]
    visitor.page.evaluate(
        "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
        f"/organizations/{northwind}",
    )
    expect(visitor.page.get_by_text("The organization could not be loaded.")).to_be_visible()
    expect(visitor.page.get_by_text(demo.NORTHWIND.name)).to_have_count(0)
    assert visitor.violations() == []
