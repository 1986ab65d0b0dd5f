"""HaloPSA for one test."""

from __future__ import annotations

from typing import Any, Literal

import httpx

from msp_automation.capabilities import OrganizationInfo
from msp_automation.sandboxes.halopsa.access import RateLimit
from msp_automation.sandboxes.halopsa.app import create_app
from msp_automation.sandboxes.halopsa.state import HaloStore, Json, new_client
from msp_automation.sandboxes.sandbox import Fault, SandboxLog
from msp_automation.testing.api import Mishap, SandboxApi
from msp_automation.testing.clock import VirtualClock

HOST = "halo.msp.example"
ROOT_URL = f"https://{HOST}"
_FIRST_CLIENT = 101


class HaloSandbox(SandboxApi):
    """HaloPSA with one client, the test's organization, and no tickets.

    Args:
        store: The clients there are instead, the organization's own among them.
    """

    def __init__(self, org: OrganizationInfo, clock: VirtualClock, *, store: HaloStore | None = None) -> None:
        super().__init__("HaloPSA", f"{ROOT_URL}/api", clock)
        self._numbers: dict[str, int] = {}
        self._store = HaloStore(clients={}) if store is None else store
        self._limit = RateLimit(clock=clock.monotonic)
        self._log = SandboxLog()
        self._app = httpx.ASGITransport(create_app(self._store, log=self._log, limit=self._limit))
        if store is None:
            self.client_number(org)

    @property
    def tickets(self) -> list[Json]:
        """All tickets, oldest first."""
        return list(self._store.tickets.values())

    @property
    def clients(self) -> list[Json]:
        """All clients."""
        return list(self._store.clients.values())

    def client_number(self, org: OrganizationInfo) -> int:
        """The number of an organization's client; made on first sight."""
        if org.id not in self._numbers:
            self._numbers[org.id] = self.add_client(org.name)["id"]
        return self._numbers[org.id]

    def add_client(self, name: str) -> Json:
        """Add a client; numbers start at 101."""
        number = max(self._store.clients, default=_FIRST_CLIENT - 1) + 1
        self._store.clients[number] = new_client(number, name)
        return self._store.clients[number]

    def add_ticket(self, summary: str, *, client_id: int | None = None, **fields: Any) -> Json:
        """Add a ticket, of the test's organization unless `client_id` says otherwise.

        Raises:
            HaloError: HaloPSA would refuse it.
        """
        own = next(iter(self._store.clients))
        return self._store.write([{"summary": summary, "client_id": client_id or own, **fields}])[0]

    def limit_requests(self, count: int, window_seconds: float = 180) -> None:
        """Let only so many requests pass in any so many seconds; HaloPSA's own limit is 500."""
        self._limit.change(count, window_seconds)

    async def fulfil(self, request: httpx.Request) -> httpx.Response:
        """The sandbox's answer."""
        return await self._app.handle_async_request(request)

    async def refuse(self, request: httpx.Request, mishap: Mishap) -> httpx.Response:
        """The answer of a fault in HaloPSA's own words."""
        kind: Literal["throttle", "error"] = (
            "throttle" if mishap.status == httpx.codes.TOO_MANY_REQUESTS else "error"
        )
        self._log.add(Fault(kind=kind, status=mishap.status, retry_after_seconds=mishap.retry_after))
        return await self._app.handle_async_request(request)
