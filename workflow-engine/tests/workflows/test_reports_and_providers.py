"""`licence_report` and the data providers against the Graph sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import IntegrationError, OrganizationContext
from msp_automation.discovery import Discovered
from msp_automation.sandboxes.graph.skus import SKUS
from msp_devstack.demo import CONTOSO, FABRIKAM, NORTHWIND, DemoOrganization
from msp_devstack.running import RunningGraph

MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]


def test_everything_here_is_found_without_errors(author_code: Discovered) -> None:
    assert author_code.catalog.errors == []
    assert {"onboard_user", "offboard_user", "licence_report"} <= set(author_code.workflows)
    assert {"get_available_licenses", "get_groups", "get_users"} <= set(author_code.providers)


@pytest.mark.parametrize("organization", [CONTOSO, FABRIKAM, NORTHWIND], ids=lambda entry: entry.key)
async def test_the_report_counts_every_seat(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, organization: DemoOrganization
) -> None:
    rows = await run(make_context(organization), "licence_report")
    tenant = graph_sandbox.control.tenant(organization.tenant_id)
    held = [licence["skuId"] for user in tenant["users"] for licence in user["assignedLicenses"]]
    names = {sku.part_number: sku for sku in SKUS}
    assert {row["sku"]: row["bought"] for row in rows} == tenant["seats"]
    for row in rows:
        sku = names[row["sku"]]
        assert row["licence"] == sku.name
        assert row["used"] == held.count(sku.id)
        assert row["free"] == row["bought"] - row["used"]
    assert [row["licence"] for row in rows] == sorted(row["licence"] for row in rows)


async def test_an_over_assigned_product_has_no_free_seats(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.set_seats(CONTOSO.tenant_id, SPB=1)
    rows = await run(make_context(), "licence_report")
    row = next(row for row in rows if row["sku"] == "SPB")
    assert (row["bought"], row["free"]) == (1, 0)
    assert row["used"] > 1


async def test_only_licences_with_seats_are_offered(
    make_context: MakeContext, options: Run, graph_sandbox: RunningGraph
) -> None:
    offered = await options(make_context(), "get_available_licenses")
    labels = [option.label for option in offered]
    assert "Microsoft 365 Business Premium (5 left)" in labels
    assert not any(label.startswith("Microsoft 365 F3") for label in labels), "both seats are taken"
    assert labels == sorted(labels)
    graph_sandbox.control.set_seats(CONTOSO.tenant_id, SPB=5)
    labels = [option.label for option in await options(make_context(), "get_available_licenses")]
    assert not any(label.startswith("Microsoft 365 Business Premium") for label in labels)


async def test_groups_are_offered_over_all_pages_without_distribution_lists(
    make_context: MakeContext, options: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.set_page_size(3)
    offered = await options(make_context(), "get_groups")
    groups = graph_sandbox.control.tenant(CONTOSO.tenant_id)["groups"]
    expected = {group["displayName"] for group in groups} - {"All Staff mail"}
    assert {option.label for option in offered} == expected
    assert len(offered) == len(expected)
    kinds = {option.label: option.metadata["kind"] for option in offered}
    assert (kinds["Sales"], kinds["VPN users"]) == ("Microsoft 365", "Security")
    found = await options(make_context(), "get_groups", search="sal")
    assert [option.label for option in found] == ["Sales"]


async def test_users_are_offered_over_all_pages_and_searched(
    make_context: MakeContext, options: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.set_page_size(5)
    everybody = await options(make_context(), "get_users")
    assert len({option.value for option in everybody}) == 14
    assert "Contoso Reception · reception@contoso.example" in {option.label for option in everybody}
    for search, count in (("contoso ware", 2), ("Reception", 1), ("x' or '1' eq '1", 0), ("  ", 14)):
        assert len(await options(make_context(), "get_users", search=search)) == count


async def test_a_blocked_user_is_marked(
    make_context: MakeContext, run: Run, options: Run, graph_sandbox: RunningGraph
) -> None:
    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, "sales@contoso.example")
    assert user is not None
    await run(make_context(), "offboard_user", user=user["id"])
    (option,) = await options(make_context(), "get_users", search="sales@")
    assert option.label.endswith("(blocked)")


@pytest.mark.parametrize("name", ["get_available_licenses", "get_groups", "get_users"])
async def test_a_provider_tells_graphs_refusal(
    make_context: MakeContext, options: Run, graph_sandbox: RunningGraph, name: str
) -> None:
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "revoked")
    with pytest.raises(IntegrationError, match="Insufficient privileges"):
        await options(make_context(), name)
