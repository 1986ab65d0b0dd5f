"""The Graph sandbox: who gets a token, and what a token opens."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable

import httpx
import jwt
import pytest

from msp_automation.sandboxes.graph.tokens import GRAPH_AUDIENCE
from msp_devstack.demo import (
    CONTOSO,
    FABRIKAM,
    GRAPH_CLIENT_ID,
    GRAPH_CLIENT_SECRET,
    MSP_TENANT_ID,
    NORTHWIND,
)
from msp_devstack.graph import GraphControl, create_app
from msp_devstack.loopback import serving
from msp_devstack.running import RunningGraph
from msp_devstack.signing import SigningKey

GraphFor = Callable[[str], httpx.Client]


def ask(graph: RunningGraph, tenant: str = CONTOSO.tenant_id, **changes: str | None) -> httpx.Response:
    form: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "client_id": GRAPH_CLIENT_ID,
        "client_secret": GRAPH_CLIENT_SECRET,
        "scope": "https://graph.microsoft.com/.default",
        **changes,
    }
    data = {name: value for name, value in form.items() if value is not None}
    return httpx.post(f"{graph.authority}/{tenant}/oauth2/v2.0/token", data=data)


@pytest.mark.parametrize(
    ("tenant", "changes", "expected"),
    [
        (CONTOSO.tenant_id, {"client_id": "0" * 8}, (400, "unauthorized_client", 700016)),
        (CONTOSO.tenant_id, {"client_secret": "wrong"}, (401, "invalid_client", 7000215)),
        (CONTOSO.tenant_id, {"client_secret": None}, (401, "invalid_client", 7000218)),
        ("a0000000-0000-4000-8000-0000000000ff", {}, (400, "invalid_request", 90002)),
        ("not%20a%20tenant", {}, (400, "invalid_request", 900023)),
        (CONTOSO.tenant_id, {"grant_type": "password"}, (400, "unsupported_grant_type", 70003)),
        (CONTOSO.tenant_id, {"scope": "User.Read"}, (400, "invalid_scope", 1002012)),
        (CONTOSO.tenant_id, {"client_id": None}, (400, "invalid_request", 900144)),
    ],
)
def test_the_token_endpoint_refuses_as_entra_does(
    graph_sandbox: RunningGraph,
    tenant: str,
    changes: dict[str, str | None],
    expected: tuple[int, str, int],
) -> None:
    reply = ask(graph_sandbox, tenant, **changes)
    body = reply.json()
    assert (reply.status_code, body["error"], *body["error_codes"]) == expected
    code = expected[2]
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["correlation_id"] in body["error_description"]


def test_a_token_is_for_one_tenant_and_for_graph(graph_sandbox: RunningGraph) -> None:
    body = ask(graph_sandbox, CONTOSO.domain).json()
    keys = httpx.get(f"{graph_sandbox.authority}/common/discovery/v2.0/keys").json()
    key = jwt.PyJWKSet.from_dict(keys).keys[0]
    claims = jwt.decode(body["access_token"], key, algorithms=["RS256"], audience=GRAPH_AUDIENCE)
    assert claims["tid"] == CONTOSO.tenant_id
    assert claims["appid"] == GRAPH_CLIENT_ID
    assert "User.ReadWrite.All" in claims["roles"]
    assert claims["exp"] - claims["iat"] == body["expires_in"]


def test_the_tokens_tenant_alone_decides_whose_data_is_served(graph_for: GraphFor) -> None:
    contoso, fabrikam = graph_for(CONTOSO.tenant_id), graph_for(FABRIKAM.tenant_id)
    theirs = fabrikam.get("/users").json()["value"]
    assert theirs
    assert all(user["userPrincipalName"].endswith(FABRIKAM.domain) for user in theirs)
    for reference in (theirs[0]["id"], theirs[0]["userPrincipalName"]):
        assert contoso.get(f"/users/{reference}").status_code == 404
        assert contoso.delete(f"/users/{reference}").status_code == 404
    own = contoso.get("/organization").json()["value"]
    assert [entry["id"] for entry in own] == [CONTOSO.tenant_id]


def tampered(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["tid"] = NORTHWIND.tenant_id
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{changed}.{signature}"


def unsigned(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none")


def by_another_key(token: str) -> str:
    return SigningKey.generate().sign(jwt.decode(token, options={"verify_signature": False}))


@pytest.mark.parametrize("spoil", [tampered, unsigned, by_another_key, lambda token: "x"])
def test_a_spoilt_token_opens_nothing(graph_sandbox: RunningGraph, spoil: Callable[[str], str]) -> None:
    token = spoil(ask(graph_sandbox).json()["access_token"])
    reply = httpx.get(f"{graph_sandbox.graph_url}/users", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "InvalidAuthenticationToken"


def test_no_token_opens_nothing(graph_sandbox: RunningGraph) -> None:
    for path in ("users", "groups", "subscribedSkus", "organization"):
        assert httpx.get(f"{graph_sandbox.graph_url}/{path}").status_code == 401


def test_an_expired_token_opens_nothing() -> None:
    with (
        serving(lambda _url: create_app(clock=lambda: time.time() - 60)) as url,
        GraphControl(url) as control,
    ):
        graph = RunningGraph(url, control)
        good = ask(graph).json()
        assert good["expires_in"] == 3599
        headers = {"Authorization": f"Bearer {good['access_token']}"}
        assert httpx.get(f"{graph.graph_url}/users", headers=headers).status_code == 200
        control.set_token_seconds(30)
        headers = {"Authorization": f"Bearer {ask(graph).json()['access_token']}"}
        reply = httpx.get(f"{graph.graph_url}/users", headers=headers)
    assert reply.status_code == 401
    assert "expired" in reply.json()["error"]["message"]


def test_revoked_permissions_refuse_every_request(graph_sandbox: RunningGraph, graph_for: GraphFor) -> None:
    before = graph_for(CONTOSO.tenant_id)
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "revoked")
    after = graph_for(CONTOSO.tenant_id)
    for client in (before, after):
        reply = client.get("/users")
        assert reply.status_code == 403
        assert reply.json()["error"]["code"] == "Authorization_RequestDenied"
    assert graph_for(FABRIKAM.tenant_id).get("/users").status_code == 200


def test_a_removed_application_gets_no_token(graph_sandbox: RunningGraph) -> None:
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "removed")
    reply = ask(graph_sandbox)
    assert reply.status_code == 401
    assert reply.json()["error_codes"] == [7000229]
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "granted")
    assert ask(graph_sandbox).status_code == 200


def test_only_the_msps_own_tenant_sees_who_trusts_it(graph_for: GraphFor) -> None:
    msp = graph_for(MSP_TENANT_ID)
    customers = msp.get("/tenantRelationships/delegatedAdminCustomers").json()["value"]
    assert {CONTOSO.tenant_id, FABRIKAM.tenant_id, NORTHWIND.tenant_id} < {c["tenantId"] for c in customers}
    relationships = msp.get("/tenantRelationships/delegatedAdminRelationships").json()["value"]
    assert {entry["status"] for entry in relationships} == {"active", "expired"}
    assert all(re.fullmatch(r".*Z", entry["endDateTime"]) for entry in relationships)
    reply = graph_for(CONTOSO.tenant_id).get("/tenantRelationships/delegatedAdminCustomers")
    assert reply.status_code == 403
