"""The example workflows as the platform finds them, against the sandboxes over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msp_automation import OrganizationContext
from msp_automation.context import OrganizationInfo
from msp_automation.discovery import Discovered, discover
from msp_devstack.demo import (
    CONTOSO,
    GRAPH_CLIENT_ID,
    GRAPH_CLIENT_SECRET,
    HALO_CLIENT_ID,
    HALO_CLIENT_SECRET,
    DemoOrganization,
)
from msp_devstack.running import RunningGraph, RunningHalo

ENGINE_ROOT = Path(__file__).parents[2]
ORGANIZATIONS_OWN = -1
MakeContext = Callable[..., OrganizationContext]


@pytest.fixture(scope="session")
def author_code() -> Discovered:
    """Everything that discovery finds in this folder's workflows and data providers."""
    return discover(ENGINE_ROOT)


@pytest.fixture
def make_context(graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo) -> MakeContext:
    """Makes contexts that sign in to the sandboxes for real."""

    def make(
        organization: DemoOrganization = CONTOSO,
        *,
        tenant_id: str | None = None,
        config: dict[str, Any] | None = None,
        graph_secret: str = GRAPH_CLIENT_SECRET,
        halo_secret: str = HALO_CLIENT_SECRET,
        client_ref: int | None = ORGANIZATIONS_OWN,
    ) -> OrganizationContext:
        halo_client = organization.halo_client if client_ref == ORGANIZATIONS_OWN else client_ref
        return OrganizationContext.for_testing(
            org=OrganizationInfo(
                id=organization.id, name=organization.name, tenant_id=tenant_id or organization.tenant_id
            ),
            config=config or {},
            secrets={"graph-secret": graph_secret, "halo-secret": halo_secret},
            integrations={
                "msgraph": {"client_id": GRAPH_CLIENT_ID, "client_secret": "graph-secret"},
                "halopsa": {
                    "base_url": halopsa_sandbox.base_url,
                    "client_id": HALO_CLIENT_ID,
                    "client_secret": "halo-secret",
                    "client_ref": halo_client,
                    "ticket_type_id": 3,
                },
            },
            endpoints={
                "msgraph": {"authority": graph_sandbox.authority, "base_url": graph_sandbox.graph_url}
            },
        )

    return make


@pytest.fixture
def run(author_code: Discovered) -> Callable[..., Any]:
    """Runs a workflow as the platform does: check the parameters, then call it."""

    async def run_workflow(context: OrganizationContext, name: str, **parameters: Any) -> Any:
        definition = author_code.workflows[name]
        return await definition.call(context, definition.validate(parameters))

    return run_workflow


@pytest.fixture
def options(author_code: Discovered) -> Callable[..., Any]:
    """Runs a data provider as the platform does."""

    async def run_provider(context: OrganizationContext, name: str, **inputs: Any) -> Any:
        definition = author_code.providers[name]
        return await definition.call(context, definition.validate(inputs))

    return run_provider
