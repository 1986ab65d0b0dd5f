"""`reset_password` by the test kit: who gets a new password, who does not, and who never learns it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from msp_automation.testing import Execution, GraphSandbox, SubmitForm
from workflows.reset_password import reset_password

ADA = "ada.lovelace@contoso.example"
PASSWORD = "Correct-Horse-7-Staple"


@pytest.fixture(autouse=True)
def ada(graph: GraphSandbox) -> str:
    """Somebody without any role; their id."""
    return str(graph.add_user("Ada Lovelace", groups=["Engineers"])["id"])


@pytest.fixture
def reset(submit_form: SubmitForm, ada: str) -> Callable[..., Execution]:
    """Submit the form for Ada."""

    def submit(**values: object) -> Execution:
        return submit_form(reset_password, {"user": ada, "verified": True, **values})

    return submit


def test_a_person_gets_a_password_to_change_and_is_signed_out(
    graph: GraphSandbox, reset: Callable[..., Execution], ada: str
) -> None:
    execution = reset(temporary_password=PASSWORD)
    assert execution.require_result() == {
        "user": ADA,
        "sessionsEnded": True,
        "next": "The user sets a password of their own at the next sign-in.",
    }
    profile = {"password": PASSWORD, "forceChangePasswordNextSignIn": True}
    graph.assert_called("PATCH", f"/users/{ada}", times=1, json={"passwordProfile": profile})
    graph.assert_called("POST", "/users/{user}/revokeSignInSessions", times=1)
    told = (execution.result, execution.messages, execution.progress, execution.variables, execution.calls)
    assert PASSWORD not in json.dumps([str(part) for part in told])
    assert reset(temporary_password=PASSWORD).require_result() == execution.result


def test_without_one_nobody_knows_the_password(graph: GraphSandbox, reset: Callable[..., Execution]) -> None:
    first, second = reset(end_sessions=False), reset(end_sessions=False)
    calls = graph.assert_called("PATCH", "/users/{user}", times=2)
    passwords = [call.json["passwordProfile"]["password"] for call in calls]
    assert passwords[0] != passwords[1]
    for execution, password in zip((first, second), passwords, strict=True):
        assert "Nobody knows" in execution.require_result()["next"]
        assert password not in repr(execution)
    graph.assert_not_called("POST", "/users/{user}/revokeSignInSessions")


def has_role(graph: GraphSandbox) -> None:
    graph.assign_role(ADA, "Exchange Administrator")


def may_activate_a_role(graph: GraphSandbox) -> None:
    graph.assign_role(ADA, "Global Administrator", eligible=True)


def has_role_by_group(graph: GraphSandbox) -> None:
    graph.add_group("Helpers", [ADA], isAssignableToRole=True)
    graph.assign_role("Helpers", "Helpdesk Administrator")


def is_in_a_group_for_roles(graph: GraphSandbox) -> None:
    graph.add_group("Future admins", [ADA], isAssignableToRole=True)


@pytest.mark.parametrize(
    ("arrange", "named"),
    [
        (has_role, "Exchange Administrator"),
        (may_activate_a_role, "Global Administrator"),
        (has_role_by_group, "Helpdesk Administrator"),
        (is_in_a_group_for_roles, "Future admins"),
    ],
)
def test_an_administrator_is_refused_and_told_who_can(
    graph: GraphSandbox,
    reset: Callable[..., Execution],
    arrange: Callable[[GraphSandbox], None],
    named: str,
) -> None:
    arrange(graph)
    execution = reset(temporary_password=PASSWORD)
    assert execution.status == "Failed"
    assert execution.error is not None
    assert named in execution.error.message
    assert "Privileged Authentication Administrator" in execution.error.message
    graph.assert_only_read()


def test_if_roles_cannot_be_read_nothing_is_changed(
    graph: GraphSandbox, reset: Callable[..., Execution]
) -> None:
    graph.revoke_permissions("RoleManagement.Read.Directory")
    error = reset().error
    assert error is not None
    assert "permission RoleManagement.Read.Directory" in error.message
    graph.grant_consent()
    graph.revoke_permissions("Group.Read.All")
    error = reset().error
    assert error is not None
    assert "permission Group.Read.All" in error.message
    graph.grant_consent()
    graph.fail_next(500, times=9, path="*/roleEligibilityScheduleInstances")
    assert reset().status == "Failed"
    graph.assert_only_read()


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"userType": "Guest"}, "is a guest"),
        ({"accountEnabled": False}, "is blocked"),
        ({"onPremisesSyncEnabled": True}, "Active Directory"),
    ],
)
def test_who_has_no_password_here_gets_none(
    graph: GraphSandbox, reset: Callable[..., Execution], properties: dict[str, object], words: str
) -> None:
    graph.user(ADA).update(properties)
    error = reset().error
    assert error is not None
    assert words in error.message
    assert reset(verified=False).error is not None
    assert reset(temporary_password="short").field_errors.keys() == {"temporary_password"}
    graph.assert_only_read()


def test_many_groups_and_throttling_are_seen_through(
    graph: GraphSandbox, reset: Callable[..., Execution]
) -> None:
    for number in range(4):
        graph.add_group(f"Group {number}", [ADA])
    graph.add_group("Z admins", [ADA], isAssignableToRole=True)
    graph.page_size = 2
    graph.fail_next(429, retry_after=9, path="*/transitiveMemberOf")
    error = reset().error
    assert error is not None
    assert "Z admins" in error.message
    graph.assert_called("GET", "/users/{user}/transitiveMemberOf", times=3, status=200)


def test_a_password_that_was_set_is_said_to_be_set(
    graph: GraphSandbox, reset: Callable[..., Execution]
) -> None:
    graph.fail_next(503, times=9, path="*/revokeSignInSessions")
    execution = reset(temporary_password=PASSWORD)
    assert execution.error is not None
    assert "The new password is set, but" in execution.error.message
    assert PASSWORD not in repr(execution)
