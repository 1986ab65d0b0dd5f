"""Everything that one test has: its sandboxes, its clock, and the contexts made over them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import httpx

from msp_automation.capabilities import (
    CallerInfo,
    IntegrationCall,
    LocalCapabilities,
    LogLine,
    OrganizationInfo,
)
from msp_automation.context import OrganizationContext
from msp_automation.integrations.network import Network
from msp_automation.integrations.retrying import RetryingTransport
from msp_automation.local import organization_named, testing_context
from msp_automation.testing.clock import VirtualClock

if TYPE_CHECKING:
    from msp_automation.integrations.base import Integration
    from msp_automation.testing.api import FakeApi, SandboxApi
    from msp_automation.testing.graph_api import GraphSandbox
    from msp_automation.testing.halopsa_api import HaloSandbox

ORGANIZATION = "Contoso"
_HALO_HOST = "halo.msp.example"
# Which integration's sandbox answers at a host name.
HOSTS = {"graph.microsoft.com": "msgraph", "login.microsoftonline.com": "msgraph", _HALO_HOST: "halopsa"}
_GRAPH_SECRET = "graph-client-secret"  # noqa: S105 - a secret's name
_HALO_SECRET = "halo-client-secret"  # noqa: S105 - a secret's name
_REFRESH_TOKEN = "graph-refresh-token"  # noqa: S105 - a secret's name


class RecordedContext(OrganizationContext):
    """An organization's context in a test, with what the workflow did in it."""

    @property
    def log_lines(self) -> list[LogLine]:
        """Log lines, oldest first: `message`, `level`, `data`."""
        return self._host.lines

    @property
    def messages(self) -> list[str]:
        """The log lines' messages."""
        return [line.message for line in self.log_lines]

    @property
    def progress(self) -> list[tuple[float, str | None]]:
        """What `set_progress` showed, oldest first."""
        return self._host.progress

    @property
    def checkpoints(self) -> dict[str, Any]:
        """What `save_checkpoint` kept, by name."""
        return self._host.checkpoints

    @property
    def integration_calls(self) -> list[IntegrationCall]:
        """The calls of integrations as the history shows them: one for all tries of a call."""
        return self._host.calls

    @property
    def files(self) -> dict[str, bytes]:
        """The content of saved files, by file id."""
        return self._host.files

    def for_provider(self) -> RecordedContext:
        """A context for the same organization and caller in which nothing has been done."""
        return RecordedContext(
            self.snapshot,
            self._host.anew(),
            integration_types=self._integration_types,
            keep_connections=False,
            network=self._network,
        )

    @property
    def _host(self) -> LocalCapabilities:
        host = self.capabilities
        assert isinstance(host, LocalCapabilities)
        return host


class World:
    """The sandboxes and contexts of one test; sandboxes are made when first used."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.org = organization_named(ORGANIZATION)
        self._fakes: dict[str, FakeApi] = {}

    @cached_property
    def graph(self) -> GraphSandbox:
        """Microsoft Graph and Entra's token endpoint."""
        from msp_automation.testing.graph_api import GraphSandbox

        return GraphSandbox(self.org, self.clock)

    @cached_property
    def halopsa(self) -> HaloSandbox:
        """HaloPSA."""
        from msp_automation.testing.halopsa_api import HaloSandbox

        return HaloSandbox(self.org, self.clock)

    @cached_property
    def network(self) -> Network:
        """The way to the sandboxes, and to nothing else."""
        return self._to_sandboxes()

    def _to_sandboxes(self) -> Network:
        retry = partial(
            RetryingTransport,
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            now=self.clock.now,
            jitter=lambda: 1.0,
        )
        return Network(_ToSandboxes(self), retry=retry)

    def fake_api(self, base_url: str) -> FakeApi:
        """An API of the test's own at this address."""
        from msp_automation.testing.api import FakeApi

        host = httpx.URL(base_url).host
        self._fakes[host] = FakeApi(host, base_url, self.clock)
        return self._fakes[host]

    def find(self, host: str) -> SandboxApi | None:
        """What answers at a host name."""
        if host in self._fakes:
            return self._fakes[host]
        match HOSTS.get(host):
            case "msgraph":
                return self.graph
            case "halopsa":
                return self.halopsa
        return None

    def make_context(
        self,
        *,
        org: OrganizationInfo | str | None = ORGANIZATION,
        caller: CallerInfo | None = None,
        config: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        integrations: Mapping[str, Mapping[str, Any] | None] | None = None,
        integration_types: Mapping[str, type[Integration]] | None = None,
    ) -> RecordedContext:
        """A context of an organization that has Graph and HaloPSA set up.

        Args:
            org: An organization's name (it gets a tenant and a HaloPSA client of its own), an
                organization whole, or None for a run without one.
            config: Typed values by key; `{"secretRef": "name"}` refers to a secret.
            secrets: Secret values by name.
            integrations: Settings that differ, by integration; None takes one away.
            integration_types: The author's own integrations by name.
        """
        info = organization_named(org) if isinstance(org, str) else org
        if isinstance(org, str) and info is not None and info.id != self.org.id:
            self.graph.tenant(info)
        return testing_context(
            RecordedContext,
            org=info,
            caller=caller,
            config=config or {},
            secrets={**_secrets(), **(secrets or {})},
            integrations=self._integrations(info, integrations or {}),
            endpoints={},
            integration_types=integration_types or {},
            network=self.network,
        )

    def _integrations(
        self, org: OrganizationInfo | None, changes: Mapping[str, Mapping[str, Any] | None]
    ) -> dict[str, Mapping[str, Any]]:
        from msp_automation.sandboxes.identities import GRAPH_CLIENT_ID, HALO_CLIENT_ID

        usual: dict[str, dict[str, Any]] = {
            "msgraph": {"client_id": GRAPH_CLIENT_ID, "client_secret": _GRAPH_SECRET},
            "halopsa": {
                "base_url": f"https://{_HALO_HOST}",
                "client_id": HALO_CLIENT_ID,
                "client_secret": _HALO_SECRET,
                "client_ref": None if org is None else self._halo_client(org),
            },
        }
        names = {*usual, *changes}
        return {
            name: {**usual.get(name, {}), **(changes.get(name) or {})}
            for name in names
            if changes.get(name, {}) is not None
        }

    def _halo_client(self, org: OrganizationInfo) -> int:
        first = 101
        return first if org.id == self.org.id else self.halopsa.client_number(org)


class _ToSandboxes(httpx.AsyncBaseTransport):
    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        api = self._world.find(request.url.host)
        if api is None:
            raise httpx.ConnectError(
                f"A test reaches no network. Have {request.url.host} answered by the fixture fake_api: "
                f'fake_api("https://{request.url.host}")',
                request=request,
            )
        return await api.serve(request)


def _secrets() -> dict[str, str]:
    from msp_automation.sandboxes.identities import (
        GRAPH_CLIENT_SECRET,
        GRAPH_REFRESH_TOKEN,
        HALO_CLIENT_SECRET,
    )

    return {
        _GRAPH_SECRET: GRAPH_CLIENT_SECRET,
        _HALO_SECRET: HALO_CLIENT_SECRET,
        _REFRESH_TOKEN: GRAPH_REFRESH_TOKEN,
    }
