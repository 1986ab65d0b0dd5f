"""`expiring_app_secrets` by the test kit: what ends soon, what has ended, what has a successor."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from msp_automation.testing import GraphSandbox, SubmitForm
from workflows.expiring_app_secrets import expiring_app_secrets


@pytest.fixture(autouse=True)
def tenant(graph: GraphSandbox) -> None:
    """A secret that ends in ten days, one that ended and was renewed, a certificate, and nothing."""
    graph.add_application("Contact form", secrets={"mail": 10})
    graph.add_application("Scanners", secrets={"old": -5, "new": 300})
    graph.add_application("Backup", certificates={"tls": 25})
    graph.add_application("Portal")


def test_what_ends_is_listed_in_the_order_of_its_end(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = submit_form(expiring_app_secrets)
    rows = execution.require_result()
    assert [
        (row["application"], row["kind"], row["name"], row["daysLeft"], row["state"], row["hasNewer"])
        for row in rows
    ] == [
        ("Scanners", "secret", "old", -5, "ended", True),
        ("Contact form", "secret", "mail", 10, "ends soon", False),
        ("Backup", "certificate", "tls", 25, "ends soon", False),
    ]
    assert all(datetime.fromisoformat(row["ends"]).utcoffset() == timedelta(0) for row in rows)
    assert "2 secrets and certificates end within 30 days" in execution.messages
    graph.assert_only_read()
    assert submit_form(expiring_app_secrets).result == rows


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"within_days": 15}, ["old", "mail"]),
        ({"include_expired": False}, ["mail", "tls"]),
        ({"within_days": 365, "include_expired": False}, ["mail", "tls", "new"]),
    ],
)
def test_the_list_is_as_asked_for(
    submit_form: SubmitForm, values: dict[str, object], names: list[str]
) -> None:
    rows = submit_form(expiring_app_secrets, values).require_result()
    assert [row["name"] for row in rows] == names


def test_pages_and_throttling_lose_nothing(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.page_size = 1
    graph.fail_next(429, times=2, retry_after=20, path="/applications")
    execution = submit_form(expiring_app_secrets)
    assert len(execution.require_result()) == 3
    assert execution.waited_seconds >= 40
    graph.assert_called("GET", "/applications", times=4, status=200)


def test_a_missing_permission_is_named(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.revoke_permissions("Application.Read.All")
    error = submit_form(expiring_app_secrets).error
    assert error is not None
    assert "permission Application.Read.All" in error.message
    assert submit_form(expiring_app_secrets, {"within_days": 0}).field_errors.keys() == {"within_days"}
