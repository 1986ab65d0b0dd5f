"""The example workflows by the test kit, as an author would test them."""

from __future__ import annotations

from msp_automation.testing import CallProvider, GraphSandbox, SubmitForm
from workflows.licence_report import licence_report


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
