"""`gdap_expiry` by the test kit: what ends for whom, seen from the MSP's own tenant only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from msp_automation.context import OrganizationInfo
from msp_automation.sandboxes.graph.permissions import DIRECTORY_READERS, GLOBAL_ADMINISTRATOR
from msp_automation.testing import GraphSandbox, RecordedContext, SubmitForm
from workflows.gdap_expiry import gdap_expiry

RELATIONSHIPS = "/tenantRelationships/delegatedAdminRelationships"
MakeContext = Callable[..., RecordedContext]


@pytest.fixture
def msp(graph: GraphSandbox) -> OrganizationInfo:
    """The organization that stands for the MSP itself."""
    return OrganizationInfo(
        id="d0000000-0000-4000-8000-000000000001", name="Our MSP", tenant_id=graph.msp.tenant_id
    )


@pytest.fixture(autouse=True)
def relationships(graph: GraphSandbox, make_org_context: MakeContext) -> None:
    """Contoso's ends soon, Fabrikam's has ended and was renewed, Northwind's extends itself."""
    for name in ("Fabrikam", "Northwind"):
        make_org_context(org=name)
    graph.add_relationship(days_left=20, roles=[DIRECTORY_READERS])
    graph.add_relationship("Fabrikam", days_left=-10)
    graph.add_relationship("Fabrikam", days_left=400)
    graph.add_relationship("Northwind", days_left=50)["autoExtendDuration"] = "P180D"
    graph.add_relationship("Northwind", days_left=-200)


def test_what_ends_is_listed_most_urgent_first(
    graph: GraphSandbox, submit_form: SubmitForm, msp: OrganizationInfo
) -> None:
    rows = submit_form(gdap_expiry, org=msp).require_result()
    assert [
        (row["client"], row["daysLeft"], row["status"], row["extendsItself"], row["covered"]) for row in rows
    ] == [
        ("Fabrikam", -10, "expired", False, True),
        ("Contoso", 20, "active", False, False),
        ("Northwind", 50, "active", True, False),
    ]
    assert rows[1]["roles"] == ["Directory Readers"]
    assert rows[1]["ends"].endswith("Z")
    graph.assert_only_read()
    assert submit_form(gdap_expiry, org=msp).result == rows
    fewer = submit_form(gdap_expiry, {"within_days": 30, "ended_days": 0}, org=msp).require_result()
    assert [row["client"] for row in fewer] == ["Contoso"]


def test_none_extends_itself_that_gives_everything(
    graph: GraphSandbox, submit_form: SubmitForm, msp: OrganizationInfo
) -> None:
    one = graph.add_relationship(days_left=1, roles=[GLOBAL_ADMINISTRATOR])
    one["autoExtendDuration"] = "P180D"
    waiting = graph.add_relationship(days_left=5)
    waiting.update(customer=None, endDateTime=None, status="approvalPending")
    first, *_ = submit_form(gdap_expiry, {"ended_days": 0}, org=msp).require_result()
    assert (first["daysLeft"], first["extendsItself"]) == (1, False)


def test_a_clients_tenant_is_refused_with_what_to_do(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = submit_form(gdap_expiry)
    assert execution.error is not None
    assert "Run this for the organization of the MSP's own tenant" in execution.error.message
    graph.assert_called("GET", RELATIONSHIPS, times=1, status=403)


def test_pages_and_throttling_lose_nothing(
    graph: GraphSandbox, submit_form: SubmitForm, msp: OrganizationInfo
) -> None:
    graph.page_size = 2
    graph.fail_next(429, retry_after=10, path=RELATIONSHIPS)
    assert len(submit_form(gdap_expiry, org=msp).require_result()) == 3
    graph.assert_called("GET", RELATIONSHIPS, times=3, status=200)
    assert submit_form(gdap_expiry, {"within_days": 0}, org=msp).field_errors.keys() == {"within_days"}
