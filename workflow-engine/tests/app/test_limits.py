"""What one request and one person may ask of the engine."""

from __future__ import annotations

from typing import Any

from msp_devstack import demo
from tests.app.engine_world import ok, refused

MakeWorld = Any  # from conftest.py, which tests cannot import

WORKFLOW = """
@workflow()
async def fine(context: OrganizationContext) -> int:
    '''Be fine.'''
    return 1
"""


async def test_a_body_over_the_limit_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW)
    body = {"parameters": {"text": "x" * (1024 * 1024)}}
    refused(await world.client().post("/api/workflows/fine", json=body), 413, "PayloadTooLarge")


async def test_who_asks_too_fast_is_told_when_to_come_back(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, rate_limit_per_minute=6, rate_limit_burst=3)
    ran = await world.run("fine")
    for _ in range(2):
        ok(await world.client().get("/api/admin/metadata"))
    answer = await world.client().get("/api/admin/metadata")
    refused(answer, 429, "TooManyRequests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    # Whoever has used up their requests can still follow the run that they started.
    logs = f"/api/executions/{ran['executionId']}/logs"
    for _ in range(3):
        assert ok(await world.client().get(logs))["done"]
    refused(await world.client().get(logs), 429, "TooManyRequests")
    ok(await world.client(demo.ADMIN).get("/api/admin/metadata"))
    for _ in range(10):
        ok(await world.client(None).get("/api/health"))
