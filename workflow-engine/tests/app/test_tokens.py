"""Tokens: asked for once, kept until shortly before their end, never used for another tenant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from msp_automation.capabilities import IntegrationToken, OrganizationInfo
from msp_automation.errors import ConfigurationError, IntegrationError
from msp_devstack import demo
from msp_devstack.running import RunningGraph
from workflow_engine.execution.tokens import IntegrationTokens, refuse_foreign_tenant

CONTOSO = OrganizationInfo(id=demo.CONTOSO.id, name="Contoso", tenant_id=demo.CONTOSO.tenant_id)
FABRIKAM = OrganizationInfo(id=demo.FABRIKAM.id, name="Fabrikam", tenant_id=demo.FABRIKAM.tenant_id)


class Host:
    """Asks for tokens of the sandbox."""

    def __init__(self, graph: RunningGraph) -> None:
        self.graph = graph
        self.tokens = IntegrationTokens()
        self.secret: str | None = demo.GRAPH_CLIENT_SECRET

    async def get(self, org: OrganizationInfo = CONTOSO, *, refresh: bool = False) -> IntegrationToken:
        settings = {
            "client_id": demo.GRAPH_CLIENT_ID,
            "client_secret": "msgraph-client-secret",
            "authority": self.graph.authority,
            "base_url": self.graph.graph_url,
        }
        return await self.tokens.get(
            "msgraph", org=org, settings=settings, get_secret=self.read, refresh=refresh
        )

    async def read(self, name: str) -> str | None:
        assert name == "msgraph-client-secret"
        return self.secret

    def asked(self) -> int:
        return len(self.graph.control.requests(path="/oauth2/v2.0/token"))


@pytest.fixture
def host(graph_sandbox: RunningGraph) -> Host:
    return Host(graph_sandbox)


async def test_one_token_serves_many_and_each_tenant_has_its_own(host: Host) -> None:
    tokens = await asyncio.gather(*(host.get() for _ in range(10)))
    assert len({token.access_token for token in tokens}) == 1
    assert host.asked() == 1
    foreign = await host.get(FABRIKAM)
    assert foreign.tenant_id == demo.FABRIKAM.tenant_id
    assert host.asked() == 2
    await host.get(refresh=True)
    assert host.asked() == 3


async def test_a_token_is_replaced_five_minutes_before_its_end(host: Host) -> None:
    host.graph.control.set_token_seconds(299)
    await host.get()
    await host.get()
    assert host.asked() == 2
    host.graph.control.set_token_seconds(3600)
    await host.get()
    await host.get()
    assert host.asked() == 3


async def test_a_caller_that_is_cancelled_leaves_the_token_to_the_others(host: Host) -> None:
    host.graph.control.delay(0.3)
    first = asyncio.create_task(host.get())
    second = asyncio.create_task(host.get())
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).tenant_id == demo.CONTOSO.tenant_id
    assert host.asked() == 1


async def test_a_failure_is_told_to_all_who_wait_and_not_kept(host: Host) -> None:
    host.secret = None
    told = await asyncio.gather(*(host.get() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, ConfigurationError) for one in told)
    host.secret = demo.GRAPH_CLIENT_SECRET
    assert (await host.get()).access_token


@pytest.mark.parametrize("tenant_id", [None, demo.FABRIKAM.tenant_id, ""])
def test_a_token_for_another_tenant_is_refused(tenant_id: str | None) -> None:
    token = IntegrationToken(
        access_token="x", expires_at=datetime.now(UTC) + timedelta(hours=1), tenant_id=tenant_id
    )
    with pytest.raises(IntegrationError, match="Contoso"):
        refuse_foreign_tenant("msgraph", CONTOSO, token)


def test_a_system_without_tenants_needs_none() -> None:
    token = IntegrationToken(access_token="x", expires_at=datetime.now(UTC))
    refuse_foreign_tenant("halopsa", CONTOSO, token)
