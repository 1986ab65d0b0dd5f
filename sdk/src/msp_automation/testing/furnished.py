"""The sandboxes as the local stack fills them, for a run that is no test: `msp run --sandbox`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

from msp_automation.capabilities import OrganizationInfo
from msp_automation.integrations.network import LoopNetwork, Network
from msp_automation.integrations.retrying import RetryPolicy
from msp_automation.local import organization_named
from msp_automation.sandboxes.identities import MSP, ORGANIZATIONS
from msp_automation.testing.world import HOSTS, ORGANIZATION, World

if TYPE_CHECKING:
    from msp_automation.testing.api import SandboxApi
    from msp_automation.testing.graph_api import GraphSandbox
    from msp_automation.testing.halopsa_api import HaloSandbox

DEMONSTRATION = (*ORGANIZATIONS, MSP)
# Where an organization that the demonstration does not know has its client in HaloPSA.
_OWN_CLIENT = 300


class FurnishedWorld(World):
    """An organization with its tenant and its client, as the local stack has them.

    What an integration with settings of its own asks for leaves for the network; there, waits
    between tries take their time.

    Args:
        name: An organization of the demonstration; any other gets an empty tenant.
        own: Settings of integrations that are not the sandboxes'.
    """

    def __init__(self, name: str = ORGANIZATION, own: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        super().__init__()
        wanted = name.lower()
        self._known = next(
            (one for one in DEMONSTRATION if wanted in {one.key, one.name.lower(), one.id}), None
        )
        known = self._known
        self.org = (
            organization_named(name)
            if known is None
            else OrganizationInfo(id=known.id, name=known.name, tenant_id=known.tenant_id)
        )
        self._own = dict(own or {})

    @cached_property
    def graph(self) -> GraphSandbox:
        """Microsoft Graph with the demonstration's tenants."""
        from msp_automation.sandboxes.graph.seed import seed
        from msp_automation.testing.graph_api import GraphSandbox

        return GraphSandbox(self.org, self.clock, directory=seed())

    @cached_property
    def halopsa(self) -> HaloSandbox:
        """HaloPSA with the demonstration's clients."""
        from msp_automation.sandboxes.halopsa.state import HaloStore, new_client
        from msp_automation.testing.halopsa_api import HaloSandbox

        store = HaloStore()
        if self._known is None:
            store.clients[_OWN_CLIENT] = new_client(_OWN_CLIENT, self.org.name)
        return HaloSandbox(self.org, self.clock, store=store)

    @cached_property
    def network(self) -> Network:
        """To the sandboxes without waiting, to all else as in production."""
        return _ByHost(self, self._to_sandboxes(), Network(LoopNetwork(keep_connections=False)))

    def find(self, host: str) -> SandboxApi | None:
        """What answers at a host name; None where the network does."""
        return None if HOSTS.get(host) in self._own else super().find(host)

    def _integrations(
        self, org: OrganizationInfo | None, changes: Mapping[str, Mapping[str, Any] | None]
    ) -> dict[str, Mapping[str, Any]]:
        return {**super()._integrations(org, changes), **self._own}

    def _halo_client(self, org: OrganizationInfo) -> int:
        return _OWN_CLIENT if self._known is None else self._known.halo_client


class _ByHost(Network):
    def __init__(self, world: FurnishedWorld, sandboxes: Network, outside: Network) -> None:
        self._world = world
        self._sandboxes = sandboxes
        self._outside = outside

    def retrying(self, policy: RetryPolicy | None = None) -> httpx.AsyncBaseTransport:
        return _Choosing(self._world, self._sandboxes.retrying(policy), self._outside.retrying(policy))


class _Choosing(httpx.AsyncBaseTransport):
    def __init__(
        self, world: FurnishedWorld, sandboxes: httpx.AsyncBaseTransport, outside: httpx.AsyncBaseTransport
    ) -> None:
        self._world = world
        self._sandboxes = sandboxes
        self._outside = outside

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_ours = self._world.find(request.url.host) is not None
        return await (self._sandboxes if is_ours else self._outside).handle_async_request(request)
