"""`sync_group_members` by the test kit: who comes in, who goes, and when nobody does."""

from __future__ import annotations

from typing import Any

import pytest

from msp_automation.testing import Execution, GraphSandbox, SubmitForm
from workflows.sync_group_members import sync_group_members

ADA, BEN, CLEO = (f"{name}@contoso.example" for name in ("ada", "ben", "cleo"))


@pytest.fixture(autouse=True)
def tenant(graph: GraphSandbox) -> None:
    """Ada and Ben are in the field, Ben and Cleo may use the VPN."""
    for name in (ADA, BEN, CLEO):
        graph.add_user(name)
    graph.add_group("Field", [ADA, BEN], kind="m365")
    graph.add_group("VPN", [BEN, CLEO])


def run(graph: GraphSandbox, submit_form: SubmitForm, source: str, target: str, **values: Any) -> Execution:
    chosen = {"source": graph.group(source)["id"], "target": graph.group(target)["id"], **values}
    return submit_form(sync_group_members, chosen)


def test_first_it_only_says_what_it_would_do(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = run(graph, submit_form, "Field", "VPN", remove_others=True)
    assert execution.require_result() == [
        {"person": "Ada", "email": ADA, "outcome": "would add"},
        {"person": "Cleo", "email": CLEO, "outcome": "would remove"},
    ]
    graph.assert_only_read()
    assert {option.label for option in execution.options["target"]} == {"Field", "VPN"}


def test_members_follow_and_a_repeat_does_nothing(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    rows = run(graph, submit_form, "Field", "VPN", dry_run=False).require_result()
    assert [(row["email"], row["outcome"]) for row in rows] == [(ADA, "added")]
    assert graph.members_of("VPN") == [BEN, CLEO, ADA]
    everything = {"dry_run": False, "remove_others": True}
    rows = run(graph, submit_form, "Field", "VPN", **everything).require_result()
    assert [(row["email"], row["outcome"]) for row in rows] == [(CLEO, "removed")]
    assert run(graph, submit_form, "Field", "VPN", **everything).require_result() == []
    assert graph.members_of("Field") == [ADA, BEN]


@pytest.mark.parametrize(
    ("source", "values", "words"),
    [
        ("Empty", {"remove_others": True}, "the group to follow is empty"),
        ("Other", {"remove_others": True, "at_most": 1}, "at most 1 are allowed"),
    ],
)
def test_nobody_is_taken_out_by_mistake(
    graph: GraphSandbox, submit_form: SubmitForm, source: str, values: dict[str, Any], words: str
) -> None:
    graph.add_group("Empty")
    graph.add_group("Other", [ADA])
    error = run(graph, submit_form, source, "VPN", dry_run=False, **values).error
    assert error is not None
    assert words in error.message
    graph.assert_only_read()


def test_a_group_that_is_not_ours_to_change_is_refused(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    graph.add_group("Admins", isAssignableToRole=True)
    graph.add_group("All staff", kind="distribution")
    error = run(graph, submit_form, "Field", "Admins", dry_run=False).error
    assert error is not None
    assert "administrator roles" in error.message
    assert run(graph, submit_form, "Field", "All staff").field_errors == {
        "target": "Choose one of the options."
    }
    assert run(graph, submit_form, "VPN", "VPN").error is not None
    graph.assert_only_read()


def test_long_groups_throttling_and_one_refusal(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    for number in range(5):
        graph.add_user(f"user{number}@contoso.example", groups=["Field"])
    graph.page_size = 2
    graph.fail_next(429, retry_after=5, path="/groups/{group}/members")
    graph.fail_next(403, method="POST", path="/groups/{group}/members/$ref")
    rows = run(graph, submit_form, "Field", "VPN", dry_run=False).require_result()
    assert [row["outcome"].partition(":")[0] for row in rows] == ["failed", *["added"] * 5]
    assert len(graph.members_of("VPN")) == 7
