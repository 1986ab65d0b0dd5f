"""What the tests of the local stack share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from msp_devstack.demo import (
    CONTOSO,
    GRAPH_CLIENT_ID,
    GRAPH_CLIENT_SECRET,
    HALO_CLIENT_ID,
    HALO_CLIENT_SECRET,
)
from msp_devstack.running import RunningGraph, RunningHalo

GraphFor = Callable[[str], httpx.Client]


@pytest.fixture
def graph_for(graph_sandbox: RunningGraph) -> Iterator[GraphFor]:
    """Makes HTTP clients that are signed in to one tenant's Graph."""
    clients: list[httpx.Client] = []

    def sign_in(tenant_id: str) -> httpx.Client:
        form = {
            "grant_type": "client_credentials",
            "client_id": GRAPH_CLIENT_ID,
            "client_secret": GRAPH_CLIENT_SECRET,
            "scope": "https://graph.microsoft.com/.default",
        }
        reply = httpx.post(f"{graph_sandbox.authority}/{tenant_id}/oauth2/v2.0/token", data=form)
        assert reply.status_code == 200, reply.text
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        clients.append(httpx.Client(base_url=graph_sandbox.graph_url, headers=headers))
        return clients[-1]

    yield sign_in
    for client in clients:
        client.close()


@pytest.fixture
def contoso(graph_for: GraphFor) -> httpx.Client:
    """Graph, signed in to Contoso."""
    return graph_for(CONTOSO.tenant_id)


@pytest.fixture
def halo(halopsa_sandbox: RunningHalo) -> Iterator[httpx.Client]:
    """HaloPSA, signed in."""
    form = {
        "grant_type": "client_credentials",
        "client_id": HALO_CLIENT_ID,
        "client_secret": HALO_CLIENT_SECRET,
        "scope": "all",
    }
    reply = httpx.post(f"{halopsa_sandbox.base_url}/auth/token", data=form)
    assert reply.status_code == 200, reply.text
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    with httpx.Client(base_url=f"{halopsa_sandbox.base_url}/api", headers=headers) as client:
        yield client
