"""`set_up_client` by the test kit: groups and ticket once, and what does not work yet."""

from __future__ import annotations

from typing import Any

from msp_automation.testing import GraphSandbox, HaloSandbox, RecordedContext, SubmitForm
from workflows.set_up_client import STANDARD_GROUPS, set_up_client


def outcomes(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["step"]: row["outcome"] for row in rows}


def test_a_client_is_checked_gets_groups_and_a_ticket(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm
) -> None:
    graph.add_group("VPN users")
    execution = submit_form(set_up_client, {"notes": "Starts in May."})
    rows = execution.require_result()
    assert rows[0] == {"step": "Tenant", "outcome": "ok", "detail": "Contoso (contoso.example)"}
    assert outcomes(rows[-4:]) == {
        "Group MFA exclusions": "created",
        "Group VPN users": "was there",
        "Group Licensing": "created",
        "Ticket": "opened",
    }
    assert {group["displayName"] for group in graph.groups} == set(STANDARD_GROUPS)
    (ticket,) = halopsa.tickets
    assert ticket["summary"] == "New client: Contoso"
    assert ticket["details"].startswith("Starts in May.\n\n- Tenant: ok Contoso")
    assert "- Read sign-in times: ok" in ticket["details"]
    graph.assert_called("POST", "/groups", times=2, json={"mailEnabled": False, "securityEnabled": True})
    assert execution.progress[-1] == (1.0, "Done")


def test_a_repeat_makes_nothing_twice(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm
) -> None:
    for number in range(120):
        halopsa.add_ticket(f"Older {number}")
    first = submit_form(set_up_client, {"groups": ["Licensing"]}).require_result()
    for number in range(120):
        halopsa.add_ticket(f"Newer {number}")
    again = submit_form(set_up_client, {"groups": ["Licensing"]}).require_result()
    assert outcomes(again[-2:]) == {"Group Licensing": "was there", "Ticket": "was there"}
    assert again[-1]["detail"] == first[-1]["detail"]
    assert (len(graph.groups), len(halopsa.tickets)) == (1, 241)


def test_what_is_missing_is_in_the_list_and_in_the_ticket(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm
) -> None:
    graph.revoke_permissions("Group.Create", "RoleManagement.Read.Directory")
    graph.drop_premium()
    execution = submit_form(set_up_client, {"groups": ["Licensing"]})
    failed = {row["step"]: row["detail"] for row in execution.require_result() if row["outcome"] == "failed"}
    assert failed.keys() == {"Read administrator roles", "Read sign-in times", "Group Licensing"}
    assert "permission RoleManagement.Read.Directory" in failed["Read administrator roles"]
    assert "- Group Licensing: failed" in halopsa.tickets[0]["details"]
    assert execution.progress[-1] == (1.0, "Done, 3 to finish by hand")


def test_without_a_client_in_halopsa_nothing_is_begun(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm
) -> None:
    execution = submit_form(set_up_client, integrations={"halopsa": {"client_ref": None}})
    assert execution.error is not None
    assert "no HaloPSA client number" in execution.error.message
    assert graph.calls == []
    assert submit_form(set_up_client, {"groups": ["Kings"]}).field_errors.keys() == {"groups"}


def test_throttling_and_a_ticket_system_in_trouble(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm, org_context: RecordedContext
) -> None:
    graph.fail_next(429, retry_after=5, path="/groups", method="POST")
    halopsa.fail_next(500, times=9, path="/tickets", method="POST")
    execution = submit_form(set_up_client, {"groups": ["Licensing"]}, context=org_context)
    assert outcomes(execution.require_result()[-2:]) == {"Group Licensing": "created", "Ticket": "failed"}
    assert halopsa.tickets == []
    assert execution.waited_seconds >= 5
