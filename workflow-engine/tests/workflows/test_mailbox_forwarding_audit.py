"""`mailbox_forwarding_audit` by the test kit: whose rules send mail away, and where to."""

from __future__ import annotations

import pytest

from msp_automation.testing import GraphSandbox, SubmitForm
from workflows.mailbox_forwarding_audit import mailbox_forwarding_audit as audit

RULES = "/users/{user}/mailFolders/inbox/messageRules"
ADA, BEN = "ada.lovelace@contoso.example", "ben.blocked@contoso.example"


@pytest.fixture(autouse=True)
def tenant(graph: GraphSandbox) -> None:
    """Rules to the outside, to the inside, switched off, and one that sends nothing away."""
    graph.add_user("Ada Lovelace")
    graph.add_user("Ben Blocked", accountEnabled=False)
    graph.add_user("No Mailbox", mail=None)
    graph.add_guest("guest@partner.example")
    graph.add_inbox_rule(ADA, "Home", forward_to=["ada@home.example", "x@contoso.example"])
    graph.add_inbox_rule(ADA, "Tidy")
    graph.add_inbox_rule(ADA, "Team", redirect_to=["team@CONTOSO.example"])
    graph.add_inbox_rule(BEN, "Old", forward_as_attachment_to=["ben@home.example"], is_enabled=False)


def test_mail_to_other_companies_is_found(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = submit_form(audit)
    assert execution.require_result() == [
        {
            "mailbox": ADA,
            "rule": "Home",
            "action": "forward",
            "to": ["ada@home.example", "x@contoso.example"],
            "enabled": True,
            "problem": None,
            "outside": True,
        }
    ]
    assert "2 people, 3 rules that send mail away" in execution.messages
    graph.assert_called("GET", RULES, times=2)
    graph.assert_only_read()
    assert submit_form(audit).result == execution.result


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"only_outside": False}, [("Home", "forward"), ("Team", "redirect")]),
        ({"include_disabled": True}, [("Home", "forward"), ("Old", "forward as attachment")]),
    ],
)
def test_the_list_is_as_asked_for(
    submit_form: SubmitForm, values: dict[str, bool], found: list[tuple[str, str]]
) -> None:
    rows = submit_form(audit, values).require_result()
    assert [(row["rule"], row["action"]) for row in rows] == found


def test_a_mailbox_that_cannot_be_read_is_in_the_list(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.fail_next(500, times=9, path=f"/users/{graph.user(BEN)['id']}/*")
    first, second = submit_form(audit).require_result()
    assert (first["mailbox"], first["problem"]) == (ADA, None)
    assert second["mailbox"] == BEN
    assert "500" in second["problem"]


def test_many_mailboxes_come_in_pages_and_are_throttled(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    for number in range(20):
        graph.add_user(f"user{number}@contoso.example")
    graph.page_size = 6
    graph.fail_next(429, times=3, retry_after=10, path=RULES)
    execution = submit_form(audit)
    assert [row["mailbox"] for row in execution.require_result()] == [ADA]
    graph.assert_called("GET", RULES, times=22, status=200)
    graph.assert_called("GET", RULES, times=3, status=429)
    assert [text for _, text in execution.progress if text and "mailboxes" in text] == [
        "0 of 22 mailboxes",
        "8 of 22 mailboxes",
        "16 of 22 mailboxes",
    ]


def test_a_missing_permission_is_named_for_each_mailbox(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.revoke_permissions("MailboxSettings.Read")
    rows = submit_form(audit).require_result()
    assert all("permission MailboxSettings.Read" in row["problem"] for row in rows)
    graph.revoke_permissions("User.Read.All", "User.ReadWrite.All")
    assert submit_form(audit).status == "Failed"
