"""Every screen and state that is looked at: where it is, who sees it, and what is done there first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.e2e.screens import doing
from tests.e2e.screens.doing import Act
from tests.e2e.screens.forms import NAME as WORKPLACE_FORM
from tests.e2e.screens.stage import EMPTY_ORGANIZATION, LONG_NAME

from msp_devstack import demo
from msp_devstack.seed import CLIENT_ROLE, ONBOARD_FORM, REPORT_FORM


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
        failing: Requests, as a pattern of their address, that are answered with the first of `refusals`.
    """

    name: str
    path: str
    heading: str | re.Pattern[str]
    do: Act = lambda page: None
    of: str = demo.CONTOSO.name
    refusals: tuple[int, ...] = ()
    failing: str | None = None


_CONTOSO = "/organizations/{Contoso}"
_BUILDER, _EDIT = "/forms/{form:Onboard a user}/edit", f"Edit {ONBOARD_FORM}"

ADMIN = (
    Place("home", "/", "Contoso"),
    Place("home-empty", "/", EMPTY_ORGANIZATION, of=EMPTY_ORGANIZATION),
    Place("profile-menu", "/", "Contoso", doing.profile_menu),
    Place("shortcuts", "/", "Contoso", doing.shortcuts),
    Place("switcher", "/", "Contoso", doing.open_list("Organization")),
    Place("forms", "/forms", "Forms"),
    Place("forms-none-matches", "/forms?q=zzz", "Forms"),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-long", "/forms/{form:Order a workplace}", WORKPLACE_FORM),
    Place("form-conditional", "/forms/{form:Order a workplace}", WORKPLACE_FORM, doing.broken_device),
    Place("form-run", "/forms/{form:Licence report}", REPORT_FORM, doing.run_report),
    Place("builder-new", "/forms/new", "New form"),
    Place("builder", _BUILDER, _EDIT, doing.choose_licence),
    Place("builder-long", "/forms/{form:Order a workplace}/edit", f"Edit {WORKPLACE_FORM}", doing.new_field),
    Place("builder-end", _BUILDER, _EDIT, doing.properties_to_their_end),
    Place("builder-section", _BUILDER, _EDIT, doing.choose_section),
    Place("builder-preview", _BUILDER, _EDIT, doing.preview_as_client),
    Place("builder-wrong", _BUILDER, _EDIT, doing.save_what_is_refused),
    Place("builder-from-workflow", "/forms/new?workflow=offboard_user", "New form"),
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
        doing.press("Cancel"),
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
    Place("organizations-new", "/organizations", "Organizations", doing.press("New organization")),
    Place("organizations-import", "/organizations/import", re.compile("Import"), doing.select_customer),
    Place("organization", _CONTOSO, "Contoso"),
    Place("organization-failing", "/organizations/{Northwind Traders}", "Northwind Traders"),
    Place("organization-ending", "/organizations/{Fabrikam}", "Fabrikam"),
    Place("organization-unlinked", f"/organizations/{{{LONG_NAME}}}", LONG_NAME),
    Place("organization-edit", _CONTOSO, "Contoso", doing.press("Edit")),
    Place("organization-deactivate", _CONTOSO, "Contoso", doing.press("Deactivate")),
    Place("configuration", f"{_CONTOSO}/configuration", "Contoso"),
    Place(
        "configuration-edit",
        f"{_CONTOSO}/configuration",
        "Contoso",
        doing.press("Override default_usage_location"),
    ),
    Place("configuration-new", f"{_CONTOSO}/configuration", "Contoso", doing.press("New value")),
    Place("secrets", f"{_CONTOSO}/secrets", "Contoso"),
    Place("secrets-new", f"{_CONTOSO}/secrets", "Contoso", doing.set_secret),
    Place("secrets-delete", f"{_CONTOSO}/secrets", "Contoso", doing.press("Delete ")),
    Place("integrations", f"{_CONTOSO}/integrations", "Contoso", doing.try_integration),
    Place("integrations-edit", f"{_CONTOSO}/integrations", "Contoso", doing.press("Edit: HaloPSA")),
    Place("permissions", f"{_CONTOSO}/permissions", "Contoso"),
    Place("schedules", f"{_CONTOSO}/schedules", "Contoso"),
    Place("webhooks", f"{_CONTOSO}/webhooks", "Contoso"),
    Place("webhooks-actions", f"{_CONTOSO}/webhooks", "Contoso", doing.actions),
    Place("webhooks-new", f"{_CONTOSO}/webhooks", "Contoso", doing.press("New webhook")),
    Place("schedules-all", "/schedules", "Schedules"),
    Place("users", "/users", "Users"),
    Place("user", "/users/{technician}", demo.TECHNICIAN.name),
    Place("roles", "/roles", "Roles"),
    Place("user-disable", "/users/{technician}", demo.TECHNICIAN.name, doing.press("Disable the account")),
    Place("role-delete", "/roles/{role:Contoso office}", CLIENT_ROLE, doing.press("Delete")),
    Place("roles-new", "/roles", "Roles", doing.press("New role")),
    Place("role", "/roles/{role:Contoso office}", CLIENT_ROLE),
    Place("settings", "/settings/configuration", "Settings"),
    Place("settings-secrets", "/settings/secrets", "Settings"),
    Place("settings-integrations", "/settings/integrations", "Settings"),
    Place("audit", "/audit", "Audit log"),
    Place("audit-details", "/audit", "Audit log", doing.open_details),
    Place("audit-none", "/audit?to=2020-01-01", "Audit log"),
    Place("health", "/health", re.compile("Health")),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
    Place("not-found", "/nowhere", re.compile("no such page|not found", re.IGNORECASE)),
)
# Each of them for the first time: what was read once, here or for a filter, is shown while it is read again.
LOADING = (
    Place("home", "/", "Fabrikam", of=demo.FABRIKAM.name),
    Place("workflows", "/workflows", "Workflows"),
    Place("users", "/users", "Users"),
    Place("user", "/users/{technician}", re.compile("User")),
    Place("roles", "/roles", "Roles"),
    Place("health", "/health", "Health"),
    Place("audit", "/audit", "Audit log"),
    Place("settings", "/settings/configuration", "Settings"),
    Place("organizations", "/organizations", "Organizations"),
    Place("organization", _CONTOSO, "Contoso"),
    Place("forms", "/forms", "Forms"),
    Place("form", "/forms/{form:Onboard a user}", "Form"),
    Place("builder", _BUILDER, re.compile("form", re.IGNORECASE)),
    Place("execution", "/executions/{run:licence_report}", "Execution"),
    Place("executions", "/executions", "Executions"),
)
# Before anybody has signed in. The last one loads the client anew, without its settings.
NOBODY = (
    Place("sign-in", "/", "Sign in"),
    Place(
        "start-failing",
        "/",
        "Sign in",
        doing.start_anew,
        refusals=(503,),
        failing="**/config.json",
    ),
)
STRANGER = (Place("no-access", "/", "You have no access yet", refusals=(403,)),)
TECHNICIAN = (
    Place("home", "/", "Contoso"),
    # What was read before is shown in spite of a failure: these come first.
    Place(
        "home-failing",
        "/",
        "Fabrikam",
        of=demo.FABRIKAM.name,
        refusals=(500,),
        failing="**/api/executions?*",
    ),
    Place(
        "executions-failing",
        "/executions",
        "Executions",
        of=demo.FABRIKAM.name,
        refusals=(500,),
        failing="**/api/executions?*",
    ),
    Place("home-empty", "/", "Fabrikam", of=demo.FABRIKAM.name),
    Place("forms", "/forms", "Forms"),
    Place("forms-not-managed", "/forms", "Forms", of=demo.FABRIKAM.name),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-wrong", "/forms/{form:Onboard a user}", ONBOARD_FORM, doing.wrong),
    Place(
        "form-provider-failing",
        "/forms/{form:Onboard a user}",
        ONBOARD_FORM,
        of=demo.FABRIKAM.name,
        refusals=(504,),
        failing="**/api/data-providers/**",
    ),
    Place("executions", "/executions", "Executions"),
    Place("executions-mine", "/executions?of=mine", "My executions"),
    Place("execution-failed", "/executions/{run:reset_mfa}", "Reset MFA"),
    Place("workflows", "/workflows", "Workflows"),
    Place("organizations", "/organizations", "Organizations"),
    Place("organization", _CONTOSO, "Contoso"),
    Place("organization-refused", "/organizations/{Northwind Traders}", "Organization", refusals=(403,)),
    Place("configuration-refused", "/organizations/{Fabrikam}/configuration", "Fabrikam"),
    Place("secrets-refused", f"{_CONTOSO}/secrets", "Contoso"),
    Place("users-refused", "/users", "Users", refusals=(403,)),
    Place("settings-refused", "/settings/configuration", "Settings"),
    Place("health", "/health", re.compile("Health")),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
)
CLIENT_USER = (
    Place("home", "/", re.compile("^Welcome")),
    Place("forms", "/forms", "Forms"),
    Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM),
    Place("form-wrong", "/forms/{form:Onboard a user}", ONBOARD_FORM, doing.wrong),
    Place("form-long", "/forms/{form:Order a workplace}", WORKPLACE_FORM),
    Place("executions", "/executions", "My executions"),
    Place("execution", "/executions/{run:onboard_user}", "Onboard a user"),
    Place("workflows-refused", "/workflows", "Workflows"),
    Place("profile", "/profile", re.compile("profile", re.IGNORECASE)),
)
