"""`onboard_user` against the sandboxes: proven by asking them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from msp_automation import (
    ConfigurationError,
    IntegrationError,
    OrganizationContext,
    ValidationError,
    WorkflowError,
)
from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER
from msp_automation.testing import host_of
from msp_devstack.demo import CONTOSO, FABRIKAM
from msp_devstack.running import RunningGraph, RunningHalo

MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]

SPB = BY_PART_NUMBER["SPB"].id
EMAIL = "trainee@contoso.example"


def trainee(**changes: Any) -> dict[str, Any]:
    return {
        "first_name": "Contoso",
        "last_name": "Trainee",
        "email": EMAIL,
        "license_sku": SPB,
        "usage_location": "GB",
        **changes,
    }


def group_ids(graph: RunningGraph, *names: str) -> list[str]:
    groups = graph.control.tenant(CONTOSO.tenant_id)["groups"]
    by_name = {group["displayName"]: group["id"] for group in groups}
    return [by_name[name] for name in names]


async def test_a_user_is_set_up_whole(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    context = make_context()
    groups = group_ids(graph_sandbox, "Sales", "VPN users")
    result = await run(
        context,
        "onboard_user",
        **trainee(groups=groups, job_title="Trainee", department="Sales", first_name=" Contoso "),
    )

    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL)
    assert user is not None
    assert user["displayName"] == "Contoso Trainee"
    assert (user["givenName"], user["surname"]) == ("Contoso", "Trainee")
    assert (user["jobTitle"], user["department"], user["usageLocation"]) == ("Trainee", "Sales", "GB")
    assert user["accountEnabled"] is True
    assert user["passwordProfile"] == {"forceChangePasswordNextSignIn": True}
    assert [licence["skuId"] for licence in user["assignedLicenses"]] == [SPB]
    in_groups = graph_sandbox.control.group_names_of(CONTOSO.tenant_id, user["id"])
    assert in_groups == {"Sales", "VPN users"}

    (ticket,) = halopsa_sandbox.control.tickets(CONTOSO.halo_client)
    assert ticket["summary"] == "New user: Contoso Trainee"
    assert ticket["tickettype_id"] == 3
    for words in (EMAIL, "Assign Microsoft 365 Business Premium", "Add to group Sales", "Service Desk"):
        assert words in ticket["details"]
    assert "NOT done" not in ticket["details"]

    assert result == {
        "userId": user["id"],
        "userPrincipalName": EMAIL,
        "displayName": "Contoso Trainee",
        "licence": "Microsoft 365 Business Premium",
        "groups": ["Sales", "VPN users"],
        "ticketId": ticket["id"],
    }
    host = host_of(context)
    fractions = [fraction for fraction, _ in host.progress]
    assert fractions == sorted(fractions)
    assert host.progress[-1] == (1.0, "Done")
    assert "Open a HaloPSA ticket: done" in [line.message for line in host.lines]


async def test_the_password_is_random_and_leaves_no_trace(
    make_context: MakeContext,
    run: Run,
    graph_sandbox: RunningGraph,
    halopsa_sandbox: RunningHalo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[dict[str, Any]] = []
    contexts = []
    for number in range(2):
        context = make_context()
        graph = context.get_integration("msgraph")
        post = graph.post

        async def recording(path: str, *, json: Any = None, post: Any = post, **rest: Any) -> Any:
            bodies.extend([json] if path == "/users" else [])
            return await post(path, json=json, **rest)

        monkeypatch.setattr(graph, "post", recording)
        result = await run(context, "onboard_user", **trainee(email=f"trainee{number}@contoso.example"))
        contexts.append((context, result))

    first, second = (body["passwordProfile"]["password"] for body in bodies)
    assert first != second
    assert len(first) >= 20
    assert all(body["passwordProfile"]["forceChangePasswordNextSignIn"] is True for body in bodies)
    for context, result in contexts:
        host = host_of(context)
        told = [
            json.dumps(result),
            json.dumps(context.variables),
            *(line.model_dump_json() for line in host.lines),
            *(call.model_dump_json() for call in host.calls),
            str(host.progress),
            json.dumps(halopsa_sandbox.control.tickets()),
        ]
        assert not any(password in text for text in told for password in (first, second))


@pytest.mark.parametrize(
    ("configured", "given", "expected"),
    [("US", None, "US"), (None, None, "GB"), ("US", "DE", "DE")],
)
async def test_the_country_is_the_given_one_else_the_configured_else_the_tenants(
    make_context: MakeContext, run: Run, configured: str | None, given: str | None, expected: str
) -> None:
    context = make_context(config={"default_usage_location": configured} if configured else {})
    result = await run(context, "onboard_user", **trainee(usage_location=given))
    select = {"$select": "usageLocation"}
    user = await context.get_integration("msgraph").get(f"/users/{result['userId']}", params=select)
    assert user["usageLocation"] == expected


async def test_throttling_in_the_middle_is_waited_out(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    graph_sandbox.control.throttle(2, path="*/assignLicense", retry_after_seconds=0)
    graph_sandbox.control.throttle(method="POST", path="*/users", retry_after_seconds=0)
    halopsa_sandbox.control.throttle(method="POST", path="*/tickets", retry_after_seconds=0)
    await run(make_context(), "onboard_user", **trainee())
    tried = graph_sandbox.control.requests(method="POST", path="assignLicense")
    assert [entry["status"] for entry in tried] == [429, 429, 200]
    assert len(graph_sandbox.control.requests(method="POST", path="/v1.0/users")) == 2 + len(tried)
    assert len(halopsa_sandbox.control.tickets()) == 1


async def test_a_user_who_is_not_replicated_yet_is_waited_for(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.fail(status=404, path="*/assignLicense")
    await run(make_context(), "onboard_user", **trainee())
    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL)
    assert user is not None
    assert user["assignedLicenses"]


async def test_a_lost_answer_does_not_create_a_second_user_or_lose_the_first(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.fail(status=504, method="POST", path="/v1.0/users", when="after")
    result = await run(make_context(), "onboard_user", **trainee())
    assert len(graph_sandbox.control.requests(method="POST", path="/v1.0/users")) == 2, "create, assign"
    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL)
    assert user is not None
    assert user["id"] == result["userId"]


async def test_a_create_that_failed_for_good_says_so(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    graph_sandbox.control.fail(status=500, method="POST", path="/v1.0/users")
    with pytest.raises(IntegrationError, match="500"):
        await run(make_context(), "onboard_user", **trainee())
    assert graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL) is None
    assert halopsa_sandbox.control.tickets() == []


async def refused(
    error: type[WorkflowError],
    words: str,
    context: OrganizationContext,
    run: Run,
    **parameters: Any,
) -> WorkflowError:
    with pytest.raises(error, match=re.escape(words)) as caught:
        await run(context, "onboard_user", **trainee(**parameters))
    return caught.value


async def test_what_is_refused_beforehand_changes_nothing(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    used = sum(
        any(licence["skuId"] == SPB for licence in user["assignedLicenses"])
        for user in graph_sandbox.control.tenant(CONTOSO.tenant_id)["users"]
    )
    graph_sandbox.control.set_seats(CONTOSO.tenant_id, SPB=used)
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    visio = BY_PART_NUMBER["VISIOCLIENT"].id
    (mail_list,) = group_ids(graph_sandbox, "All Staff mail")
    context = make_context()
    await refused(WorkflowError, "No seats of Microsoft 365 Business Premium are left", context, run)
    error = await refused(
        WorkflowError, "reception@contoso.example already exists (Contoso Reception)", context, run,
        email="reception@contoso.example", license_sku=visio,
    )  # fmt: skip
    assert set(error.details) == {"existingUserId"}
    e5 = BY_PART_NUMBER["SPE_E5"].id
    error = await refused(ValidationError, "has not bought this licence", context, run, license_sku=e5)
    assert set(error.details["fields"]) == {"license_sku"}
    for group in ("00000000-0000-4000-8000-000000000000", mail_list):
        error = await refused(
            ValidationError, "no group of this organization", context, run, license_sku=visio, groups=[group]
        )
        assert set(error.details["fields"]) == {"groups"}
    await refused(
        IntegrationError, "domain portion", context, run, license_sku=visio, email="x@fabrikam.example"
    )
    nobody = make_context(client_ref=None)
    await refused(ConfigurationError, "no HaloPSA client number", nobody, run, license_sku=visio)
    strange = make_context(client_ref=999)
    await refused(IntegrationError, "Client 999 was not found", strange, run, license_sku=visio)
    locked_out = make_context(halo_secret="wrong")
    await refused(IntegrationError, "HaloPSA refused the sign-in", locked_out, run, license_sku=visio)
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before
    assert halopsa_sandbox.control.tickets() == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"first_name": "  "}, "first_name"),
        ({"usage_location": "Britain"}, "usage_location"),
        ({"license_sku": None}, "license_sku"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_wrong_parameters_are_named(
    make_context: MakeContext, run: Run, parameters: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        await run(make_context(), "onboard_user", **trainee(**parameters))
    assert set(caught.value.details["fields"]) == {field}


async def test_what_failed_on_the_way_is_told_in_full(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    groups = group_ids(graph_sandbox, "Sales", "VPN users")
    graph_sandbox.control.fail(status=403, path="*/assignLicense")
    graph_sandbox.control.fail(status=500, path=f"*/{groups[0]}/members/$ref")
    context = make_context()
    with pytest.raises(WorkflowError, match="only partly done") as caught:
        await run(context, "onboard_user", **trainee(groups=groups))

    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL)
    assert user is not None
    assert graph_sandbox.control.group_names_of(CONTOSO.tenant_id, user["id"]) == {"VPN users"}
    (ticket,) = halopsa_sandbox.control.tickets(CONTOSO.halo_client)
    assert ticket["summary"] == "New user: Contoso Trainee (incomplete)"
    left = ticket["details"].partition("NOT done")[2]
    assert "Assign Microsoft 365 Business Premium" in left
    assert "Add to group Sales" in left
    assert "VPN users" not in left

    details = caught.value.details
    assert details["done"] == [f"Create user {EMAIL}", "Add to group VPN users", "Open a HaloPSA ticket"]
    assert [entry["step"] for entry in details["notDone"]] == [
        "Assign Microsoft 365 Business Premium",
        "Add to group Sales",
    ]
    assert all(entry["reason"] for entry in details["notDone"])
    assert details["ticketId"] == ticket["id"]
    assert str(ticket["id"]) in caught.value.message
    assert context.variables["user_id"] == user["id"]
    assert [line.level for line in host_of(context).lines].count("error") == 2


async def test_a_seat_taken_meanwhile_is_graphs_reason(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = make_context()
    graph = context.get_integration("msgraph")
    post = graph.post

    async def somebody_is_quicker(path: str, **rest: Any) -> Any:
        if path.endswith("assignLicense"):
            graph_sandbox.control.set_seats(CONTOSO.tenant_id, SPB=0)
        return await post(path, **rest)

    monkeypatch.setattr(graph, "post", somebody_is_quicker)
    with pytest.raises(WorkflowError, match="does not have any available licenses"):
        await run(context, "onboard_user", **trainee())


async def test_a_ticket_that_cannot_be_opened_is_told_too(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    halopsa_sandbox.control.fail(status=500, method="POST", path="/api/tickets")
    with pytest.raises(WorkflowError) as caught:
        await run(make_context(), "onboard_user", **trainee())
    assert [entry["step"] for entry in caught.value.details["notDone"]] == ["Open a HaloPSA ticket"]
    assert caught.value.details["ticketId"] is None
    assert graph_sandbox.control.find_user(CONTOSO.tenant_id, EMAIL) is not None


async def test_another_organizations_tenant_is_never_touched(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    fabrikam = make_context(FABRIKAM)
    sku = BY_PART_NUMBER["SPE_E3"].id
    await run(fabrikam, "onboard_user", **trainee(email="trainee@fabrikam.example", license_sku=sku))
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before
    assert {entry["tenant_id"] for entry in graph_sandbox.control.requests()} == {FABRIKAM.tenant_id}
    assert [ticket["client_id"] for ticket in halopsa_sandbox.control.tickets()] == [FABRIKAM.halo_client]


async def test_a_tenant_that_refuses_is_told_with_its_reason(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    unknown = replace(CONTOSO, tenant_id="a0000000-0000-4000-8000-0000000000ff")
    error = await refused(IntegrationError, "AADSTS90002", make_context(unknown), run)
    assert "tenant id" in error.message
    error = await refused(IntegrationError, "AADSTS7000215", make_context(graph_secret="wrong"), run)
    assert error.details["status"] == 401
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "removed")
    error = await refused(IntegrationError, "AADSTS7000229", make_context(), run)
    assert graph_sandbox.control.requests(path="/v1.0/") == [], "nothing was asked without a token"
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "revoked")
    error = await refused(IntegrationError, "Insufficient privileges", make_context(), run)
    assert error.details["code"] == "Authorization_RequestDenied"
