"""Bars of the history: 90,000 executions stored over 200 organizations.

The storage is filled once a day and kept in `build/`: most of the time goes into that.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from tests.bench import clients, floors, past
from tests.bench.measure import Bar, percentile, times_ms
from tests.bench.stacks import running_azurite, running_stack, session, settings_of, storage_of

from msp_core.identity.models import Principal
from msp_core.ids import ExecutionId, OrgId
from msp_core.models import utc_now
from msp_devstack import demo
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack
from workflow_engine.container import Container

_SEED = 1
"""Another number fills anew."""

_ORGANIZATIONS = clients.organization_ids(200)
_EXECUTIONS = 90_000


def measure() -> list[Bar]:
    """Every bar of the group, against one stack with a storage of its own."""
    data, filled = _filled()
    with running_stack(data=data) as stack:
        return [*filled, *asyncio.run(_measure(stack, data))]


def _filled() -> tuple[Path, list[Bar]]:
    """The folder of today's storage, made if it is not there."""
    folder = REPOSITORY / "build" / "bench-history"
    data = folder / f"{_SEED}-{datetime.now(UTC):%Y%m%d}"
    if (data / "some.json").exists():
        return data, []
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    data.mkdir(parents=True)
    with running_azurite(data / "azurite") as azurite:
        some = asyncio.run(_fill(azurite.connection_string()))
    # Written last, when storage has everything on disk: without it the folder counts for nothing.
    (data / "some.json").write_text(json.dumps(some))
    return data, [Bar("seeding 90,000 executions, once a day", time.perf_counter() - began, "s")]


async def _fill(connection_string: str) -> list[tuple[str, str]]:
    storage = storage_of(connection_string)
    try:
        await clients.fill(storage, _ORGANIZATIONS)
        until = utc_now() - timedelta(seconds=1)
        return [*await past.fill(storage, _ORGANIZATIONS, _EXECUTIONS, until=until)]
    finally:
        await storage.close()


async def _measure(stack: Stack, data: Path) -> list[Bar]:
    some = [tuple(one) for one in json.loads((data / "some.json").read_text())]
    container = Container(settings_of(stack.ports, stack.data, stack.connection_string))
    storage = container.services.storage
    try:
        async with session(stack, "management", demo.ADMIN) as admin:
            history = _History(admin)
            await history.warm_up()
            floor_ms = await floors.point_read_ms(storage)
            return [
                floors.point_read(floor_ms, beside=" beside 90,000 executions"),
                *await _by_id(container, some, floor_ms),
                *await history.by_id(some),
                *await history.newest(),
                *await history.filtered(),
                *await history.everywhere(),
                *await history.numbers(),
            ]
    finally:
        await storage.close()


async def _by_id(container: Container, some: list[tuple[str, ...]], floor_ms: float) -> list[Bar]:
    """Found by a technician whose scope is at hand."""
    services = container.services
    technician = Principal(tenant_id=demo.TECHNICIAN.tenant_id, object_id=demo.TECHNICIAN.object_id)
    organizations = {org_id for org_id, _ in some}
    scopes = {org_id: await services.scope_resolver.resolve(technician, org_id) for org_id in organizations}
    turns = itertools.cycle(some)

    async def get() -> None:
        org_id, execution_id = next(turns)
        await services.executions.get(scopes[org_id], ExecutionId(execution_id))

    samples = await times_ms(get, 300)
    what = "execution found by id among 90,000"
    return [
        Bar(f"{what}, p50", percentile(samples, 50), "ms", 3, floor_ms),
        Bar(f"{what}, p95", percentile(samples, 95), "ms"),
    ]


class _History:
    def __init__(self, admin: aiohttp.ClientSession) -> None:
        self._http = admin
        self._choice = random.Random(11)

    async def warm_up(self) -> None:
        for org_id in ("*", past.largest(_ORGANIZATIONS)):
            await self._list(org_id)

    async def by_id(self, some: list[tuple[str, ...]]) -> list[Bar]:
        """Over HTTP: of one organization, and of many, whose warm copies are read first."""
        big = past.largest(_ORGANIZATIONS)
        groups = {"one organization": [one for one in some if one[0] == big], "any organization": some}
        return [
            await _percentile(f"  the same over HTTP, of {name}", self._get_each(group), 50)
            for name, group in groups.items()
        ]

    def _get_each(self, some: list[tuple[str, ...]]) -> Callable[[], Awaitable[object]]:
        turns = itertools.cycle(self._choice.sample(some, len(some)))

        async def get() -> None:
            org_id, execution_id = next(turns)
            await self._get(f"/api/executions/{execution_id}", org_id)

        return get

    async def newest(self) -> list[Bar]:
        big = past.largest(_ORGANIZATIONS)
        return [
            await _p95(
                "50 newest of the organization with 20,000 of 90,000 executions", lambda: self._list(big)
            ),
            await _p95(
                "50 newest of any of 200 organizations with 90,000 executions",
                lambda: self._list(self._choice.choice(_ORGANIZATIONS)),
            ),
        ]

    async def filtered(self) -> list[Bar]:
        """Within the organization that has most."""
        big, now = past.largest(_ORGANIZATIONS), utc_now()
        month = {"from": _iso(now - timedelta(days=60)), "to": _iso(now - timedelta(days=30))}
        filters: dict[str, dict[str, str]] = {
            "by status": {"status": "TimedOut"},
            "by workflow": {"workflowName": past.WORKFLOWS[3]},
            "by person": {"userId": past.PEOPLE[5]},
            "of one month": month,
            "by all four": {
                "status": "Failed",
                "workflowName": past.WORKFLOWS[3],
                "userId": past.PEOPLE[5],
                **month,
            },
        }
        return [
            await _p95(f"  50 newest of its 20,000, {name}", lambda query=query: self._list(big, **query))  # type: ignore[misc]  # bound at once
            for name, query in filters.items()
        ]

    async def everywhere(self) -> list[Bar]:
        """Over all organizations, as an admin."""
        now = utc_now()
        filters: dict[str, dict[str, str]] = {
            "": {},
            ", by status": {"status": "TimedOut"},
            ", by workflow": {"workflowName": past.WORKFLOWS[3]},
            ", by person": {"userId": past.PEOPLE[5]},
            ", of one month": {"from": _iso(now - timedelta(days=60)), "to": _iso(now - timedelta(days=30))},
            ", by status and workflow": {"status": "TimedOut", "workflowName": past.WORKFLOWS[3]},
        }
        bars = [
            await _p95(
                f"50 newest of all organizations{name}",
                lambda query=query: self._list("*", **query),  # type: ignore[misc]  # bound at once
                limit=None,
            )
            for name, query in filters.items()
        ]
        mine = f"/api/executions/users/{past.PEOPLE[0]}"
        return [*bars, await _p95("50 newest of one person", lambda: self._get(mine), limit=None)]

    async def numbers(self) -> list[Bar]:
        """The first answer of each window: the following ones come from what is kept for 15 seconds."""
        bars = []
        for window in ("24h", "7d"):
            began = time.perf_counter()
            await self._get("/api/metrics", window=window)
            bars.append(
                Bar(f"metrics over {window}, first answer", (time.perf_counter() - began) * 1000, "ms")
            )
        return bars

    async def _list(self, org_id: OrgId | str, **query: str) -> None:
        await self._get("/api/executions", org_id, **query)

    async def _get(self, path: str, org_id: str | None = None, **query: str) -> Any:
        headers = {} if org_id is None else {"X-Organization-Id": org_id}
        async with self._http.get(path, headers=headers, params=query) as answer:
            answer.raise_for_status()
            return await answer.json()


async def _p95(name: str, action: Callable[[], Awaitable[object]], *, limit: float | None = 200) -> Bar:
    return await _percentile(name, action, 95, limit=limit)


async def _percentile(
    name: str, action: Callable[[], Awaitable[object]], percent: int, *, limit: float | None = None
) -> Bar:
    samples = await times_ms(action, 40, warm_up=3)
    return Bar(f"{name}, p{percent}", percentile(samples, percent), "ms", limit)


def _iso(moment: datetime) -> str:
    return moment.isoformat()
