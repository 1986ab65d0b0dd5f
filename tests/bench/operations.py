"""Storage operations of a run, counted where they leave the process."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.bench import clients
from tests.bench.measure import Bar
from tests.bench.stacks import AUTHOR, running_azurite, settings_of, storage_of, temporary_folder

from msp_core.identity.models import Principal
from msp_core.permissions.models import Permission
from msp_core.storage import Storage
from msp_core.storage.testing import Network, Request
from msp_devstack import demo
from msp_devstack.ports import Ports
from workflow_engine.container import Container
from workflow_engine.execution.launching import RunRequest
from workflow_engine.settings import Settings

_ORGANIZATION = clients.organization_ids(1)[0]
_TECHNICIAN = Principal(tenant_id=demo.TECHNICIAN.tenant_id, object_id=demo.TECHNICIAN.object_id)
_AT_ONCE = 20
_VERBS = {"POST": "insert", "PUT": "write", "PATCH": "write", "DELETE": "delete", "GET": "read"}


def measure() -> list[Bar]:
    """The counts, against an engine in this process."""
    with temporary_folder() as folder, running_azurite() as azurite:
        settings = settings_of(Ports(), folder, azurite.connection_string())
        return asyncio.run(
            _measure(settings.model_copy(update={"workflows_root": AUTHOR, "log_level": "WARNING"}))
        )


async def _measure(settings: Settings) -> list[Bar]:
    assert settings.storage_connection_string is not None
    filling = storage_of(settings.storage_connection_string.get_secret_value())
    await clients.fill(filling, [_ORGANIZATION])
    await filling.close()
    network = Network()
    container = Container(settings, storage=Storage(settings.storage_settings(), wrap_transport=network.wrap))
    await container.start()
    try:
        runs = _Runs(container, network)
        return [
            await runs.count("synchronous run, alone", runs.synchronous),
            await runs.count(f"synchronous run, one of {_AT_ONCE} at once", runs.many, shared_by=_AT_ONCE),
            await runs.count("queued run, alone", runs.queued),
        ]
    finally:
        await container.close()


class _Runs:
    def __init__(self, container: Container, network: Network) -> None:
        self._container = container
        self._network = network

    async def count(self, name: str, run: Callable[[], Awaitable[None]], *, shared_by: int = 1) -> Bar:
        """What the second of two equal runs costs: the first one makes tables and warm copies."""
        for _ in range(2):
            await self._container.services.executions.drain()
            self._network.forget()
            await run()
        await self._container.services.executions.drain()
        found = Counter(name_of(request) for request in self._network.requests)
        note = ", ".join(f"{_times(count, shared_by)}{what}" for what, count in sorted(found.items()))
        total = sum(found.values()) / shared_by
        return Bar(f"storage operations of a {name}", total, "operations", note=note)

    async def synchronous(self) -> None:
        await self._launch("no_op")

    async def many(self) -> None:
        await asyncio.gather(*(self.synchronous() for _ in range(_AT_ONCE)))

    async def queued(self) -> None:
        await self._launch("no_op_queued")
        await self._container.services.pump.run()
        await self._container.services.work.drain(timeout_seconds=30)

    async def _launch(self, workflow: str) -> None:
        services = self._container.services
        scope = await services.scope_resolver.resolve(
            _TECHNICIAN, _ORGANIZATION, Permission.CAN_EXECUTE_WORKFLOWS
        )
        await services.launching.launch(
            scope, RunRequest(workflow_name=workflow, parameters={}, hold_seconds=30)
        )


def name_of(request: Request) -> str:
    """What was done to which table, queue or container: `read Stamps`."""
    account, _, rest = request.path.strip("/").partition("/")
    assert account.startswith("devstoreaccount")
    if rest.startswith("$batch"):
        return "transaction"
    place = re.split(r"[(/]", rest)[0]
    is_query = request.method == "GET" and rest.endswith("()")
    return f"{'query' if is_query else _VERBS[request.method]} {place}"


def _times(count: int, shared_by: int) -> str:
    return "" if count == shared_by else f"{count / shared_by:g} x "
