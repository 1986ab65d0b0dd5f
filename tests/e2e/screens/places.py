"""Every screen and state that is looked at: where it is, who sees it, and what is done there first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect
from tests.e2e.screens.forms import NAME as WORKPLACE_FORM
from tests.e2e.screens.stage import EMPTY_ORGANIZATION, LONG_NAME

from msp_devstack import demo
from msp_devstack.seed import CLIENT_ROLE, ONBOARD_FORM

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Place:
    """One screen in one state.

    Args:
        path: Address; `{Name}` is the id of the organization, form or role of that name, `{run:workflow}` that of
            the workflow's newest execution.
        heading: What the page is called, so that it is known to be there.
        do: What is done there before it is looked at.
        of: The organization chosen at the top.
        refusals: Statuses that the API answers here, which the browser reports.
    """

    name: str
    path: str
    heading: str | re.Pattern[str]
    do: Act = lambda page: None
    of: str = demo.CONTOSO.name
    refusals: tuple[int, ...] = ()


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


def _wrong(page: Page) -> None:
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Sign-in name").fill("ada")
    page.get_by_role("button", name="Run", exact=True).click()


def _new_field(page: Page) -> None:
    page.get_by_role("group", name="Add a field").get_by_role("button", name="Choice list").click()


def _offboard(page: Page) -> None:
    page.get_by_role("list", name="Fields").get_by_text("Licence").click()


def _actions(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Actions for")).first.click()


def _open_folded(page: Page) -> None:
    for one in page.get_by_role("button", expanded=False).all():
        one.click()


def _select_customer(page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("^Import Adventure")).check()


def _set_secret(page: Page) -> None:
    page.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("vpn-gateway-password")


def _test_integration(page: Page) -> None:
    page.get_by_role("button", name="Test HaloPSA").click()
    expect(page.get_by_text("HaloPSA answers", exact=False)).to_be_visible(timeout=15_000)


def _shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def _profile_menu(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button").last.click()
    expect(page.get_by_role("menu")).to_be_visible()


_CONTOSO = "/organizations/{Contoso}"

ADMIN = (
    Place("home", "/", "Contoso"),
    Place("home-empty", "/", EMPTY_ORGANIZATION, of=EMPTY_ORGANIZATION),
    Place("profile-menu", "/", "Contoso", _profile_menu),
    Place("shortcuts", "/", "Contoso", _shortcuts),
    Place("switcher", "/", "Contoso", open_list("Organization")),
    Place("forms", "/forms", "Forms"),
    Place("forms-none-matches", "/forms?q=zzz", "Forms"),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-long", "/forms/{form:Order a workplace}", WORKPLACE_FORM),
    Place("builder-new", "/forms/new", "New form"),
    Place("builder", "/forms/{form:Onboard a user}/edit", f"Edit {ONBOARD_FORM}", _offboard),
    Place("builder-long", "/forms/{form:Order a workplace}/edit", f"Edit {WORKPLACE_FORM}", _new_field),
    Place("executions", "/executions", "Executions"),
    Place("executions-all", "/executions?of=all&status=Failed", "Executions"),
    Place("executions-none", "/executions?status=Cancelled&from=2020-01-01&to=2020-01-02", "Executions"),
    Place("executions-empty", "/executions", "Executions", of=EMPTY_ORGANIZATION),
    Place("execution-table", "/executions/{run:mailbox_sizes}", "Mailbox sizes"),
    Place("execution-record", "/executions/{run:backup_summary}", "Backup summary"),
    Place("execution-calls", "/executions/{run:licence_report}", "Licence report"),
    Place("execution-failed", "/executions/{run:reset_mfa}", "Reset MFA"),
    Place("execution-timed-out", "/executions/{run:review_sign_ins}", "Review sign ins"),
    Place("execution-running", "/executions/{run:move_mailboxes_to_the_archive}", re.compile("^Move mail")),
    Place(
        "execution-cancel",
        "/executions/{run:move_mailboxes_to_the_archive}",
        re.compile("^Move mail"),
        press("Cancel"),
    ),
    Place(
        "execution-unknown", "/executions/0198c000-0000-7000-8000-000000000000", "Execution", refusals=(404,)
    ),
    Place("workflows", "/workflows", "Workflows"),
    Place("providers", "/workflows?view=providers", "Workflows"),
    Place("workflow", "/workflows/onboard_user", "Onboard user"),
    Place("workflow-scheduled", "/workflows/licence_report", "Licence report"),
    Place("workflow-run", "/workflows/onboard_user/run", re.compile("Onboard user")),
    Place("workflow-unknown", "/workflows/nothing_of_the_kind", re.compile("Nothing")),
    Place("organizations", "/organizations", "Organizations"),
    Place("organizations-new", "/organizations", "Organizations", press("New organization")),
    Place("organizations-import", "/organizations/import", re.compile("Import"), _select_customer),
    Place("organization", _CONTOSO, "Contoso"),
    Place("organization-failing", "/organizations/{Northwind Traders}", "Northwind Traders"),
    Place("organization-ending", "/organizations/{Fabrikam}", "Fabrikam"),
    Place("organization-unlinked", f"/organizations/{{{LONG_NAME}}}", LONG_NAME),
    Place("organization-edit", _CONTOSO, "Contoso", press("Edit")),
    Place("organization-deactivate", _CONTOSO, "Contoso", press("Deactivate")),
    Place("configuration", f"{_CONTOSO}/configuration", "Contoso"),
    Place(
        "configuration-edit", f"{_CONTOSO}/configuration", "Contoso", press("Override default_usage_location")
    ),
    Place("secrets", f"{_CONTOSO}/secrets", "Contoso"),
    Place("secrets-new", f"{_CONTOSO}/secrets", "Contoso", _set_secret),
    Place("secrets-delete", f"{_CONTOSO}/secrets", "Contoso", press("Delete ")),
    Place("integrations", f"{_CONTOSO}/integrations", "Contoso", _test_integration),
    Place("integrations-edit", f"{_CONTOSO}/integrations", "Contoso", press("Edit: HaloPSA")),
    Place("permissions", f"{_CONTOSO}/permissions", "Contoso"),
    Place("schedules", f"{_CONTOSO}/schedules", "Contoso"),
    Place("webhooks", f"{_CONTOSO}/webhooks", "Contoso"),
    Place("webhooks-actions", f"{_CONTOSO}/webhooks", "Contoso", _actions),
    Place("webhooks-new", f"{_CONTOSO}/webhooks", "Contoso", press("New webhook")),
    Place("users", "/users", "Users"),
    Place("user", "/users/{technician}", demo.TECHNICIAN.name),
    Place("roles", "/roles", "Roles"),
    Place("roles-new", "/roles", "Roles", press("New role")),
    Place("role", "/roles/{role:Contoso office}", CLIENT_ROLE),
    Place("settings", "/settings/configuration", "Settings"),
    Place("settings-secrets", "/settings/secrets", "Settings"),
    Place("settings-integrations", "/settings/integrations", "Settings"),
    Place("audit", "/audit", "Audit log"),
    Place("health", "/health", re.compile("Health")),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
    Place("not-found", "/nowhere", re.compile("no such page|not found", re.IGNORECASE)),
)
TECHNICIAN = (
    Place("home", "/", "Contoso"),
    Place("home-empty", "/", "Fabrikam", of=demo.FABRIKAM.name),
    Place("forms", "/forms", "Forms"),
    Place("forms-not-managed", "/forms", "Forms", of=demo.FABRIKAM.name),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-wrong", "/forms/{form:Onboard a user}", ONBOARD_FORM, _wrong),
    Place("executions", "/executions", "Executions"),
    Place("executions-mine", "/executions?of=mine", "My executions"),
    Place("execution-failed", "/executions/{run:reset_mfa}", "Reset MFA"),
    Place("workflows", "/workflows", "Workflows"),
    Place("organizations", "/organizations", "Organizations"),
    Place("organization", _CONTOSO, "Contoso"),
    Place("organization-refused", "/organizations/{Northwind Traders}", re.compile("."), refusals=(403,)),
    Place("configuration-refused", "/organizations/{Fabrikam}/configuration", "Fabrikam"),
    Place("secrets-refused", f"{_CONTOSO}/secrets", "Contoso"),
    Place("users-refused", "/users", re.compile("."), refusals=(403,)),
    Place("settings-refused", "/settings/configuration", "Settings"),
    Place("health", "/health", re.compile("Health")),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
)
CLIENT_USER = (
    Place("home", "/", re.compile("^Welcome")),
    Place("forms", "/forms", "Forms"),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-wrong", "/forms/{form:Onboard a user}", ONBOARD_FORM, _wrong),
    Place("form-long", "/forms/{form:Order a workplace}", WORKPLACE_FORM),
    Place("executions", "/executions", "My executions"),
    Place("execution", "/executions/{run:onboard_user}", "Onboard user"),
    Place("workflows-refused", "/workflows", "Workflows"),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
)
