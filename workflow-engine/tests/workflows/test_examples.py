"""All example automations alike: a form can run each, the docs tell each, and their permissions are enough."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msp_automation import FileReference, OrganizationContext, definition_of
from msp_automation.discovery import Discovered
from msp_automation.sandboxes.graph.permissions import CONSENTED
from msp_automation.sandboxes.identities import CONTOSO, MSP_TENANT_ID
from msp_automation.testing import GraphSandbox, HaloSandbox, SubmitForm
from msp_core.forms.definition import check_definition
from msp_core.forms.generate import form_for

DOCS = Path(__file__).parents[3] / "docs/examples.md"
ROW = re.compile(r"^\| \[`(?P<name>\w+)`\]\((?P<path>[^)]+)\) \|(?P<rest>.*)\|$", re.MULTILINE)
PERMISSION = re.compile(r"\b[A-Z][A-Za-z-]+\.(?:[A-Z]\w+)(?:\.\w+)*\b")
ADA = "ada@contoso.example"
MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]


def permissions_of(definition: Any) -> set[str]:
    """The permissions that an example's docstring names."""
    return set(PERMISSION.findall(definition.function.__doc__))


def test_the_docs_have_each_example_with_its_permissions_and_schedules(author_code: Discovered) -> None:
    rows = {match["name"]: match for match in ROW.finditer(DOCS.read_text("utf-8"))}
    assert rows.keys() == author_code.workflows.keys()
    for name, definition in author_code.workflows.items():
        row = rows[name]
        assert (DOCS.parent / row["path"]).is_file()
        assert permissions_of(definition) == set(PERMISSION.findall(row["rest"])), name
        for schedule in definition.metadata.schedules:
            assert f"`{schedule.cron}`, {schedule.timezone}" in row["rest"], name
            assert all(f"`{tag}`" in row["rest"] for tag in schedule.tags or ()), name


def test_a_form_can_be_made_of_each_example_and_run_it(author_code: Discovered) -> None:
    exposed = [one for one in author_code.catalog.workflows if one.expose_in_forms]
    assert {one.name for one in author_code.catalog.workflows} - {one.name for one in exposed} == {
        "triage_ticket"
    }
    for workflow in exposed:
        check_definition(form_for(workflow), author_code.catalog)
        assert all(one.type != "list" or one.options or one.data_provider for one in workflow.parameters)


def group_ids(graph: GraphSandbox) -> dict[str, Any]:
    return {"source": graph.group("Field")["id"], "target": graph.group("VPN")["id"], "dry_run": False}


def ada(graph: GraphSandbox) -> dict[str, Any]:
    return {"user": graph.user(ADA)["id"], "verified": True}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("licence_report", lambda _: {}),
        ("offboard_user", lambda graph: {"user": graph.user(ADA)["id"], "remove_from_groups": True}),
        ("stale_guests", lambda _: {"disable": True}),
        ("mfa_status", lambda _: {}),
        ("mailbox_forwarding_audit", lambda _: {}),
        ("sync_group_members", group_ids),
        ("reset_password", ada),
        ("expiring_app_secrets", lambda _: {}),
    ],
)
def test_an_example_needs_no_more_than_it_says(
    author_code: Discovered,
    graph: GraphSandbox,
    submit_form: SubmitForm,
    name: str,
    values: Callable[[GraphSandbox], dict[str, Any]],
) -> None:
    graph.add_user(ADA, licences=["SPB"], groups=["Field"])
    graph.add_user("ben@contoso.example", groups=["VPN"])
    graph.add_guest("old@partner.example", seen_days_ago=200)
    graph.add_inbox_rule(ADA, forward_to=["ada@home.example"])
    graph.add_application("Portal", secrets={"mail": 10})
    said = permissions_of(definition_of(author_code.workflows[name].function))
    graph.revoke_permissions(*(set(CONSENTED) - said))
    result = submit_form(name, values(graph), check_options=False).require_result()
    assert result
    assert "failed" not in str(result)
    assert "not blocked" not in str(result)
    for permission in said & set(CONSENTED):
        graph.revoke_permissions(permission)
    assert submit_form(name, values(graph), check_options=False).status == "Failed"


# Who changes something without a preview, and why.
WITHOUT_PREVIEW = {
    "reset_password": "one change, which is named, after `verified` is ticked",
    "stale_guests": "lists unless told to `disable`",
    "triage_ticket": "an event starts it, and nobody looks on",
}
PREVIEWS: dict[str, Callable[[GraphSandbox], dict[str, Any]]] = {
    "onboard_user": lambda graph: {
        "first_name": "Eve", "last_name": "Moneypenny", "email": "eve@contoso.example",
        "license_sku": graph.buy_licences("SPB", 5), "groups": [graph.group("Field")["id"]],
    },
    "offboard_user": lambda graph: {"user": graph.user(ADA)["id"], "remove_from_groups": True},
    "set_up_client": lambda _: {},
    "import_users_from_csv": lambda _: {
        "table": FileReference.from_bytes("new.csv", b"first_name,last_name,email\nEve,M,eve@contoso.example\n")
    },
    "sync_group_members": group_ids,
}  # fmt: skip


def changes_something(definition: Any) -> bool:
    source = Path(inspect.getfile(definition.function)).read_text("utf-8")
    return re.search(r"\.(post|patch|put|delete|create_ticket)\(", source) is not None


def test_what_changes_something_can_be_looked_at_first(author_code: Discovered) -> None:
    changing = {name for name, one in author_code.workflows.items() if changes_something(one)}
    assert changing == PREVIEWS.keys() | WITHOUT_PREVIEW.keys()
    for name in PREVIEWS:
        (parameter,) = [
            one for one in author_code.workflows[name].metadata.parameters if one.name == "dry_run"
        ]
        assert parameter.type == "bool"


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_says_what_would_be_done_and_does_nothing(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm, name: str
) -> None:
    graph.add_user(ADA, licences=["SPB"], groups=["Field"])
    graph.add_user("ben@contoso.example", groups=["VPN"])
    values = PREVIEWS[name](graph) | {"dry_run": True}
    shown = submit_form(name, values, check_options=False).require_result()
    assert "would" in str(shown)
    graph.assert_only_read()
    halopsa.assert_only_read()
    assert submit_form(name, values | {"dry_run": False}, check_options=False).status == "Success"
    assert [call for call in graph.calls if call.method != "GET"]


async def test_the_local_stack_has_something_to_find(make_context: MakeContext, run: Run) -> None:
    context = make_context()
    (guest,) = await run(context, "stale_guests")
    assert (guest["email"], guest["daysUnused"]) == ("old.auditor@audit.example", 200)
    without_mfa = await run(context, "mfa_status")
    assert [(row["person"], row["administrator"]) for row in without_mfa] == [
        ("Contoso Office", True),
        ("Contoso Meeting Room", False),
        ("Contoso Payroll", False),
        ("Contoso Warehouse Night Shift", False),
    ]
    (rule,) = await run(context, "mailbox_forwarding_audit")
    assert (rule["mailbox"], rule["to"]) == ("accounts@contoso.example", ["invoices@freemail.example"])
    secrets = await run(context, "expiring_app_secrets")
    assert [(row["application"], row["daysLeft"], row["hasNewer"]) for row in secrets] == [
        ("Warehouse scanners", -5, True),
        ("Website contact form", 10, False),
    ]
    msp = dataclasses.replace(CONTOSO, id="c0000000-0000-4000-8000-000000000009", name="Local MSP")
    ending = await run(make_context(msp, tenant_id=MSP_TENANT_ID), "gdap_expiry")
    assert [(row["client"], row["status"]) for row in ending] == [
        ("Tailspin Toys", "expired"),
        ("Fabrikam", "active"),
    ]
