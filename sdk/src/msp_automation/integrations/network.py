"""Connections, and the clients built over them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import cache
from weakref import WeakKeyDictionary

import httpx

from msp_automation.capabilities import IntegrationCall, OrganizationInfo
from msp_automation.errors import ConfigurationError
from msp_automation.integrations.base import Integration
from msp_automation.integrations.retrying import RetryingTransport, RetryPolicy
from msp_automation.integrations.tokens import TokenSource
from msp_automation.integrations.transport import AuthenticatingTransport, TrackingTransport
from msp_automation.settings import where_to_set

TIMEOUT = httpx.Timeout(30, connect=10)
Retry = Callable[[httpx.AsyncBaseTransport, RetryPolicy | None], httpx.AsyncBaseTransport]
_HEADERS = {"Accept": "application/json", "User-Agent": "msp-automation"}

_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncHTTPTransport] = WeakKeyDictionary()


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def pooled_network() -> httpx.AsyncBaseTransport:
    """The connections that all runs of this process share; they carry no sign-in of their own."""
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=30)
        _pools[loop] = httpx.AsyncHTTPTransport(verify=_ssl_context(), limits=limits)
    return _pools[loop]


def single_use_network() -> httpx.AsyncBaseTransport:
    """Connections that close after each answer, so that nothing has to be closed later."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=_ssl_context(), limits=limits)


async def close_network() -> None:
    """Close this loop's shared connections; a host of runs calls it at its end."""
    pool = _pools.pop(asyncio.get_running_loop(), None)
    if pool is not None:
        await pool.aclose()


class LoopNetwork(httpx.AsyncBaseTransport):
    """Finds the connections when a request is made: a client may be built outside any loop."""

    def __init__(self, *, keep_connections: bool) -> None:
        self._find: Callable[[], httpx.AsyncBaseTransport] = (
            pooled_network if keep_connections else single_use_network
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send over this loop's connections."""
        return await self._find().handle_async_request(request)


class Network:
    """Where an integration's requests go, and how it is tried again.

    Args:
        transport: Takes the requests.
        retry: Puts the layer that tries again around it.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, *, retry: Retry = RetryingTransport) -> None:
        self._transport = transport
        self._retry = retry

    def retrying(self, policy: RetryPolicy | None = None) -> httpx.AsyncBaseTransport:
        """The way out, with the layer that tries again around it."""
        return self._retry(self._transport, policy)


def anonymous_client(network: Network | None = None) -> httpx.AsyncClient:
    """A client without a token, for token endpoints."""
    policy = RetryPolicy(most_tries=3, total_seconds=20)
    way_out = network or Network(LoopNetwork(keep_connections=False))
    return httpx.AsyncClient(
        transport=way_out.retrying(policy), timeout=TIMEOUT, headers=_HEADERS, trust_env=False
    )


def signed_in_client(
    integration: Integration,
    tokens: TokenSource,
    *,
    record: Callable[[IntegrationCall], None],
    network: Network,
) -> httpx.AsyncClient:
    """The client of one integration for one organization, over the whole chain."""
    tracking = TrackingTransport(
        network.retrying(), integration=integration.name, label=integration.label, record=record
    )
    transport = AuthenticatingTransport(
        tracking,
        tokens,
        integration=integration.name,
        base_url=integration.base_url,
        tenant_id=tenant_of(integration.org, integration.label) if integration.needs_own_tenant else None,
    )
    return httpx.AsyncClient(
        transport=transport,
        base_url=integration.base_url,
        timeout=TIMEOUT,
        headers=_HEADERS,
        trust_env=False,
    )


def tenant_of(org: OrganizationInfo | None, label: str) -> str:
    """The organization's Microsoft 365 tenant.

    Raises:
        ConfigurationError: There is no organization, or it is linked to no tenant.
    """
    if org is None:
        raise ConfigurationError(f"{label} needs an organization. Choose one and run it again.")
    if not org.tenant_id:
        raise ConfigurationError(
            f"Organization {org.name!r} is not linked to a Microsoft 365 tenant. "
            f"Link it under {where_to_set(org)}.",
            details={"organization": org.name},
        )
    return org.tenant_id
