"""Schedules of 200 organizations: the page that shows them, and one round by the clock."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
from tests.bench import clients
from tests.bench.measure import Bar, percentile
from tests.bench.operations import name_of
from tests.bench.stacks import AUTHOR, running_stack, session, settings_of, storage_of

from msp_core.models import utc_now
from msp_core.storage import Storage
from msp_core.storage.testing import Network
from msp_devstack import demo
from msp_devstack.stack import Stack
from workflow_engine.container import Container, build_scheduling

_SCHEDULED = AUTHOR.parent / "author_scheduled"
_ORGANIZATIONS = 200
_PAGES = 20
_WITHIN_SECONDS = 60


def measure() -> list[Bar]:
    """Every bar of the group, against one stack."""
    with running_stack(author=_SCHEDULED) as stack:
        return asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> list[Bar]:
    storage = storage_of(stack.connection_string)
    await clients.fill(storage, clients.organization_ids(_ORGANIZATIONS))
    await storage.close()
    bars = await _rounds(stack)
    async with session(stack, "management", demo.ADMIN, "*") as admin:
        return [*bars, *await _page(admin)]


async def _rounds(stack: Stack) -> list[Bar]:
    """What one engine does by a clock of its own; the stack's engine runs what it sends to the queue."""
    settings = settings_of(stack.ports, stack.data, stack.connection_string).model_copy(
        update={"workflows_root": _SCHEDULED, "run_schedules": False, "consume_queue": False}
    )
    network, clock = Network(), _Clock()
    container = Container(settings, storage=Storage(settings.storage_settings(), wrap_transport=network.wrap))
    await container.start()
    services = container.services
    scheduling = build_scheduling(
        services.storage,
        pool=services.pool,
        executions=services.executions,
        scopes=services.scope_resolver,
        launching=services.launching,
        owner="bench",
        now=clock,
    )

    async def look(what: str, *, shared_by: int = 1) -> list[Bar]:
        network.forget()
        began = time.perf_counter()
        await scheduling.tick()
        took = time.perf_counter() - began
        found = Counter(name_of(request) for request in network.requests)
        note = ", ".join(f"{count} x {name}" for name, count in sorted(found.items()))
        each = "operations" if shared_by == 1 else "operations each"
        return [
            Bar(what, took * 1000, "ms"),
            Bar(f"  storage: {what}", sum(found.values()) / shared_by, each, note=note),
        ]

    try:
        await scheduling.tick()
        bars = await look("a look at the clock, nothing due")
        clock.moment = clock.night + timedelta(seconds=1)
        bars += await look(f"a round over {_ORGANIZATIONS} organizations", shared_by=_ORGANIZATIONS)
        clock.moment = clock.night + timedelta(hours=1, seconds=1)
        return bars + await look("a round that none of 200 organizations is in")
    finally:
        await container.close()


class _Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.moment = utc_now()
        tomorrow = (self.moment + timedelta(days=1)).date()
        self.night = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


async def _page(admin: aiohttp.ClientSession) -> list[Bar]:
    await _until(lambda: _all_ran(admin))
    bars = []
    for rows in (50, _ORGANIZATIONS):
        samples: list[float] = []
        cursor: str | None = None
        for _ in range(_PAGES):
            began = time.perf_counter()
            shown, cursor = await _ask(admin, cursor, limit=rows)
            samples.append((time.perf_counter() - began) * 1000)
            assert len(shown) == rows
        what = f"GET /api/schedules, {rows} of {_ORGANIZATIONS} organizations"
        bars.append(Bar(f"{what}, p50", percentile(samples, 50), "ms"))
        bars.append(Bar(f"{what}, p95", percentile(samples, 95), "ms", 200))
    return bars


async def _all_ran(admin: aiohttp.ClientSession) -> bool:
    cursor: str | None = None
    while True:
        rows, cursor = await _ask(admin, cursor)
        if any((row["lastRun"] or {}).get("status") != "Success" for row in rows):
            return False
        if cursor is None:
            return True


async def _ask(
    admin: aiohttp.ClientSession, cursor: str | None, *, limit: int = 200
) -> tuple[list[dict[str, dict[str, str]]], str | None]:
    params = {"limit": str(limit), **({} if cursor is None else {"cursor": cursor})}
    async with admin.get("/api/schedules", params=params) as answer:
        answer.raise_for_status()
        return await answer.json(), answer.headers.get("X-Next-Cursor")


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(2 * _WITHIN_SECONDS):
        if await holds():
            return
        await asyncio.sleep(0.5)
    raise RuntimeError(f"The runs of a round did not end within {_WITHIN_SECONDS} s.")
