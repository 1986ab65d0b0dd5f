"""`mfa_status` by the test kit: who lacks a second factor, administrators first."""

from __future__ import annotations

import pytest

from msp_automation.testing import GraphSandbox, SubmitForm
from workflows.mfa_status import mfa_status

REPORT = "/reports/authenticationMethods/userRegistrationDetails"


@pytest.fixture(autouse=True)
def tenant(graph: GraphSandbox) -> None:
    """Two without MFA, one of them an administrator; one with it; a blocked one; a guest."""
    for name in ("Ada Lovelace", "Grace Hopper", "Zoe Admin"):
        graph.add_user(name)
    graph.add_user("Gone Girl", accountEnabled=False)
    graph.add_guest("bob@partner.example")
    graph.register_methods("grace.hopper@contoso.example", "microsoftAuthenticatorPush", "fido2")
    graph.register_methods("ada.lovelace@contoso.example", "email")
    graph.assign_role("zoe.admin@contoso.example", "Exchange Administrator")


def test_people_without_mfa_are_listed_administrators_first(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    execution = submit_form(mfa_status)
    assert execution.require_result() == [
        {
            "person": "Zoe Admin",
            "email": "zoe.admin@contoso.example",
            "administrator": True,
            "mfa": "no",
            "methods": [],
            "passwordless": False,
        },
        {
            "person": "Ada Lovelace",
            "email": "ada.lovelace@contoso.example",
            "administrator": False,
            "mfa": "no",
            "methods": ["email"],
            "passwordless": False,
        },
    ]
    assert "Administrators without MFA: zoe.admin@contoso.example" in execution.messages
    assert "1 of 3 people have MFA" in execution.messages
    graph.assert_only_read()
    assert submit_form(mfa_status).result == execution.result


@pytest.mark.parametrize(
    ("values", "people"),
    [
        ({"show": "administrators"}, ["Zoe Admin"]),
        ({"show": "everybody"}, ["Zoe Admin", "Ada Lovelace", "Grace Hopper"]),
        ({"include_guests": True}, ["Zoe Admin", "Ada Lovelace", "Bob"]),
    ],
)
def test_the_list_is_as_asked_for(
    submit_form: SubmitForm, values: dict[str, object], people: list[str]
) -> None:
    rows = submit_form(mfa_status, values).require_result()
    assert [row["person"] for row in rows] == people


def test_pages_and_throttling_lose_nobody(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.page_size = 2
    graph.fail_next(429, retry_after=30, path=REPORT)
    assert len(submit_form(mfa_status, {"show": "everybody"}).require_result()) == 3
    graph.assert_called("GET", REPORT, times=3)


def test_a_tenant_without_entra_p1_is_told_so(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.drop_premium()
    execution = submit_form(mfa_status)
    assert execution.error is not None
    assert execution.error.type == "ConfigurationError", "so that it is not tried again"
    assert "has no Entra ID P1" in execution.error.message
    assert submit_form(mfa_status, {"show": "nobody"}).field_errors.keys() == {"show"}
