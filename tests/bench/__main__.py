"""`make bench`: measure the bars against a stack of its own, print a table, write `build/bench.json`."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table
from tests.bench import http_bars
from tests.bench.measure import Bar, percentile, times_ms

from msp_core.identity.models import Principal
from msp_core.models import Model
from msp_core.permissions.models import Permission
from msp_core.storage import Storage, TableName
from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.identity import sign_in
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.services import REPOSITORY, platform_environment
from msp_devstack.stack import Stack
from workflow_engine.container import Container
from workflow_engine.settings import Settings

AUTHOR = Path(__file__).parent / "author"


class Row(Model):
    """A small row of the floor's table."""

    text: str = "x" * 200


def main() -> None:
    """Run every bar; the exit status is 0 whatever the figures."""
    console = Console(width=120)
    folder = Path(tempfile.mkdtemp(prefix="msp-bench-"))
    try:
        author = shutil.copytree(AUTHOR, folder / "author", ignore=shutil.ignore_patterns("__pycache__"))
        with Stack(folder, Ports.free(), with_client=False, workflows_root=author) as stack:
            seed(stack.ports, forms=False)
            organization_id = _many_config_keys(stack.ports)
            bars = asyncio.run(_measure(stack, organization_id))
    finally:
        shutil.rmtree(folder)
    _write(bars)
    console.print(_table(bars))


def _many_config_keys(ports: Ports, *, count: int = 100) -> str:
    with Api(ports, demo.ADMIN) as admin:
        organization_id = admin.organization_id(demo.CONTOSO.name)
        for number in range(count):
            body = {"key": f"bench_{number}", "value": "v" * 40, "type": "string"}
            ok(admin.management.post(f"/api/organizations/{organization_id}/config", json=body))
    return organization_id


async def _measure(stack: Stack, organization_id: str) -> list[Bar]:
    settings = _settings(stack)
    container = Container(settings)
    try:
        storage = container.services.storage
        floor_ms, floor_bars = await _floor(storage)
        bars = [*floor_bars, *_memory(stack), *await _authorize(container, organization_id, floor_ms)]
        upserts = await _upserts_per_second(storage)
        bars.append(upserts)
    finally:
        await container.services.storage.close()
    tokens = sign_in(
        stack.url("identity"), demo.TECHNICIAN.key, redirect_uri=f"{stack.url('client')}/auth.html"
    )
    headers = {"Authorization": f"Bearer {tokens.access_token}", "X-Organization-Id": organization_id}
    async with aiohttp.ClientSession(
        stack.url("engine"),
        headers=headers,
        connector=aiohttp.TCPConnector(limit=100),
        timeout=aiohttp.ClientTimeout(60),
    ) as http:
        bars += await http_bars.no_op(http, floor_ms)
        bars.append(await http_bars.fifty_waiting(http))
        bars.append(await http_bars.throughput(http, upserts.measured))
        bars += await http_bars.beside_stuck(http)
        bars.append(await http_bars.saved_file(http, stack.workflows_root / "workflows"))
    bars.append(_start(stack))
    return bars


def _start(stack: Stack) -> Bar:
    began = time.perf_counter()
    stack.restart("engine")
    return Bar("engine stopped and started to its first answer", time.perf_counter() - began, "s")


def _settings(stack: Stack) -> Settings:
    environment = platform_environment(stack.ports, stack.data, stack.connection_string)
    values = {name.removeprefix("MSP_").lower(): value for name, value in environment.items()}
    return Settings(**values)  # type: ignore[arg-type]  # as the environment would give them


async def _floor(storage: Storage) -> tuple[float, list[Bar]]:
    rows = storage.table(TableName.STAMPS, Row).partition("BENCH")
    await rows.upsert("row", Row())
    samples = await times_ms(lambda: rows.get("row"), 400, warm_up=50)
    floor_ms = percentile(samples, 50)
    return floor_ms, [Bar("floor F: one table point read through the SDK, p50", floor_ms, "ms")]


async def _upserts_per_second(storage: Storage, *, clients: int = 50, each: int = 20) -> Bar:
    rows = storage.table(TableName.STAMPS, Row).partition("BENCH")

    async def client(number: int) -> None:
        for turn in range(each):
            await rows.upsert(f"{number}-{turn}", Row())

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    rate = clients * each / (time.perf_counter() - began)
    return Bar("floor R: single-row upserts a second, 50 clients", rate, "1/s")


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


def _write(bars: list[Bar]) -> None:
    path = REPOSITORY / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([bar.as_json() for bar in bars], indent=2) + "\n")


def _table(bars: list[Bar]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("bar")
    for name in ("measured", "floor", "ratio", "limit"):
        table.add_column(name, justify="right")
    table.add_column("")
    marks = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}
    for bar in bars:
        table.add_row(
            bar.bar,
            f"{bar.measured:.2f} {bar.unit}",
            "" if bar.floor is None else f"{bar.floor:.2f}",
            "" if bar.ratio is None else f"{bar.ratio:.2f}",
            "" if bar.limit is None else f"{'≥' if bar.at_least else '≤'} {bar.limit:g}",
            marks[bar.ok],
        )
    return table


if __name__ == "__main__":
    main()
