"""The Graph sandbox for a service account: refresh tokens, relationships, roles."""

from __future__ import annotations

from pathlib import Path

import httpx
import jwt
import pytest

from msp_automation.sandboxes.graph.permissions import LICENSE_ADMINISTRATOR
from msp_automation.sandboxes.graph.seed import ADVENTURE_WORKS_TENANT_ID
from msp_devstack.demo import (
    CONTOSO,
    FABRIKAM,
    GRAPH_CLIENT_ID,
    GRAPH_CLIENT_SECRET,
    GRAPH_REFRESH_TOKEN,
    MSP_TENANT_ID,
    NORTHWIND,
)
from msp_devstack.graph import GraphControl, create_app
from msp_devstack.loopback import serving
from msp_devstack.running import RunningGraph


def redeem(
    authority: str, tenant: str = CONTOSO.tenant_id, token: str = GRAPH_REFRESH_TOKEN, **changes: str
) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": GRAPH_CLIENT_ID,
        "client_secret": GRAPH_CLIENT_SECRET,
        "scope": "https://graph.microsoft.com/.default offline_access",
        "refresh_token": token,
        **changes,
    }
    return httpx.post(f"{authority}/{tenant}/oauth2/v2.0/token", data=form)


def code_of(reply: httpx.Response) -> int:
    body = reply.json()
    assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}: ")
    return int(body["error_codes"][0])


def signed_in(graph: RunningGraph, tenant: str) -> httpx.Client:
    token = redeem(graph.authority, tenant).json()["access_token"]
    return httpx.Client(base_url=graph.graph_url, headers={"Authorization": f"Bearer {token}"})


def test_a_refresh_token_gives_an_access_token_of_the_tenant_and_its_own_successor(
    graph_sandbox: RunningGraph,
) -> None:
    body = redeem(graph_sandbox.authority).json()
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert (claims["tid"], claims["idtyp"]) == (CONTOSO.tenant_id, "user")
    assert body["refresh_token"] != GRAPH_REFRESH_TOKEN
    assert redeem(graph_sandbox.authority, FABRIKAM.tenant_id, body["refresh_token"]).status_code == 200


def test_a_used_token_lives_on_unless_the_account_forgets_it(graph_sandbox: RunningGraph) -> None:
    assert redeem(graph_sandbox.authority).status_code == 200
    graph_sandbox.control.set_account(forgets_used=True)
    assert redeem(graph_sandbox.authority).status_code == 200
    reply = redeem(graph_sandbox.authority)
    assert (reply.status_code, reply.json()["error"], code_of(reply)) == (400, "invalid_grant", 70000)


@pytest.mark.parametrize(("state", "code"), [("revoked", 50173), ("expired", 700082), ("unassigned", 50105)])
def test_an_account_that_may_not_sign_in_is_refused_as_entra_does(
    graph_sandbox: RunningGraph, state: str, code: int
) -> None:
    graph_sandbox.control.set_account(state=state)
    reply = redeem(graph_sandbox.authority)
    assert (reply.status_code, reply.json()["error"], code_of(reply)) == (400, "invalid_grant", code)
    graph_sandbox.control.set_account(state="active")
    assert redeem(graph_sandbox.authority).status_code == 200


def test_only_tenants_with_an_active_relationship_let_the_account_in(graph_sandbox: RunningGraph) -> None:
    control, authority = graph_sandbox.control, graph_sandbox.authority
    for tenant in (CONTOSO.tenant_id, ADVENTURE_WORKS_TENANT_ID, MSP_TENANT_ID):
        assert redeem(authority, tenant).status_code == 200
    control.set_relationship(CONTOSO.tenant_id, status="terminated")
    control.set_relationship(FABRIKAM.tenant_id, days_left=0)
    assert [code_of(redeem(authority, one.tenant_id)) for one in (CONTOSO, FABRIKAM)] == [50020, 50020]
    control.set_relationship(CONTOSO.tenant_id, status="active")
    assert redeem(authority).status_code == 200


@pytest.mark.parametrize("consent", ["revoked", "removed"])
def test_a_tenant_without_consent_is_refused(graph_sandbox: RunningGraph, consent: str) -> None:
    before = signed_in(graph_sandbox, CONTOSO.tenant_id)
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, consent)
    assert code_of(redeem(graph_sandbox.authority)) == 65001
    with before:
        assert before.get("/users").status_code == 403


def test_the_roles_of_the_relationship_limit_what_works(graph_sandbox: RunningGraph) -> None:
    with signed_in(graph_sandbox, NORTHWIND.tenant_id) as northwind:
        user = northwind.get("/users").json()["value"][0]["id"]
        reply = northwind.patch(f"/users/{user}", json={"jobTitle": "Lead"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
        assert "request-id" in reply.json()["error"]["innerError"]
        graph_sandbox.control.set_relationship(NORTHWIND.tenant_id, roles=[LICENSE_ADMINISTRATOR])
        nothing: dict[str, list[str]] = {"addLicenses": [], "removeLicenses": []}
        assert northwind.post(f"/users/{user}/assignLicense", json=nothing).status_code == 200
        assert northwind.patch(f"/users/{user}", json={"jobTitle": "Lead"}).status_code == 403
        graph_sandbox.control.set_relationship(NORTHWIND.tenant_id, status="terminated")
        assert northwind.get("/users").status_code == 403


def test_at_home_the_account_sees_who_trusts_the_msp(graph_sandbox: RunningGraph) -> None:
    with (
        signed_in(graph_sandbox, MSP_TENANT_ID) as msp,
        signed_in(graph_sandbox, CONTOSO.tenant_id) as client,
    ):
        path = "/tenantRelationships/delegatedAdminRelationships"
        assert len(msp.get(path).json()["value"]) == 5
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scope": "User.Read"}, 1002012),
        ({"scope": "offline_access"}, 1002012),
        ({"client_secret": "wrong"}, 7000215),
        ({"refresh_token": ""}, 900144),
        ({"refresh_token": "made up"}, 70000),
    ],
)
def test_bad_requests_are_refused(graph_sandbox: RunningGraph, changes: dict[str, str], code: int) -> None:
    assert code_of(redeem(graph_sandbox.authority, **changes)) == code


def test_refresh_tokens_outlive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "graph.json"
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        control.set_account(forgets_used=True)
        newest = redeem(url).json()["refresh_token"]
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        assert control.account() == {"state": "active", "forgetsUsed": True, "tokens": [newest]}
        assert code_of(redeem(url)) == 70000
        assert redeem(url, token=newest).status_code == 200
