"""Tasks beside requests: seen to their end, repeated whatever a round did."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from msp_core.errors import Unavailable
from workflow_engine.background import Background


async def test_a_bad_round_does_not_end_all_rounds() -> None:
    background = Background()
    failures: list[Exception] = [Unavailable("Storage is away."), ValueError("a fault of ours")]
    done = asyncio.Event()

    async def work() -> None:
        if failures:
            raise failures.pop(0)
        done.set()

    with capture_logs() as logs:
        background.every(0.001, work, name="rounds")
        await asyncio.wait_for(done.wait(), 5)
    await background.close()
    assert [line["log_level"] for line in logs] == ["warning", "error"]


async def test_a_nudge_brings_the_next_round_at_once_and_is_not_missed_by_the_one_under_way() -> None:
    background = Background()
    nudge, rounds = asyncio.Event(), asyncio.Queue[int]()
    count = 0

    async def work() -> None:
        nonlocal count
        count += 1
        if count == 1:
            nudge.set()
        rounds.put_nowait(count)

    background.every(3600, work, name="rounds", nudge=nudge)
    async with asyncio.timeout(15):
        assert [await rounds.get(), await rounds.get()] == [1, 2]
        # The second round has nothing that nudges: the third comes when somebody does.
        await asyncio.sleep(0)
        assert rounds.empty()
        nudge.set()
        assert await rounds.get() == 3
    await background.close()


async def test_closing_ends_what_is_left_and_waits_for_it() -> None:
    background = Background()
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.set()

    background.spawn(work(), name="long")
    await background.drain(timeout_seconds=0.01)
    assert not ended.is_set()
    await background.close()
    assert ended.is_set()


async def test_a_failure_that_nobody_awaits_is_logged() -> None:
    background = Background()

    async def work() -> None:
        raise ValueError("lost?")

    with capture_logs() as logs:
        background.spawn(work(), name="fails")
        await background.drain(timeout_seconds=1)
        await asyncio.sleep(0)
    assert [line["event"] for line in logs] == ["background_task_failed"]
