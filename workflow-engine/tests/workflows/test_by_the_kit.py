"""The example workflows by the test kit, as an author would test them."""

from __future__ import annotations

from msp_automation.testing import CallProvider, GraphSandbox, HaloSandbox, SubmitForm
from workflows.licence_report import licence_report
from workflows.offboard_user import offboard_user
from workflows.triage_ticket import triage_ticket


def test_a_report_lists_each_product_and_changes_nothing(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    graph.buy_licences("SPB", 3)
    graph.add_user("Ada Lovelace", licences=["SPB"])
    rows = submit_form(licence_report).require_result()
    assert rows == [
        {"licence": "Microsoft 365 Business Premium", "sku": "SPB", "bought": 3, "used": 1, "free": 2}
    ]
    assert submit_form("licence_report").result == rows
    graph.assert_only_read()


def test_providers_are_found_by_name(graph: GraphSandbox, call_provider: CallProvider) -> None:
    graph.buy_licences("SPB", 3)
    assert len(call_provider("get_available_licenses")) == 1


def test_a_report_waits_for_throttling_and_names_a_missing_permission(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    graph.buy_licences("SPB", 3)
    graph.fail_next(429, retry_after=20, path="/subscribedSkus")
    execution = submit_form(licence_report)
    assert len(execution.require_result()) == 1
    assert execution.waited_seconds >= 20
    graph.revoke_permissions("Organization.Read.All")
    assert submit_form(licence_report).status == "Failed"


def test_a_leaver_is_locked_out_before_anything_else(
    graph: GraphSandbox, halopsa: HaloSandbox, submit_form: SubmitForm
) -> None:
    ada = graph.add_user("Ada Lovelace", licences=["SPB"])
    graph.page_size = 1
    graph.fail_next(429, retry_after=5, method="PATCH")
    result = submit_form(offboard_user, {"user": ada["id"]}).require_result()
    changes = [call for call in graph.calls if call.method != "GET"]
    assert [(call.method, call.status) for call in changes] == [
        ("PATCH", 429),
        ("PATCH", 204),
        ("POST", 200),
        ("POST", 200),
    ]
    assert changes[1].json == {"accountEnabled": False}
    assert (graph.licences_of(ada["id"]), result["licencesTakenBack"]) == ([], 1)
    assert halopsa.tickets[0]["id"] == result["ticketId"]


def test_a_ticket_is_sorted_once_over_throttling(halopsa: HaloSandbox, submit_form: SubmitForm) -> None:
    number = halopsa.add_ticket("The printer is on fire")["id"]
    halopsa.fail_next(429, retry_after=5, method="POST", path="/tickets")
    event = {"event": {"ticket": {"id": number}}}
    assert submit_form(triage_ticket, event).require_result() == {
        "ticketId": number,
        "category": "Printing",
        "priority": 4,
        "changed": True,
    }
    assert submit_form(triage_ticket, event).require_result()["changed"] is False
    halopsa.assert_called("POST", "/tickets", times=1, status=201, json=[{"priority_id": 4}])
