"""Bars of data providers: options that are kept already."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from tests.bench import floors
from tests.bench.measure import Bar, percentile, times_ms
from tests.bench.stacks import running_stack, session, storage_of

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import CLIENT_ROLE, seed
from msp_devstack.stack import Stack

_FORM = {
    "name": "Bench",
    "linkedWorkflow": "no_op",
    "formSchema": {
        "fields": [{"name": "one", "label": "One", "type": "select", "dataProvider": "bench_options"}]
    },
}


def measure() -> list[Bar]:
    """Every bar of the group, against one stack."""
    with running_stack() as stack:
        seed(stack.ports, forms=False)
        organization_id, form_id = _form(stack)
        return asyncio.run(_measure(stack, organization_id, form_id))


def _form(stack: Stack) -> tuple[str, str]:
    """A form that opens the provider to the client user."""
    with Api(stack.ports, demo.ADMIN) as admin:
        organization_id = admin.organization_id(demo.CONTOSO.name)
        admin.use(organization_id)
        form_id = ok(admin.management.post("/api/forms", json=_FORM))["id"]
        roles = ok(admin.management.get("/api/roles"))
        role_id = next(role["id"] for role in roles if role["name"] == CLIENT_ROLE)
        ok(admin.management.put(f"/api/roles/{role_id}/forms/{form_id}"))
    return organization_id, form_id


async def _measure(stack: Stack, organization_id: str, form_id: str) -> list[Bar]:
    storage = storage_of(stack.connection_string)
    try:
        floor_ms = await floors.point_read_ms(storage)
    finally:
        await storage.close()
    people = {
        "permission to execute": (demo.TECHNICIAN, {}),
        "field of a form": (demo.CLIENT_USER, {"formId": form_id}),
    }
    bars = [floors.point_read(floor_ms)]
    for right, (person, body) in people.items():
        async with session(stack, "engine", person, organization_id) as http:
            samples = await times_ms(lambda body=body, http=http: _options(http, body), 300)  # type: ignore[misc]  # bound at once
        what = f"data provider, cache hit over HTTP, {right}"
        bars.append(Bar(f"{what}, p50", percentile(samples, 50), "ms", 3, floor_ms))
        bars.append(Bar(f"{what}, p95", percentile(samples, 95), "ms"))
    return bars


async def _options(http: aiohttp.ClientSession, body: dict[str, Any]) -> None:
    async with http.post("/api/data-providers/bench_options", json=body) as answer:
        answer.raise_for_status()
        assert len((await answer.json())["options"]) == 50
