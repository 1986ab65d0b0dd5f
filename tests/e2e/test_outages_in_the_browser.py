"""Outages and refusals in the middle of work: each is said, nothing typed is lost, and it goes on by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.e2e.browser import Visitor
from tests.e2e.conftest import organization_ids
from tests.e2e.trouble import (
    disabled,
    end_sign_in,
    frozen_storage,
    go,
    sign_in_again,
    without_rights,
)

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import ONBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e
Visit = Callable[..., Visitor]
BANNER = "Part of the platform is not available"


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def half_filled(visit: Visit, scheme: str = "light", name: str = "Half") -> Visitor:
    """The technician in the middle of onboarding somebody."""
    visitor = visit(scheme)
    visitor.sign_in(demo.TECHNICIAN)
    visitor.open_form(ONBOARD_FORM)
    visitor.fill_onboarding(f"{name.lower()}.{time.monotonic_ns()}@{demo.CONTOSO.domain}")
    visitor.page.get_by_label("First name").fill(name)
    return visitor


def half_built(visit: Visit, scheme: str = "light") -> Visitor:
    """The technician in the middle of building a form."""
    visitor = visit(scheme)
    visitor.sign_in(demo.TECHNICIAN)
    page = visitor.page
    page.get_by_role("navigation").get_by_role("link", name="Forms").click()
    page.get_by_role("link", name="New form").click()
    page.get_by_role("textbox", name="Name").fill(f"Half built {time.monotonic_ns()}")
    page.get_by_role("combobox", name="Workflow").click()
    page.get_by_role("option", name="licence_report", exact=True).click()
    return visitor


def half_edited(stack: Stack, visit: Visit, scheme: str = "light") -> Visitor:
    """The technician in the middle of a dialog: a value of the configuration."""
    visitor = visit(scheme)
    visitor.sign_in(demo.TECHNICIAN)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    go(visitor.page, f"/organizations/{organization_ids(stack)[demo.CONTOSO.name]}/configuration")
    visitor.page.get_by_role("button", name="New value").first.click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label("Key").fill(f"half_{time.monotonic_ns()}")
    dialog.get_by_role("textbox", name="Value").fill("Half edited")
    return visitor


def typed_in_dialog(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("dialog").first.get_by_role("textbox", name="Value")


@pytest.mark.long
def test_the_engine_goes_and_comes_back_and_the_form_is_run_once(stack: Stack, visit: Visit) -> None:
    visitor = half_filled(visit)
    page = visitor.page
    with stack.without("engine"):
        run(page)
        expect(page.get_by_text("The form could not be run.")).to_be_visible()
        expect(page.get_by_text(BANNER)).to_be_visible()
        expect(page.get_by_label("First name")).to_have_value("Half")
        assert visitor.violations() == []
    expect(page.get_by_text(BANNER)).to_have_count(0, timeout=15_000)
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)


def test_somebody_disabled_in_the_middle_of_a_form_keeps_what_they_typed(stack: Stack, visit: Visit) -> None:
    visitor = half_filled(visit, "dark")
    page, asked = visitor.page, []
    page.on("request", lambda request: asked.append(1) if request.url.endswith("/api/me") else None)
    with disabled(stack, demo.TECHNICIAN):
        run(page)
        expect(page.get_by_text("Your access has been taken away.")).to_be_visible()
        expect(page.get_by_label("First name")).to_have_value("Half")
        assert visitor.violations() == []
        # Being refused is no reason to ask for ever.
        page.wait_for_load_state("networkidle")
        assert len(asked) <= 4
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)


@pytest.mark.long
def test_somebody_disabled_who_typed_nothing_is_told_and_let_in_again(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with disabled(stack, demo.TECHNICIAN):
        page.get_by_role("navigation").get_by_role("link", name="Executions").click()
        expect(page.get_by_role("heading", name="Your access has been taken away")).to_be_visible()
        assert visitor.violations() == []
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Executions", level=1)).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_management_service_goes_and_comes_back(stack: Stack, visit: Visit, scheme: str) -> None:
    visitor = visit(scheme)
    visitor.sign_in(demo.TECHNICIAN)
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    another = visitor.context.new_page()
    with stack.without("management"):
        page.get_by_role("navigation").get_by_role("link", name="Forms").click()
        expect(page.get_by_text("could not be loaded")).to_be_visible(timeout=15_000)
        expect(page.get_by_text(BANNER)).to_be_visible()
        assert visitor.violations() == []
        another.goto(page.url)
        another.get_by_role("button", name="Sign in").click()
        expect(another.get_by_role("heading", name="The platform does not answer")).to_be_visible(
            timeout=20_000
        )
    # Nobody presses anything.
    expect(page.get_by_role("link", name=re.compile(ONBOARD_FORM)).first).to_be_visible(timeout=20_000)
    expect(page.get_by_text(BANNER)).to_have_count(0, timeout=15_000)
    expect(another.get_by_role("link", name=re.compile(ONBOARD_FORM)).first).to_be_visible(timeout=20_000)


@pytest.mark.long
@pytest.mark.timeout(180)
def test_storage_freezes_under_a_form_a_dialog_and_a_form_being_built(stack: Stack, visit: Visit) -> None:
    form, builder, dialog = half_filled(visit), half_built(visit, "dark"), half_edited(stack, visit)
    reader = visit("dark")
    reader.sign_in(demo.TECHNICIAN)
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
    with frozen_storage(stack):
        run(form.page)
        builder.page.get_by_role("button", name="Create the form").click()
        dialog.page.get_by_role("dialog").get_by_role("button", name="Save").click()
        reader.page.get_by_role("navigation").get_by_role("link", name="Forms").click()
        expect(form.page.get_by_text("What you typed is kept.").first).to_be_visible(timeout=20_000)
        expect(builder.page.get_by_text("What you built is kept.")).to_be_visible(timeout=20_000)
        expect(dialog.page.get_by_text("What you typed is kept.").first).to_be_visible(timeout=20_000)
        expect(reader.page.get_by_text("could not be loaded")).to_be_visible(timeout=40_000)
        for one in (form, builder, dialog, reader):
            expect(one.page.get_by_text(BANNER)).to_be_visible()
            assert one.violations() == []
    expect(reader.page.get_by_role("link", name=re.compile(ONBOARD_FORM)).first).to_be_visible(timeout=30_000)
    for one in (form, builder, dialog, reader):
        expect(one.page.get_by_text(BANNER)).to_have_count(0, timeout=30_000)
    expect(form.page.get_by_label("First name")).to_have_value("Half")
    run(form.page)
    expect(form.page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    builder.page.get_by_role("button", name="Create the form").click()
    expect(builder.page.get_by_role("link", name="Open the form")).to_be_visible()
    dialog.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(dialog.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.long
def test_a_right_taken_away_leaves_the_form_being_built(stack: Stack, visit: Visit) -> None:
    visitor = half_built(visit)
    page = visitor.page
    typed = page.get_by_role("textbox", name="Name").input_value()
    with without_rights(stack, demo.CONTOSO.name, "canManageForms"):
        page.get_by_role("button", name="Create the form").click()
        expect(page.get_by_text("You may not manage forms for Contoso any more.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Name")).to_have_value(typed)
        assert visitor.violations() == []
        page.get_by_role("navigation").get_by_role("link", name="Home").click()
        expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
        page.get_by_role("button", name="Stay here").click()
    page.get_by_role("button", name="Create the form").click()
    expect(page.get_by_role("link", name="Open the form")).to_be_visible()


@pytest.mark.long
def test_a_right_taken_away_leaves_the_open_dialog(stack: Stack, visit: Visit) -> None:
    visitor = half_edited(stack, visit, "dark")
    page = visitor.page
    with without_rights(stack, demo.CONTOSO.name, "canManageConfig"):
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog").get_by_text("What you typed is kept.")).to_be_visible()
        expect(page.get_by_text("You may not manage configuration for Contoso any more.")).to_be_attached()
        expect(typed_in_dialog(visitor)).to_have_value("Half edited")
        assert visitor.violations() == []
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.long
def test_an_organization_taken_away_leaves_the_half_filled_form(stack: Stack, visit: Visit) -> None:
    visitor = half_filled(visit)
    page = visitor.page
    with without_rights(stack, demo.CONTOSO.name):
        run(page)
        expect(page.get_by_text("You have no access to Contoso any more.")).to_be_visible()
        expect(page.get_by_label("First name")).to_have_value("Half")
        assert visitor.violations() == []
        page.get_by_role("navigation").get_by_role("link", name="Home").click()
        page.get_by_role("button", name="Leave and lose it").click()
        expect(page.get_by_text("You have no access to that organization.")).to_be_visible()
        assert visitor.violations() == []


@pytest.mark.long
def test_a_sign_in_that_ends_in_the_middle_of_a_form_is_renewed_beside_it(visit: Visit) -> None:
    visitor = half_filled(visit)
    page = visitor.page
    page.get_by_label("Job title").fill("Half a job")
    end_sign_in(visitor)
    run(page)
    expect(page.get_by_text("Your sign-in has ended.").first).to_be_visible(timeout=15_000)
    assert visitor.violations() == []
    sign_in_again(visitor, demo.TECHNICIAN)
    expect(page.get_by_text("Your sign-in has ended. What")).to_have_count(0)
    expect(page.get_by_label("Job title")).to_have_value("Half a job")
    expect(page.get_by_label("First name")).to_have_value("Half")
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)


@pytest.mark.long
def test_a_sign_in_that_ends_while_a_form_is_built_is_renewed_beside_it(visit: Visit) -> None:
    visitor = half_built(visit, "dark")
    page = visitor.page
    typed = page.get_by_role("textbox", name="Name").input_value()
    end_sign_in(visitor)
    page.get_by_role("button", name="Create the form").click()
    expect(page.get_by_text("Your sign-in has ended.").first).to_be_visible(timeout=15_000)
    assert visitor.violations() == []
    sign_in_again(visitor, demo.TECHNICIAN)
    expect(page.get_by_role("textbox", name="Name")).to_have_value(typed)
    page.get_by_role("button", name="Create the form").click()
    expect(page.get_by_role("link", name="Open the form")).to_be_visible()


@pytest.mark.long
def test_a_sign_in_that_ends_in_an_open_dialog_is_renewed_beside_it(stack: Stack, visit: Visit) -> None:
    visitor = half_edited(stack, visit)
    page = visitor.page
    end_sign_in(visitor)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_text("Your sign-in has ended.")).to_be_visible(timeout=15_000)
    assert visitor.violations() == []
    sign_in_again(visitor, demo.ADMIN)
    expect(page.get_by_text(f"Sign in as {demo.TECHNICIAN.name}")).to_be_visible()
    visitor.context.clear_cookies()
    sign_in_again(visitor, demo.TECHNICIAN)
    expect(typed_in_dialog(visitor)).to_have_value("Half edited")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.long
def test_a_sign_in_that_ends_where_nothing_is_typed_leads_back_to_the_same_page(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    page = visitor.page
    page.get_by_role("navigation").get_by_role("link", name="Forms").click()
    expect(page.get_by_role("heading", name="Forms", level=1)).to_be_visible()
    address = page.url
    end_sign_in(visitor)
    page.get_by_role("navigation").get_by_role("link", name="Executions").click()
    # At the identity provider; the client's own button, still there for a moment, begins with other words.
    page.get_by_role("button", name=re.compile(f"^{demo.TECHNICIAN.name}")).click()
    expect(page.get_by_role("heading", name="Executions", level=1)).to_be_visible(timeout=15_000)
    assert page.url == address.replace("/forms", "/executions")


def too_many(seconds: int) -> Callable[[Route], None]:
    """What the services answer to somebody who asks too often; the stack's own limits are out of reach."""

    def refuse(route: Route) -> None:
        route.fulfill(
            status=429,
            headers={
                "Retry-After": str(seconds),
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
            },
            json={"error": "TooManyRequests", "message": "You ask too often.", "details": {}},
        )

    return refuse


@pytest.mark.long
def test_too_many_requests_are_waited_out_and_said(visit: Visit) -> None:
    visitor = half_filled(visit)
    page = visitor.page
    page.route("**/submit", too_many(30), times=1)
    run(page)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"Try again in (30|29) seconds\."))
    expect(page.get_by_label("First name")).to_have_value("Half")
    assert visitor.violations() == []
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    reader = visit("dark")
    reader.sign_in(demo.TECHNICIAN)
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
    asked: list[float] = []
    reader.page.on(
        "request", lambda one: asked.append(time.monotonic()) if "/api/executions?" in one.url else None
    )
    reader.page.route("**/api/executions?*", too_many(4), times=1)
    reader.page.get_by_role("navigation").get_by_role("link", name="Executions").click()
    expect(reader.page.get_by_role("timer")).to_have_text(re.compile(r"Trying again in \d seconds?\."))
    assert reader.violations() == []
    expect(reader.page.get_by_role("table")).to_be_visible(timeout=10_000)
    assert asked[-1] - asked[0] >= 4


@pytest.mark.long
def test_a_tenant_that_is_taken_is_said_in_the_dialog_and_what_was_typed_stays(visit: Visit) -> None:
    visitor = visit("dark")
    visitor.sign_in(demo.ADMIN)
    page = visitor.page
    page.get_by_role("navigation").get_by_role("link", name="Organizations").click()
    page.get_by_role("button", name="New organization").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Contoso again")
    dialog.get_by_label("Tenant id").fill(demo.CONTOSO.tenant_id)
    dialog.get_by_role("button", name="Create the organization").click()
    expect(dialog.get_by_text(re.compile("already", re.IGNORECASE))).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("Contoso again")
    assert visitor.violations() == []
    # Escape is pressed for many reasons.
    page.keyboard.press("Escape")
    asked = page.get_by_role("dialog", name="Leave without saving?")
    expect(asked).to_be_visible()
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(dialog.get_by_label("Name")).to_have_value("Contoso again")
    page.keyboard.press("Escape")
    asked.get_by_role("button", name="Leave and lose it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


WATCH_PLACEHOLDERS = """() => {
  window.seen = [];
  const look = () => {
    const one = document.querySelector("[aria-busy] [class*=skeleton i]");
    if (one !== null) window.seen.push(getComputedStyle(one).opacity);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.long
def test_on_a_slow_line_placeholders_come_after_a_moment_and_a_form_is_sent_once(visit: Visit) -> None:
    visitor = half_filled(visit)
    page = visitor.page
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/submit") else None)
    line = visitor.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    page.get_by_role("button", name="Run", exact=True).dblclick()
    page.get_by_label("First name").press("Enter")
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)
    assert len(sent) == 1
    page.evaluate(WATCH_PLACEHOLDERS)
    page.get_by_role("navigation").get_by_role("link", name="Executions").click()
    expect(page.get_by_role("table")).to_be_visible(timeout=20_000)
    opacity = [float(one) for one in page.evaluate("window.seen")]
    # What comes at once does not flicker; what takes a second has shown that it is on its way.
    assert opacity[0] == 0
    assert max(opacity) == 1


@pytest.mark.long
def test_offline_everything_stays_and_goes_on_when_the_line_is_back(visit: Visit) -> None:
    visitor = half_filled(visit, "dark")
    page = visitor.page
    visitor.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    run(page)
    expect(page.get_by_text("The form could not be run.")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Half")
    assert visitor.violations() == []
    visitor.context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_have_count(0)
    run(page)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=20_000)


@pytest.mark.long
def test_a_file_of_the_page_that_cannot_be_fetched_is_said(visit: Visit) -> None:
    visitor = visit()
    visitor.page.route(re.compile(r"/assets/health-page"), lambda route: route.abort())
    visitor.sign_in(demo.TECHNICIAN)
    visitor.page.get_by_role("navigation").get_by_role("link", name="Health").click()
    expect(visitor.page.get_by_text("This page could not be loaded.")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Reload")).to_be_visible()
    assert visitor.violations() == []


@pytest.mark.long
def test_a_role_deleted_meanwhile_is_said_where_it_was_being_changed(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.ADMIN)
    page = visitor.page
    with Api(stack.ports, demo.ADMIN) as admin:
        role = ok(admin.management.post("/api/roles", json={"name": "Short lived"}))
        page.get_by_role("navigation").get_by_role("link", name="Roles").click()
        page.get_by_role("link", name="Short lived").click()
        page.get_by_role("button", name="Edit").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Description").fill("Typed with care")
        version = admin.management.get(f"/api/roles/{role['id']}").headers["ETag"]
        ok(admin.management.delete(f"/api/roles/{role['id']}", headers={"If-Match": version}))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("Description")).to_have_value("Typed with care")
