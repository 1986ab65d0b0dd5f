"""The Graph sandbox of the test kit: seeded, called, failing and looked at, all in this process."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import IntegrationError, OrganizationContext
from msp_automation.capabilities import OrganizationInfo
from msp_automation.testing import GraphSandbox, RecordedContext


async def test_a_seeded_user_is_read_over_the_real_client(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    ada = graph.add_user("Ada Lovelace", licences=["SPB"], groups=["Engineers"], jobTitle="Engineer")
    read = await org_context.get_integration("msgraph").get(
        "/users/{user}", user="ada.lovelace@contoso.example"
    )
    assert (read["id"], read["jobTitle"]) == (ada["id"], "Engineer")
    assert graph.licences_of(ada["id"]) == ["SPB"]
    assert graph.groups_of(ada["id"]) == ["Engineers"]
    assert graph.members_of("Engineers") == ["ada.lovelace@contoso.example"]
    assert [str(call) for call in graph.calls] == ["GET /users/ada.lovelace@contoso.example → 200"]
    assert graph.calls[0].template == "/users/{user}"
    assert len(graph.sign_ins) == 1


async def test_small_pages_force_paging(org_context: RecordedContext, graph: GraphSandbox) -> None:
    for number in range(5):
        graph.add_user(f"user{number}@contoso.example")
    graph.page_size = 2
    users = await org_context.get_integration("msgraph").get_all("/users")
    assert len(users) == 5
    assert len(graph.assert_called("GET", "/users", times=3)) == 3


async def test_a_429_is_waited_for_in_no_time(org_context: RecordedContext, graph: GraphSandbox) -> None:
    graph.fail_next(429, retry_after=50, path="/users")
    began = time.perf_counter()
    assert await org_context.get_integration("msgraph").get_all("/users") == []
    assert time.perf_counter() - began < 2
    assert [call.status for call in graph.calls] == [429, 200]
    assert graph.pending_faults == []


async def test_a_created_user_whose_answer_is_lost_is_there(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    graph.fail_next(504, method="POST", path="/users", work_is_done=True)
    body = {
        "accountEnabled": True,
        "displayName": "Ada",
        "mailNickname": "ada",
        "userPrincipalName": "ada@contoso.example",
        "passwordProfile": {"password": "Correct-Horse-1"},
    }
    with pytest.raises(IntegrationError) as caught:
        await org_context.get_integration("msgraph").post("/users", json=body)
    assert caught.value.details["status"] == 504
    assert graph.user("ada@contoso.example")["displayName"] == "Ada"
    graph.assert_called("POST", "/users", times=1, json={"displayName": "Ada"}, status=504)


@pytest.mark.parametrize(
    ("arrange", "code"),
    [
        (lambda graph: graph.time_out_next(times=9), "Timeout"),
        (lambda graph: graph.slow_next(31, times=9), "Timeout"),
        (lambda graph: graph.disconnect_next(times=9), "ConnectionLost"),
        (lambda graph: graph.unreachable_next(times=9), "Unreachable"),
        (lambda graph: graph.revoke_permissions(), "Authorization_RequestDenied"),
        (lambda graph: graph.remove_application(), "AADSTS7000229"),
        (lambda graph: graph.fail_sign_in("AADSTS53003"), "AADSTS53003"),
        (lambda graph: graph.issue_tokens_of(graph.msp.tenant_id), "WrongTenant"),
        (lambda graph: graph.fail_next(500, times=9), "InternalServerError"),
    ],
)
async def test_trouble_comes_as_the_platform_tells_it(
    org_context: RecordedContext, graph: GraphSandbox, arrange: Callable[[GraphSandbox], object], code: str
) -> None:
    arrange(graph)
    with pytest.raises(IntegrationError) as caught:
        await org_context.get_integration("msgraph").get("/users")
    assert caught.value.details["code"] == code


async def test_slow_within_patience_only_takes_time(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    graph.slow_next(29)
    assert await org_context.get_integration("msgraph").get_all("/users") == []


async def test_each_organization_has_a_tenant_of_its_own(
    make_org_context: Callable[..., RecordedContext], graph: GraphSandbox
) -> None:
    fabrikam = make_org_context(org="Fabrikam")
    graph.add_user("Ada Lovelace")
    graph.tenant("Fabrikam").add_user("Grace Hopper")
    users = await fabrikam.get_integration("msgraph").get_all("/users")
    assert [user["userPrincipalName"] for user in users] == ["grace.hopper@fabrikam.example"]
    with pytest.raises(LookupError, match="Contoso, Fabrikam"):
        graph.tenant("Northwind")


async def test_an_organization_with_a_tenant_that_is_not_there_is_told(
    make_org_context: Callable[..., RecordedContext],
) -> None:
    org = OrganizationInfo(id="o", name="Gone", tenant_id="a0000000-0000-4000-8000-00000000dead")
    with pytest.raises(IntegrationError, match="AADSTS90002"):
        await make_org_context(org=org).get_integration("msgraph").get("/users")


async def test_a_path_that_the_sandbox_does_not_know_is_answered_by_the_test(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    graph.on_list("/applications", [{"id": str(number)} for number in range(5)])
    graph.on("POST", "/me/sendMail", status=202)
    graph.on("GET", "/users/{user}/manager", lambda call: {"of": call.path.split("/")[2]})
    graph.page_size = 2
    client = org_context.get_integration("msgraph")
    assert [entry["id"] for entry in await client.get_all("/applications")] == list("01234")
    assert await client.post("/me/sendMail", json={}) is None
    assert await client.get("/users/{user}/manager", user="ada") == {"of": "ada"}
    graph.assert_called("GET", "/applications", times=3)


async def test_a_list_of_the_tests_own_is_filtered_and_narrowed(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    registrations = [{"id": "1", "userPrincipalName": "ada", "isMfaRegistered": True, "methods": []}]
    graph.on_list("/reports/authenticationMethods/userRegistrationDetails", registrations)
    registrations.append({"id": "2", "userPrincipalName": "grace", "isMfaRegistered": False, "methods": []})
    client = org_context.get_integration("msgraph")
    path = "/reports/authenticationMethods/userRegistrationDetails"
    query = {"$filter": "isMfaRegistered eq false", "$select": "userPrincipalName"}
    assert await client.get_all(path, query) == [{"id": "2", "userPrincipalName": "grace"}]
    with pytest.raises(IntegrationError, match="isMfaRegisterd"):
        await client.get_all(path, {"$filter": "isMfaRegisterd eq false"})


def test_a_part_of_the_kit_that_is_missing_is_told(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("msp_automation.testing.graph")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "msp_automation.sandboxes.graph.app", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'msp-automation\[testing\]'"):
        request.getfixturevalue("graph")


async def test_delegated_sign_in_works_over_a_relationship(
    make_org_context: Callable[..., RecordedContext], graph: GraphSandbox
) -> None:
    settings = {"msgraph": {"mode": "delegated", "refresh_token": "graph-refresh-token"}}
    with pytest.raises(IntegrationError, match="AADSTS50020"):
        await make_org_context(integrations=settings).get_integration("msgraph").get("/users")
    graph.add_relationship(days_left=30)
    assert await make_org_context(integrations=settings).get_integration("msgraph").get_all("/users") == []


async def test_a_failed_expectation_lists_what_was_called_instead(
    org_context: RecordedContext, graph: GraphSandbox
) -> None:
    graph.add_user("ada@contoso.example")
    client = org_context.get_integration("msgraph")
    await client.patch("/users/{user}", user="ada@contoso.example", json={"jobTitle": "CTO"})
    with pytest.raises(AssertionError) as caught:
        graph.assert_called("PATCH", "/users/{user}", times=1, json={"jobTitle": "CEO"})
    told = str(caught.value)
    assert 'PATCH /users/{user}  json={"jobTitle": "CEO"}' in told
    assert 'PATCH /users/ada@contoso.example → 204  json={"jobTitle": "CTO"}' in told
    with pytest.raises(AssertionError, match="not to be called"):
        graph.assert_not_called("PATCH")
    with pytest.raises(AssertionError, match="also sent"):
        graph.assert_only_read()
    graph.assert_not_called("DELETE")


def test_a_mistyped_property_or_product_is_told(graph: GraphSandbox) -> None:
    with pytest.raises(TypeError, match="jobTitel"):
        graph.add_user("Ada Lovelace", jobTitel="Engineer")
    with pytest.raises(LookupError, match="SPB"):
        graph.buy_licences("SPBB", 3)
    with pytest.raises(LookupError, match="There are: none"):
        graph.user("ada@contoso.example")


async def test_a_test_reaches_no_network(make_org_context: Callable[..., RecordedContext]) -> None:
    context = make_org_context(integrations={"halopsa": {"base_url": "https://real.halopsa.com"}})
    with pytest.raises(IntegrationError) as caught:
        await context.get_integration("halopsa").get("/client")
    assert "fake_api" in caught.value.details["reason"]


def test_a_plain_def_waits_for_the_sandbox(org_context: RecordedContext, graph: GraphSandbox) -> None:
    def count(context: OrganizationContext) -> int:
        users: list[Any] = context.wait(context.get_integration("msgraph").get_all("/users"))
        return len(users)

    graph.add_user("Ada Lovelace")
    assert count(org_context) == 1
