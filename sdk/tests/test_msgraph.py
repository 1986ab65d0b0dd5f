"""Microsoft Graph: sign-in per tenant, reasons of refusals."""

# ruff: noqa: RUF001 - messages show the client's own paths

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from msp_automation.capabilities import OrganizationInfo
from msp_automation.context import OrganizationContext
from msp_automation.errors import ConfigurationError, IntegrationError
from msp_automation.integrations import registry
from msp_automation.integrations.entra import EXPLANATIONS, read_refusal
from msp_automation.integrations.msgraph import missing_permission
from msp_automation.testing import host_of

if TYPE_CHECKING:
    from sdk.tests.conftest import Answer, Server

TENANT = "a0000000-0000-4000-8000-000000000001"
CLIENT = "6a000000-0000-4000-8000-000000000001"
CONTOSO = OrganizationInfo(id="c0000000-0000-4000-8000-000000000001", name="Contoso", tenant_id=TENANT)
TOKEN_CALL = f"POST /{TENANT}/oauth2/v2.0/token"


class Graph:
    """A Graph on loopback, set up to let Contoso in."""

    def __init__(self, server: Server, answer: type[Answer], make_token: Callable[..., str]) -> None:
        self.server = server
        self.answer = answer
        self.token = make_token(tid=TENANT)
        self.let_in(self.token)

    def let_in(self, token: str) -> None:
        self.server.on(TOKEN_CALL, self.answer(json={"access_token": token, "expires_in": 3599}))

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "client_id": CLIENT,
            "client_secret": "graph-secret",
            "authority": self.server.url,
            "base_url": f"{self.server.url}/v1.0",
        }

    def context(self, org: OrganizationInfo | None = CONTOSO, **secrets: str) -> OrganizationContext:
        return OrganizationContext.for_testing(
            org=org,
            secrets=secrets or {"graph-secret": "s3cr3t-value"},
            integrations={"msgraph": self.settings},
        )


@pytest.fixture
def graph(server: Server, answer: type[Answer], make_token: Callable[..., str]) -> Graph:
    return Graph(server, answer, make_token)


async def test_a_list_is_read_with_a_token_of_the_organizations_tenant(graph: Graph) -> None:
    link = f"{graph.server.url}/v1.0/users?$skiptoken=2"
    graph.server.on(
        "GET /v1.0/users",
        graph.answer(json={"value": [{"id": "1"}], "@odata.nextLink": link}),
        graph.answer(json={"value": [{"id": "2"}]}),
    )
    context = graph.context()
    users = await context.get_integration("msgraph").get_all("/users", {"$select": "id"})
    assert users == [{"id": "1"}, {"id": "2"}]
    signed_in, first, second = graph.server.asked
    assert signed_in.form == {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": "s3cr3t-value",
        "scope": "https://graph.microsoft.com/.default",
    }
    assert first.query == {"$select": "id"}
    assert second.query == {"$skiptoken": "2"}
    assert first.token == second.token == f"Bearer {graph.token}"
    assert [call.endpoint for call in host_of(context).calls] == ["/users", "/users"]


async def test_a_token_that_names_another_tenant_is_not_used(
    graph: Graph, make_token: Callable[..., str]
) -> None:
    graph.let_in(make_token(tid="a0000000-0000-4000-8000-000000000002"))
    with pytest.raises(IntegrationError, match="another tenant"):
        await graph.context().get_integration("msgraph").get("/users")
    assert [one.path for one in graph.server.asked] == [f"/{TENANT}/oauth2/v2.0/token"]


@pytest.mark.parametrize("opaque", ["opaque", "a.b.c", "a.bm8=.c"])
async def test_a_token_that_names_no_tenant_is_not_used(graph: Graph, opaque: str) -> None:
    graph.let_in(opaque)
    with pytest.raises(IntegrationError, match="another tenant"):
        await graph.context().get_integration("msgraph").get("/users")


async def test_an_organization_without_tenant_is_told_where_to_link_it(graph: Graph) -> None:
    org = OrganizationInfo(id="x", name="Contoso")
    with pytest.raises(ConfigurationError, match="not linked to a Microsoft 365 tenant"):
        await graph.context(org).get_integration("msgraph").get("/users")
    assert graph.server.asked == []


async def test_a_tenant_id_cannot_change_the_sign_in_address(graph: Graph) -> None:
    org = OrganizationInfo(id="x", name="Contoso", tenant_id="../common")
    with pytest.raises(ConfigurationError, match="no tenant id"):
        await graph.context(org).get_integration("msgraph").get("/users")
    assert graph.server.asked == []


async def test_a_secret_that_is_not_set_is_named_with_its_place(graph: Graph) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await graph.context(other="x").get_integration("msgraph").get("/users")
    assert caught.value.message == (
        "Secret 'graph-secret' is not set for organization 'Contoso'. "
        "Set it under Organizations › Contoso › Secrets."
    )


async def test_a_wrong_client_secret_is_explained_and_entras_reason_kept(graph: Graph) -> None:
    description = (
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value. "
        "Trace ID: 11111111 Correlation ID: 22222222 Timestamp: 2026-01-31 12:00:00Z"
    )
    body = {
        "error": "invalid_client",
        "error_description": description,
        "error_codes": [7000215],
        "trace_id": "11111111",
    }
    graph.server.on(TOKEN_CALL, graph.answer(401, json=body))
    with pytest.raises(IntegrationError) as caught:
        await graph.context().get_integration("msgraph").get("/users")
    assert "The client secret is wrong" in caught.value.message
    assert caught.value.details == {
        "integration": "msgraph",
        "status": 401,
        "code": "AADSTS7000215",
        "reason": "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value.",
        "endpoint": "POST /{tenant}/oauth2/v2.0/token",
        "requestId": "11111111",
    }
    assert "s3cr3t-value" not in str(caught.value.details)


@pytest.mark.parametrize(
    "code", [700016, 7000215, 7000222, 90002, 65001, 500011, 53003, 50076, 50105, 700082, 70043]
)
def test_known_entra_codes_say_what_and_what_to_do(code: int) -> None:
    refusal = read_refusal({"error_description": f"AADSTS{code}: Whatever."}, 400)
    assert refusal.explanation == EXPLANATIONS[code]
    sentences = [part for part in refusal.explanation.rstrip(".").split(". ") if part]
    assert len(sentences) == 2
    assert len(refusal.explanation) < 200


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ({"error_description": "AADSTS999999: New."}, "AADSTS999999", "AADSTS999999: New."),
        ({"error": "invalid_request", "error_codes": [90002]}, "AADSTS90002", "invalid_request"),
        ({"error": "invalid_request"}, "invalid_request", "invalid_request"),
        (None, "HTTP 502", "Entra answered 502 without a reason."),
    ],
)
def test_any_refusal_can_be_read(body: Any, code: str, reason: str) -> None:
    refusal = read_refusal(body, 502)
    assert (refusal.code, refusal.reason) == (code, reason)


async def test_a_token_answer_without_token_is_an_integration_error(graph: Graph) -> None:
    graph.server.on(TOKEN_CALL, graph.answer(200, json={"token_type": "Bearer"}))
    with pytest.raises(IntegrationError, match="without a usable token"):
        await graph.context().get_integration("msgraph").get("/users")


async def test_graphs_error_is_kept_with_code_and_request_id(graph: Graph) -> None:
    error = {
        "code": "Request_ResourceNotFound",
        "message": "Resource 'x' does not exist.",
        "innerError": {"request-id": "r-1"},
    }
    graph.server.on("GET /v1.0/users/x", graph.answer(404, json={"error": error}))
    with pytest.raises(IntegrationError) as caught:
        await graph.context().get_integration("msgraph").get("/users/{user}", user="x")
    assert caught.value.message == (
        "Microsoft Graph refused GET /users/{user} with 404: Resource 'x' does not exist."
    )
    assert caught.value.details["code"] == "Request_ResourceNotFound"
    assert caught.value.details["requestId"] == "r-1"


async def test_a_missing_permission_is_named(graph: Graph) -> None:
    error = {
        "code": "Authorization_RequestDenied",
        "message": "Insufficient privileges to complete the operation.",
    }
    graph.server.on("POST /v1.0/users", graph.answer(403, json={"error": error}))
    with pytest.raises(
        IntegrationError, match=r"needs the permission User\.ReadWrite\.All in this tenant"
    ) as caught:
        await graph.context().get_integration("msgraph").post("/users", json={})
    assert caught.value.details["reason"] == "Insufficient privileges to complete the operation."


@pytest.mark.parametrize(
    ("method", "path", "reason", "permission"),
    [
        ("GET", "/users", "", "User.Read.All"),
        ("PATCH", "/users/7", "", "User.ReadWrite.All"),
        ("POST", "/users/7/assignLicense", "", "LicenseAssignment.ReadWrite.All"),
        ("POST", "/users/7/revokeSignInSessions", "", "User.RevokeSessions.All"),
        ("POST", "/groups/7/members/$ref", "", "GroupMember.ReadWrite.All"),
        ("GET", "/subscribedSkus", "", "LicenseAssignment.Read.All"),
        ("GET", "/users", "Requires one of: Directory.Read.All, ...", "Directory.Read.All"),
        ("GET", "/unheardOf", "", None),
    ],
)
def test_the_permission_follows_from_graphs_words_or_the_path(
    method: str, path: str, reason: str, permission: str | None
) -> None:
    assert missing_permission(method, path, reason) == permission


async def test_a_test_makes_a_real_call_and_compares_the_tenant(graph: Graph) -> None:
    async def get_secret(_: str) -> str:
        return "s3cr3t-value"

    graph.server.on(
        "GET /v1.0/organization",
        graph.answer(json={"value": [{"id": TENANT, "displayName": "Contoso Ltd"}]}),
        graph.answer(json={"value": [{"id": CLIENT, "displayName": "Fabrikam"}]}),
    )
    good = await registry.test_integration(
        "msgraph", org=CONTOSO, settings=graph.settings, get_secret=get_secret
    )
    assert (good.ok, good.message) == (True, "Microsoft Graph answers for Contoso Ltd.")
    bad = await registry.test_integration(
        "msgraph", org=CONTOSO, settings=graph.settings, get_secret=get_secret
    )
    assert (bad.ok, bad.message) == (
        False,
        "Microsoft Graph answered for another tenant than the linked one.",
    )


async def test_a_test_that_fails_answers_the_reason(graph: Graph) -> None:
    async def get_secret(_: str) -> None:
        return None

    result = await registry.test_integration(
        "msgraph", org=CONTOSO, settings=graph.settings, get_secret=get_secret
    )
    assert not result.ok
    assert "Secret 'graph-secret' is not set" in result.message


def test_an_organization_cannot_set_where_the_secret_is_sent() -> None:
    from msp_automation.errors import ValidationError

    settings = {"client_id": CLIENT, "client_secret": "graph-secret"}
    defaults = {"mode": "app", "refresh_token": None}
    assert registry.check_settings("msgraph", settings) == settings | defaults
    for field in ("authority", "base_url"):
        with pytest.raises(ValidationError) as caught:
            registry.check_settings("msgraph", {**settings, field: "https://elsewhere.example"})
        assert caught.value.details["fields"] == {field: "Only the deployment sets this."}
    assert set(registry.settings_schema("msgraph")["properties"]) == {*settings, *defaults}
