"""Bars of running workflows: authorization, no-ops, stuck runs, saved files, memory."""

from __future__ import annotations

import asyncio

import psutil
from tests.bench import floors, http_bars
from tests.bench.measure import Bar, percentile, times_ms
from tests.bench.stacks import running_stack, session, settings_of

from msp_core.identity.models import Principal
from msp_core.permissions.models import Permission
from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.stack import Stack
from workflow_engine.container import Container


def measure() -> list[Bar]:
    """Every bar of the group, against one stack."""
    with running_stack() as stack:
        seed(stack.ports, forms=False)
        return asyncio.run(_measure(stack, _many_config_keys(stack.ports)))


def _many_config_keys(ports: Ports, *, count: int = 100) -> str:
    with Api(ports, demo.ADMIN) as admin:
        organization_id = admin.organization_id(demo.CONTOSO.name)
        for number in range(count):
            body = {"key": f"bench_{number}", "value": "v" * 40, "type": "string"}
            ok(admin.management.post(f"/api/organizations/{organization_id}/config", json=body))
    return organization_id


async def _measure(stack: Stack, organization_id: str) -> list[Bar]:
    container = Container(settings_of(stack.ports, stack.data, stack.connection_string))
    try:
        storage = container.services.storage
        floor_ms = await floors.point_read_ms(storage)
        bars = [floors.point_read(floor_ms), *_memory(stack)]
        bars += await _authorize(container, organization_id, floor_ms)
        upserts = await floors.upserts_per_second(storage)
        bars.append(upserts)
    finally:
        await container.services.storage.close()
    async with session(stack, "engine", demo.TECHNICIAN, organization_id) as http:
        bars += await http_bars.no_op(http, floor_ms)
        bars.append(await http_bars.fifty_waiting(http))
        bars.append(await http_bars.throughput(http, upserts.measured))
        bars += await http_bars.beside_stuck(http)
        bars.append(await http_bars.saved_file(http, stack.workflows_root / "workflows"))
    return bars


async def _authorize(container: Container, organization_id: str, floor_ms: float) -> list[Bar]:
    resolver = container.services.scope_resolver
    principal = Principal(tenant_id=demo.TECHNICIAN.tenant_id, object_id=demo.TECHNICIAN.object_id)

    async def resolve() -> None:
        scope = await resolver.resolve(principal, organization_id, Permission.CAN_EXECUTE_WORKFLOWS)
        assert scope.snapshot is not None
        assert len(scope.snapshot.config) >= 100

    samples = await times_ms(resolve, 300)
    return [
        Bar("authorize + load organization context, p50", percentile(samples, 50), "ms", 3, floor_ms),
        Bar("authorize + load organization context, p95", percentile(samples, 95), "ms", 20),
    ]


def _memory(stack: Stack) -> list[Bar]:
    total = 0
    for name in ("management", "engine"):
        process = psutil.Process(stack.processes[name].pid)
        for one in (process, *process.children(recursive=True)):
            total += one.memory_full_info().pss
    return [Bar("memory at rest: both services, queue pump, runners (PSS)", total / 2**20, "MB", 300)]
