"""`stale_guests` by the test kit: who is listed, who is blocked, and when nobody is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from msp_automation.testing import GraphSandbox, SubmitForm
from workflows.stale_guests import stale_guests


@pytest.fixture(autouse=True)
def tenant(graph: GraphSandbox) -> None:
    """A guest unused for long, one seen yesterday, one who never came, and a member."""
    graph.add_guest("old@partner.example", seen_days_ago=200, invited_days_ago=400)
    graph.add_guest("new@partner.example", seen_days_ago=1, invited_days_ago=400)
    graph.add_guest("never@partner.example", invited_days_ago=120)
    graph.add_user("Ada Lovelace")
    graph.sign_in("ada.lovelace@contoso.example", days_ago=500)


def test_the_unused_are_listed_longest_first_and_left_alone(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    execution = submit_form(stale_guests)
    old, never = execution.require_result()
    last = datetime.fromisoformat(old.pop("lastSignIn"))
    assert last.utcoffset() == timedelta(0)
    assert (datetime.now(UTC) - last).days == 200
    assert old == {
        "guest": "Old",
        "email": "old@partner.example",
        "daysUnused": 200,
        "invitation": "accepted",
        "state": "active",
    }
    assert (never["email"], never["daysUnused"], never["lastSignIn"]) == ("never@partner.example", 120, None)
    assert never["invitation"] == "open"
    assert execution.progress[-1] == (1.0, "Done")
    graph.assert_only_read()
    assert submit_form(stale_guests, {"days_unused": 150}).require_result()[0]["guest"] == "Old"


def test_the_unused_are_blocked_once(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    rows = submit_form(stale_guests, {"disable": True}).require_result()
    assert [row["state"] for row in rows] == ["blocked now", "blocked now"]
    assert [user["accountEnabled"] for user in graph.users] == [False, True, False, True]
    again = submit_form(stale_guests, {"disable": True}).require_result()
    assert [row["state"] for row in again] == ["blocked before", "blocked before"]
    graph.assert_called("PATCH", "/users/{user}", times=2, json={"accountEnabled": False})


def test_too_many_at_once_are_a_mistake(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = submit_form(stale_guests, {"disable": True, "at_most": 1})
    assert execution.status == "Failed"
    assert execution.error is not None
    assert "2 guests would be blocked" in execution.error.message
    assert execution.error.details["guests"] == ["old@partner.example", "never@partner.example"]
    graph.assert_only_read()
    assert submit_form(stale_guests, {"days_unused": 5}).field_errors.keys() == {"days_unused"}


def test_pages_and_throttling_lose_nobody(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.page_size = 1
    graph.fail_next(429, retry_after=20, path="/users")
    graph.fail_next(503, times=9, method="PATCH", path="/users/{user}")
    rows = submit_form(stale_guests, {"disable": True, "days_unused": 150}).require_result()
    assert [row["state"].partition(":")[0] for row in rows] == ["not blocked"]
    graph.assert_called("GET", "/users", times=3, status=200)
    graph.assert_called("GET", "/users", query={"$filter": "userType eq 'Guest'"}, status=429)


@pytest.mark.parametrize("trouble", ["premium", "permission"])
def test_what_is_missing_is_named(graph: GraphSandbox, submit_form: SubmitForm, trouble: str) -> None:
    if trouble == "premium":
        graph.drop_premium()
    else:
        graph.revoke_permissions("AuditLog.Read.All")
    error = submit_form(stale_guests).error
    assert error is not None
    words = {"premium": "has no Entra ID P1", "permission": "permission AuditLog.Read.All"}
    assert words[trouble] in error.message
