"""Bars of the queue: a no-op that waits its turn, from its acceptance to its visible result."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from tests.bench import floors
from tests.bench.measure import Bar, percentile
from tests.bench.stacks import running_stack, session, storage_of

from msp_devstack import demo
from msp_devstack.api import Api
from msp_devstack.seed import seed
from msp_devstack.stack import Stack


def measure() -> list[Bar]:
    """Every bar of the group, against one stack."""
    with running_stack() as stack:
        seed(stack.ports, forms=False)
        with Api(stack.ports, demo.ADMIN) as admin:
            organization_id = admin.organization_id(demo.CONTOSO.name)
        return asyncio.run(_measure(stack, organization_id))


async def _measure(stack: Stack, organization_id: str) -> list[Bar]:
    storage = storage_of(stack.connection_string)
    try:
        floor_ms = await floors.point_read_ms(storage)
    finally:
        await storage.close()
    async with session(stack, "engine", demo.TECHNICIAN, organization_id) as http:
        await _run(http)
        samples = [await _run(http) for _ in range(40)]
    accepted, visible = [first for first, _ in samples], [second for _, second in samples]
    return [
        floors.point_read(floor_ms),
        Bar("queued no-op: request to 202, p50", percentile(accepted, 50), "ms"),
        Bar("queued no-op: 202 to visible result, p50", percentile(visible, 50), "ms"),
        Bar("queued no-op: 202 to visible result, p95", percentile(visible, 95), "ms"),
    ]


async def _run(http: aiohttp.ClientSession) -> tuple[float, float]:
    """Milliseconds to the 202, and from there to the end as somebody who follows the log sees it."""
    began = time.perf_counter()
    async with http.post("/api/workflows/no_op_queued", json={"parameters": {}}) as answer:
        assert answer.status == 202, await answer.text()
        execution_id = (await answer.json())["executionId"]
    accepted = time.perf_counter()
    path, done = f"/api/executions/{execution_id}/logs", False
    while not done:
        async with http.get(path, params={"wait": 20}) as answer:
            answer.raise_for_status()
            page = await answer.json()
        done = page["done"]
    assert page["status"] == "Success", page
    return (accepted - began) * 1000, (time.perf_counter() - accepted) * 1000
