"""What the Graph sandbox tells about who gets in: sign-ins, methods, roles, inbox rules, applications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import IntegrationError
from msp_automation.integrations.msgraph import MsGraph
from msp_automation.sandboxes.graph.permissions import USER_ADMINISTRATOR
from msp_automation.testing import GraphSandbox, RecordedContext

REGISTRATIONS = "/reports/authenticationMethods/userRegistrationDetails"
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
ELIGIBILITIES = "/roleManagement/directory/roleEligibilityScheduleInstances"
RULES = "/users/{user}/mailFolders/inbox/messageRules"
ADA = "ada@contoso.example"


@pytest.fixture
def client(org_context: RecordedContext) -> MsGraph:
    return org_context.get_integration("msgraph")


async def refusal(client: MsGraph, path: str, params: dict[str, Any] | None = None, **values: Any) -> Any:
    with pytest.raises(IntegrationError) as caught:
        await client.get(path, params=params, **values)
    return caught.value


async def test_sign_ins_come_only_when_asked_for_and_at_most_500_at_once(
    client: MsGraph, graph: GraphSandbox
) -> None:
    ada, _ = graph.add_user(ADA), graph.add_guest("bob@partner.example")
    graph.sign_in(ADA, days_ago=3)
    assert "signInActivity" not in await client.get("/users/{user}", user=ada["id"])
    asked = {"$select": "id,signInActivity", "$filter": "userType eq 'Member'"}
    (told,) = await client.get_all("/users", asked)
    assert told["signInActivity"]["lastSuccessfulSignInDateTime"].endswith("Z")
    (never,) = await client.get_all("/users", asked | {"$filter": "userType eq 'Guest'"})
    assert "signInActivity" not in never
    by_name = await refusal(client, "/users/{user}", {"$select": "signInActivity"}, user=ADA)
    assert "valid Guid" in by_name.message
    for number in range(501):
        graph.add_user(f"user{number}@contoso.example")
    page = await client.get("/users", params={"$select": "signInActivity", "$top": "999"})
    assert len(page["value"]) == 500


async def test_reports_need_their_permission_and_entra_p1(client: MsGraph, graph: GraphSandbox) -> None:
    graph.add_user(ADA)
    graph.add_user("gone@contoso.example", accountEnabled=False)
    graph.register_methods(ADA, "email", "fido2")
    graph.assign_role(ADA, "User Administrator")
    (row,) = await client.get_all(REGISTRATIONS)
    assert row["methodsRegistered"] == ["email", "fido2"]
    assert (row["isMfaRegistered"], row["isAdmin"]) == (True, True)
    assert "$select" in (await refusal(client, REGISTRATIONS, {"$select": "id"})).message
    graph.drop_premium()
    for path, params in ((REGISTRATIONS, None), ("/users", {"$select": "signInActivity"})):
        error = await refusal(client, path, params)
        assert error.details["code"] == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    graph.revoke_permissions("AuditLog.Read.All")
    assert "permission AuditLog.Read.All" in (await refusal(client, REGISTRATIONS)).message
    graph.grant_consent()
    assert (await refusal(client, REGISTRATIONS)).details["code"].startswith("Authentication_RequestFrom")


async def test_roles_stand_where_graph_has_them(client: MsGraph, graph: GraphSandbox) -> None:
    ada = graph.add_user(ADA)
    helpers = graph.add_group("Helpers", [ADA], isAssignableToRole=True)
    graph.assign_role(ADA, "User Administrator")
    graph.assign_role("Helpers", "Helpdesk Administrator")
    asked = {"$filter": f"principalId eq '{ada['id']}'", "$expand": "roleDefinition"}
    (own,) = await client.get_all(ASSIGNMENTS, asked)
    assert own["roleDefinition"]["displayName"] == "User Administrator"
    memberships = await client.get_all("/users/{user}/transitiveMemberOf", user=ADA)
    assert {(one["@odata.type"].rpartition(".")[2], one["displayName"]) for one in memberships} == {
        ("group", "Helpers"),
        ("directoryRole", "User Administrator"),
        ("directoryRole", "Helpdesk Administrator"),
    }
    assert next(one for one in memberships if one["id"] == helpers["id"])["isAssignableToRole"] is True
    assert (await refusal(client, ELIGIBILITIES)).details["code"] == "AadPremiumLicenseRequired"
    graph.assign_role(ADA, "Global Administrator", eligible=True)
    assert len(await client.get_all(ELIGIBILITIES, asked)) == 1
    with pytest.raises(LookupError, match="Helpdesk Administrator"):
        graph.assign_role(ADA, "King")
    graph.revoke_permissions("RoleManagement.Read.Directory")
    assert "permission RoleManagement.Read.Directory" in (await refusal(client, ASSIGNMENTS)).message


async def test_an_administrators_password_is_out_of_the_applications_reach(
    client: MsGraph, graph: GraphSandbox
) -> None:
    graph.add_user(ADA)
    body = {"passwordProfile": {"password": "Correct-Horse-1", "forceChangePasswordNextSignIn": True}}
    await client.patch("/users/{user}", json=body, user=ADA)
    assert graph.user(ADA)["passwordProfile"] == {"forceChangePasswordNextSignIn": True}
    graph.assign_role(ADA, "User Administrator")
    with pytest.raises(IntegrationError, match="Insufficient privileges"):
        await client.patch("/users/{user}", json=body, user=ADA)


async def test_inbox_rules_are_read_where_there_is_a_mailbox(client: MsGraph, graph: GraphSandbox) -> None:
    graph.add_user(ADA)
    guest = graph.add_guest("bob@partner.example")
    graph.add_inbox_rule(ADA, "Away", forward_to=["ada@home.example"])
    (rule,) = await client.get_all(RULES, user=ADA)
    assert rule["actions"]["forwardTo"][0]["emailAddress"]["address"] == "ada@home.example"
    assert (await refusal(client, RULES, user=guest["id"])).details["code"] == "MailboxNotEnabledForRESTAPI"
    graph.revoke_permissions("MailboxSettings.Read")
    assert "permission MailboxSettings.Read" in (await refusal(client, RULES, user=ADA)).message


async def test_applications_tell_ends_and_no_secrets(client: MsGraph, graph: GraphSandbox) -> None:
    graph.add_application("Portal", secrets={"mail": 10}, certificates={"tls": 200})
    (portal,) = await client.get_all("/applications", {"$select": "passwordCredentials,keyCredentials"})
    assert set(portal) == {"passwordCredentials", "keyCredentials"}
    assert portal["passwordCredentials"][0]["secretText"] is None
    assert portal["passwordCredentials"][0]["endDateTime"] < portal["keyCredentials"][0]["endDateTime"]


async def test_a_group_is_created_as_graph_creates_it(client: MsGraph, graph: GraphSandbox) -> None:
    body = {"displayName": "VPN", "mailEnabled": False, "mailNickname": "vpn", "securityEnabled": True}
    created = await client.post("/groups", json=body)
    assert (created["displayName"], created["groupTypes"], created["mail"]) == ("VPN", [], None)
    assert graph.members_of("VPN") == []
    for change, words in (
        ({"mailNickname": ""}, "mailNickname"),
        ({"mailNickname": "a b"}, "mailNickname"),
        ({"mailEnabled": True}, "mail-enabled"),
        ({"color": "red"}, "color"),
    ):
        with pytest.raises(IntegrationError, match=words):
            await client.post("/groups", json=body | change)
    assert len(graph.groups) == 1


async def test_advanced_queries_keep_their_header_over_the_pages(
    client: MsGraph, graph: GraphSandbox
) -> None:
    for name in ("a", "b", "c"):
        graph.add_user(f"{name}@contoso.example")
    graph.page_size = 1
    asked = {"$filter": "displayName ne 'B'", "$count": "true"}
    found = await client.get_all("/users", asked, headers={"ConsistencyLevel": "eventual"})
    assert [user["displayName"] for user in found] == ["A", "C"]
    assert "ConsistencyLevel" in (await refusal(client, "/users", asked)).message


async def test_over_gdap_the_role_that_is_missing_is_named(
    make_org_context: Callable[..., RecordedContext], graph: GraphSandbox
) -> None:
    graph.add_user(ADA)
    graph.add_relationship(roles=[USER_ADMINISTRATOR])
    settings = {"mode": "delegated", "refresh_token": "graph-refresh-token"}
    client = make_org_context(integrations={"msgraph": settings}).get_integration("msgraph")
    asked = {"$select": "id,signInActivity"}
    assert "needs the role Reports Reader" in (await refusal(client, "/users", asked)).message
    assert "needs the role Reports Reader" in (await refusal(client, REGISTRATIONS)).message
    assert "sign in as the application" in (await refusal(client, RULES, user=ADA)).message
    assert await client.get_all(ASSIGNMENTS) == []
