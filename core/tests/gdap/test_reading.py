"""Graph's relationships as the platform reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from msp_core.gdap.reading import read_customers
from msp_core.gdap.service import checked_link, link_by_trust
from msp_core.models import utc_now
from msp_core.organizations.models import TenantLink, TenantLinkStatus

TENANT = "a0000000-0000-4000-8000-000000000001"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


def relationship(**changes: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "displayName": "Contoso support",
        "customer": {"tenantId": TENANT, "displayName": "Contoso"},
        "status": "active",
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": USER_ADMINISTRATOR}]},
        "endDateTime": "2030-01-31T00:00:00Z",
        "autoExtendDuration": "PT0S",
        **changes,
    }


def test_what_holds_is_summed_up_and_what_ended_is_only_listed() -> None:
    ended = relationship(
        id="r0",
        status="expired",
        endDateTime="2040-01-01T00:00:00Z",
        accessDetails={"unifiedRoles": [{"roleDefinitionId": "other"}]},
    )
    longer = relationship(id="r2", endDateTime="2031-01-31T00:00:00Z", status="expiring")
    (customer,) = read_customers([ended, relationship(), longer], [])
    assert customer.roles == ("User Administrator",)
    assert customer.ends_at == datetime(2031, 1, 31, tzinfo=UTC)
    assert [one.is_active for one in customer.relationships] == [False, True, True]
    assert customer.relationships[0].roles[0].name == "other"


def test_a_customer_has_the_name_that_is_current_and_the_order_is_by_name() -> None:
    other = relationship(
        customer={"tenantId": "a0000000-0000-4000-8000-00000000000b", "displayName": "adatum"}
    )
    found = read_customers(
        [relationship(), other], [{"tenantId": TENANT.upper(), "displayName": "Contoso Ltd"}]
    )
    assert [(one.tenant_id[-1], one.display_name) for one in found] == [("b", "adatum"), ("1", "Contoso Ltd")]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        {},
        relationship(customer=None),
        relationship(customer={"tenantId": "../x", "displayName": "x"}),
    ],
)
def test_an_entry_without_a_customer_costs_nothing_but_itself(entry: Any) -> None:
    assert [one.tenant_id for one in read_customers([entry, relationship()], [entry])] == [TENANT]


def test_odd_values_are_read_as_far_as_they_go() -> None:
    odd = relationship(
        customer={"tenantId": TENANT, "displayName": " \x00 "},
        accessDetails={"unifiedRoles": [None, {"roleDefinitionId": 7}]},
        endDateTime="soon",
        status=None,
    )
    (customer,) = read_customers([odd], [])
    assert (customer.display_name, customer.is_active, customer.roles) == (TENANT, False, ())
    assert customer.relationships[0].ends_at is None


@pytest.mark.parametrize(
    ("days", "extends", "status"),
    [
        (31, "PT0S", TenantLinkStatus.LINKED),
        (29, "PT0S", TenantLinkStatus.EXPIRING),
        (29, "P180D", TenantLinkStatus.LINKED),
    ],
)
def test_a_working_link_expires_within_thirty_days_of_its_end_unless_it_extends_itself(
    days: int, extends: str, status: TenantLinkStatus
) -> None:
    end = f"{utc_now() + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    (customer,) = read_customers([relationship(endDateTime=end, autoExtendDuration=extends)], [])
    trusted = link_by_trust(TenantLink(), customer)
    assert trusted.status is TenantLinkStatus.NOT_LINKED
    link = checked_link(trusted, works=True, message="")
    assert (link.status, link.current_status) == (status, status)
    assert ("ends on" in (link.current_reason or "")) is (status is TenantLinkStatus.EXPIRING)
    failing = checked_link(trusted, works=False, message="No.")
    assert (failing.current_status, failing.current_reason) == (TenantLinkStatus.FAILING, "No.")


def test_a_link_that_nobody_checked_again_still_draws_nearer_to_its_end() -> None:
    link = TenantLink(status=TenantLinkStatus.LINKED, ends_at=utc_now() + timedelta(days=3))
    assert link.current_status is TenantLinkStatus.EXPIRING
    over = link.model_copy(update={"ends_at": utc_now() - timedelta(days=3)})
    assert "ended on" in (over.current_reason or "")
