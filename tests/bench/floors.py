"""What the storage below gives at best: figures are told in multiples of it."""

from __future__ import annotations

import asyncio
import time

from tests.bench.measure import Bar, percentile, times_ms

from msp_core.models import Model
from msp_core.storage import Storage, TableName

_PARTITION = "BENCH"


class Row(Model):
    """A small row of the floor's table."""

    text: str = "x" * 200


async def point_read_ms(storage: Storage) -> float:
    """F: p50 of one table point read through the SDK."""
    rows = storage.table(TableName.STAMPS, Row, large_values=False).partition(_PARTITION)
    if await rows.find("row") is None:
        await rows.upsert("row", Row())
    return percentile(await times_ms(lambda: rows.get("row"), 400, warm_up=50), 50)


def point_read(floor_ms: float, *, beside: str = "") -> Bar:
    """F as a line of the table."""
    return Bar(f"floor F{beside}: one table point read through the SDK, p50", floor_ms, "ms")


async def upserts_per_second(storage: Storage, *, clients: int = 50, each: int = 20) -> Bar:
    """R: single-row upserts from many clients."""
    rows = storage.table(TableName.STAMPS, Row, large_values=False).partition(_PARTITION)

    async def client(number: int) -> None:
        for turn in range(each):
            await rows.upsert(f"{number}-{turn}", Row())

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    rate = clients * each / (time.perf_counter() - began)
    return Bar("floor R: single-row upserts a second, 50 clients", rate, "1/s")
