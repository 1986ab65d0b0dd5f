"""Microsoft Graph for the MSP's service account, over GDAP, against the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from msp_automation.capabilities import IntegrationToken, OrganizationInfo
from msp_automation.context import OrganizationContext
from msp_automation.errors import ConfigurationError, IntegrationError, ValidationError
from msp_automation.integrations import registry
from msp_automation.integrations.msgraph_delegated import DELEGATED_PROBLEMS
from msp_automation.integrations.tokens import claims_of
from msp_devstack import demo
from msp_devstack.running import RunningGraph

CONTOSO = OrganizationInfo(id=demo.CONTOSO.id, name="Contoso", tenant_id=demo.CONTOSO.tenant_id)
FABRIKAM = OrganizationInfo(id=demo.FABRIKAM.id, name="Fabrikam", tenant_id=demo.FABRIKAM.tenant_id)
NORTHWIND = OrganizationInfo(id=demo.NORTHWIND.id, name="Northwind", tenant_id=demo.NORTHWIND.tenant_id)


class Host:
    """A process that signs in; several may share one vault."""

    def __init__(self, graph: RunningGraph, vault: dict[str, str] | None = None) -> None:
        self.graph = graph
        self.vault = vault or {
            "graph-secret": demo.GRAPH_CLIENT_SECRET,
            "graph-refresh": demo.GRAPH_REFRESH_TOKEN,
        }
        self.is_storing = asyncio.Event()
        self.may_store = asyncio.Event()
        self.may_store.set()
        self.outcomes: list[bool] = []

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "mode": "delegated",
            "client_id": demo.GRAPH_CLIENT_ID,
            "client_secret": "graph-secret",
            "refresh_token": "graph-refresh",
            "authority": self.graph.authority,
            "base_url": self.graph.graph_url,
        }

    async def get_secret(self, name: str) -> str | None:
        return self.vault.get(name)

    async def store_secret(self, name: str, value: str, *, replaces: str) -> bool:
        self.is_storing.set()
        await self.may_store.wait()
        is_unchanged = self.vault[name] == replaces
        if is_unchanged:
            self.vault[name] = value
        self.outcomes.append(is_unchanged)
        return is_unchanged

    async def sign_in(self, org: OrganizationInfo = CONTOSO) -> IntegrationToken:
        return await registry.authenticate(
            "msgraph",
            org=org,
            settings=self.settings,
            get_secret=self.get_secret,
            store_secret=self.store_secret,
        )


@pytest.fixture
def host(graph_sandbox: RunningGraph) -> Host:
    return Host(graph_sandbox)


def context(host: Host, org: OrganizationInfo) -> OrganizationContext:
    return OrganizationContext.for_testing(
        org=org, secrets=host.vault, integrations={"msgraph": host.settings}
    )


async def refusal(host: Host, org: OrganizationInfo = CONTOSO) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        await host.sign_in(org)
    return caught.value


async def test_one_refresh_token_opens_each_tenant_with_a_token_of_its_own(host: Host) -> None:
    contoso, fabrikam = await host.sign_in(), await host.sign_in(FABRIKAM)
    assert (contoso.tenant_id, fabrikam.tenant_id) == (CONTOSO.tenant_id, FABRIKAM.tenant_id)
    claims = claims_of(contoso.access_token)
    assert claims["idtyp"] == "user"
    assert "User.Read.All" in claims["scp"].split()


async def test_the_replaced_refresh_token_is_stored_and_used_from_then_on(host: Host) -> None:
    host.graph.control.set_account(forgets_used=True)
    seen = [host.vault["graph-refresh"]]
    for _ in range(3):
        await host.sign_in()
        seen.append(host.vault["graph-refresh"])
    assert len(set(seen)) == 4
    assert host.graph.control.account()["tokens"] == [seen[-1]]


async def test_sign_ins_side_by_side_take_turns_with_the_newest_token(host: Host) -> None:
    host.graph.control.set_account(forgets_used=True)
    tokens = await asyncio.gather(*(host.sign_in(org) for org in (CONTOSO, FABRIKAM, NORTHWIND) * 3))
    assert {token.tenant_id for token in tokens} == {org.tenant_id for org in (CONTOSO, FABRIKAM, NORTHWIND)}
    assert host.outcomes == [True] * 9
    assert host.graph.control.account()["tokens"] == [host.vault["graph-refresh"]]


async def test_a_process_that_comes_too_late_uses_what_the_other_one_stored(host: Host) -> None:
    host.graph.control.set_account(forgets_used=True)
    stale = demo.GRAPH_REFRESH_TOKEN
    await host.sign_in()
    newest = host.vault["graph-refresh"]
    late = Host(host.graph, host.vault)
    first = True

    async def read_before_the_other_stored(name: str) -> str | None:
        nonlocal first
        if name == "graph-refresh" and first:
            first = False
            return stale
        return host.vault.get(name)

    late.get_secret = read_before_the_other_stored  # type: ignore[method-assign] # one slow reader
    assert (await late.sign_in(FABRIKAM)).tenant_id == FABRIKAM.tenant_id
    assert host.vault["graph-refresh"] not in {stale, newest}
    assert host.graph.control.account()["tokens"] == [host.vault["graph-refresh"]]


async def test_a_token_stored_meanwhile_by_somebody_else_stays(host: Host) -> None:
    host.may_store.clear()
    running = asyncio.create_task(host.sign_in())
    await host.is_storing.wait()
    host.vault["graph-refresh"] = "connected again by an admin"
    host.may_store.set()
    assert (await running).tenant_id == CONTOSO.tenant_id
    assert host.outcomes == [False]
    assert host.vault["graph-refresh"] == "connected again by an admin"


@pytest.mark.parametrize(
    ("state", "code", "problem", "words"),
    [
        ("revoked", "AADSTS50173", "refreshTokenRevoked", "Sign the service account in again"),
        ("expired", "AADSTS700082", "refreshTokenExpired", "Sign the service account in again"),
        ("unassigned", "AADSTS50105", "roleMissing", "Add its security group to a role"),
    ],
)
async def test_what_is_wrong_with_the_account_is_told_apart(
    host: Host, state: str, code: str, problem: str, words: str
) -> None:
    host.graph.control.set_account(state=state)
    error = await refusal(host)
    assert (error.details["code"], error.details["problem"]) == (code, problem)
    assert words in error.message
    assert "Contoso's tenant" in error.message
    assert demo.GRAPH_REFRESH_TOKEN not in error.message + str(error.details)
    assert host.outcomes == []


async def test_missing_consent_is_told_from_a_missing_relationship(host: Host) -> None:
    host.graph.control.set_consent(demo.CONTOSO.tenant_id, "removed")
    host.graph.control.set_relationship(demo.FABRIKAM.tenant_id, status="terminated")
    host.graph.control.set_relationship(demo.NORTHWIND.tenant_id, days_left=-1)
    consent, terminated, ended = [await refusal(host, org) for org in (CONTOSO, FABRIKAM, NORTHWIND)]
    assert (consent.details["code"], consent.details["problem"]) == ("AADSTS65001", "consentMissing")
    assert "Grant consent" in consent.message
    for error in (terminated, ended):
        assert (error.details["code"], error.details["problem"]) == ("AADSTS50020", "relationshipMissing")
        assert "GDAP relationship" in error.message


async def test_a_refresh_token_that_is_none_says_where_to_store_another(host: Host) -> None:
    host.vault["graph-refresh"] = "made up"
    error = await refusal(host)
    assert (error.details["code"], error.details["problem"]) == ("AADSTS70000", "refreshTokenRevoked")
    del host.vault["graph-refresh"]
    with pytest.raises(ConfigurationError, match="'graph-refresh' with the service account's refresh token"):
        await host.sign_in()


async def test_a_code_without_special_meaning_keeps_its_usual_explanation(host: Host) -> None:
    host.vault["graph-secret"] = "wrong"
    error = await refusal(host)
    assert (error.details["code"], error.details["problem"]) == ("AADSTS7000215", None)
    assert "The client secret is wrong" in error.message


@pytest.mark.parametrize("code", sorted(DELEGATED_PROBLEMS))
def test_each_problem_says_what_and_what_to_do(code: str) -> None:
    _, explanation = DELEGATED_PROBLEMS[code]
    assert len([part for part in explanation.rstrip(".").split(". ") if part]) == 2
    assert len(explanation) < 200


async def test_the_relationships_roles_decide_which_calls_work(host: Host) -> None:
    graph = context(host, NORTHWIND).get_integration("msgraph")
    users = await graph.get_all("/users")
    assert len(users) == 3
    with pytest.raises(IntegrationError, match="needs the role User Administrator in this tenant") as caught:
        await graph.patch("/users/{user}", json={"jobTitle": "Lead"}, user=users[0]["id"])
    assert caught.value.details["status"] == 403
    assert caught.value.details["code"] == "Authorization_RequestDenied"
    with pytest.raises(IntegrationError, match="needs the role License Administrator"):
        await graph.post(
            "/users/{user}/assignLicense", json={"addLicenses": [], "removeLicenses": []}, user=users[0]["id"]
        )


async def test_a_call_is_made_for_the_service_account_where_its_roles_allow(host: Host) -> None:
    graph = context(host, CONTOSO).get_integration("msgraph")
    await graph.patch("/users/{user}", json={"jobTitle": "Lead"}, user="sales@contoso.example")
    assert (await graph.test()).ok


async def test_a_host_that_cannot_store_the_new_token_does_not_use_the_old_one(host: Host) -> None:
    with pytest.raises(ConfigurationError, match="Only the platform itself"):
        await registry.authenticate(
            "msgraph", org=CONTOSO, settings=host.settings, get_secret=host.get_secret
        )
    assert host.graph.control.requests() == []


def test_delegated_mode_needs_the_refresh_tokens_name() -> None:
    settings = {"mode": "delegated", "client_id": demo.GRAPH_CLIENT_ID, "client_secret": "graph-secret"}
    with pytest.raises(ValidationError) as caught:
        registry.check_settings("msgraph", settings)
    assert set(caught.value.details["fields"]) == {"refresh_token"}
