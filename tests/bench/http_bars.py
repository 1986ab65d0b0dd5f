"""Bars measured over HTTP against the engine.

The client is aiohttp, the cheapest one at hand: on two cores its own processor time is part of every figure.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
from tests.bench.measure import Bar, percentile, times_ms


async def run(http: aiohttp.ClientSession, name: str) -> dict[str, Any]:
    """Run one workflow without parameters and insist on its end."""
    async with http.post(f"/api/workflows/{name}", json={"parameters": {}}) as answer:
        answer.raise_for_status()
        return dict(await answer.json())


async def no_op(http: aiohttp.ClientSession, floor_ms: float) -> list[Bar]:
    """One no-op after the other, request to result with all records durable."""
    samples = await times_ms(lambda: run(http, "no_op"), 200)
    return [
        Bar("no-op synchronous workflow over HTTP, p50", percentile(samples, 50), "ms", 8, floor_ms),
        Bar("no-op synchronous workflow over HTTP, p95", percentile(samples, 95), "ms"),
    ]


async def throughput(http: aiohttp.ClientSession, upserts_per_second: float) -> Bar:
    """No-ops from 50 clients, beside single-row upserts from 50 clients."""
    each = 12

    async def client() -> None:
        for _ in range(each):
            await run(http, "no_op")

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(50)))
    rate = 50 * each / (time.perf_counter() - began)
    return Bar("no-op workflows a second, 50 clients", rate, "1/s", 0.1, upserts_per_second, at_least=True)


async def fifty_waiting(http: aiohttp.ClientSession) -> Bar:
    """50 workflows at once that each wait a second."""
    began = time.perf_counter()
    await asyncio.gather(*(run(http, "wait_one_second") for _ in range(50)))
    return Bar("50 workflows at once that each wait 1 s", time.perf_counter() - began, "s", 2)


async def beside_stuck(http: aiohttp.ClientSession) -> list[Bar]:
    """Five stuck runs (three spin, two block) and others beside them."""
    alone = percentile(await _paced(http, seconds=4), 95)
    limit_seconds = 8
    began = time.perf_counter()
    names = ("spin", "spin", "spin", "block", "block")
    stuck = [asyncio.ensure_future(run(http, name)) for name in names]
    await asyncio.sleep(1)
    beside = percentile(await _paced(http, seconds=4), 95)
    answers = [await one for one in stuck]
    ended = time.perf_counter() - began
    timed_out = sum(answer["status"] == "TimedOut" for answer in answers)
    return [
        Bar("others' p95 beside 5 stuck runs", beside, "ms", 2, alone),
        Bar("stuck runs that ended TimedOut", timed_out, "of 5", 5, at_least=True),
        Bar("last stuck run's end after its limit", ended - limit_seconds, "s", 2),
    ]


async def saved_file(http: aiohttp.ClientSession, folder: Path, *, versions: int = 10) -> Bar:
    """From the save of a workflow file to its new version's answer; the slowest of some."""
    source = (
        "from msp_automation import OrganizationContext, workflow\n\n\n@workflow\n"
        "async def saved(context: OrganizationContext) -> int:\n    return {version}\n"
    )
    slowest = 0.0
    for version in range(versions):
        (folder / "saved.py").write_text(source.format(version=version))
        began = time.perf_counter()
        while True:
            async with http.post("/api/workflows/saved", json={}) as answer:
                if answer.ok and (await answer.json())["result"] == version:
                    break
            await asyncio.sleep(0.01)
        slowest = max(slowest, time.perf_counter() - began)
    return Bar(f"saved workflow file to its answer, slowest of {versions}", slowest, "s", 1)


async def _paced(http: aiohttp.ClientSession, *, seconds: float, per_second: int = 20) -> list[float]:
    """Milliseconds of no-ops begun at an even pace, whatever the earlier ones do."""

    async def one() -> float:
        began = time.perf_counter()
        await run(http, "no_op")
        return (time.perf_counter() - began) * 1000

    runs = []
    for _ in range(int(seconds * per_second)):
        runs.append(asyncio.ensure_future(one()))
        await asyncio.sleep(1 / per_second)
    return [await each for each in runs]
