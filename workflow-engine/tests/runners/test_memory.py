"""A run that eats memory ends itself, and the runs beside it go on."""

import asyncio
import time
from typing import Any

import pytest

from workflow_engine.runners.memory import OUT_OF_MEMORY_STATUS
from workflow_engine.runners.pool import RunStatus

Stage = Any  # defined in conftest.py, which tests cannot import

LIMIT = {"runners": 1, "max_runners": 1, "memory_megabytes": 300}

HUNGRY = """
@workflow
async def wait(context: OrganizationContext, seconds: float = 3) -> str:
    context.log.info("begun")
    await asyncio.sleep(seconds)
    return "waited"

@workflow
def wait_in_a_thread(context: OrganizationContext, seconds: float = 3) -> str:
    context.log.info("begun")
    time.sleep(seconds)
    return "waited"

@workflow
async def page(context: OrganizationContext) -> None:
    kept = []
    while True:
        kept.append(bytearray(b"x") * 1_000_000)
        await asyncio.sleep(0.001)

@workflow
async def gather(context: OrganizationContext) -> None:
    kept = []
    async def work():
        while True:
            kept.append(bytearray(b"x") * 1_000_000)
            await asyncio.sleep(0.001)
    await asyncio.gather(*(work() for _ in range(4)))

@workflow
async def spin(context: OrganizationContext) -> None:
    kept = []
    while True:
        kept.append([0] * 10_000)

@workflow
def spin_in_a_thread(context: OrganizationContext) -> None:
    kept = []
    while True:
        kept.append([0] * 10_000)

@workflow
async def at_once(context: OrganizationContext) -> None:
    bytearray(100_000_000_000)

@workflow
async def swallow(context: OrganizationContext) -> None:
    kept = []
    while True:
        try:
            while True:
                kept.append([0] * 10_000)
        except BaseException:
            pass

@workflow
async def modest(context: OrganizationContext) -> int:
    for _ in range(30):
        kept = bytearray(b"x") * 50_000_000
        await asyncio.sleep(0.01)
    return len(kept)
"""


@pytest.mark.parametrize("name", ["page", "gather", "spin", "spin_in_a_thread"])
async def test_a_run_that_eats_memory_is_stopped_and_those_beside_it_go_on(stage: Stage, name: str) -> None:
    stage.write("workflows/hungry.py", HUNGRY)
    pool = await stage.start(**LIMIT)
    before = pool.status().runners[0].pid
    beside = [await stage.begin("wait"), await stage.begin("wait_in_a_thread")]
    outcome = await stage.run(name)
    assert (outcome.status, outcome.error.type) == (RunStatus.FAILED, "OutOfMemory"), outcome
    assert "smaller portions" in outcome.error.message
    for other in await asyncio.gather(*beside):
        assert (other.status, other.result) == (RunStatus.SUCCESS, "waited")
    # What such a run leaves behind must not meet the next one.
    assert (await stage.run("modest")).status is RunStatus.SUCCESS
    await stage.until(lambda: before not in {runner.pid for runner in pool.status().runners})


async def test_a_run_that_asks_for_too_much_at_once_fails_alone(stage: Stage) -> None:
    stage.write("workflows/hungry.py", HUNGRY)
    await stage.start(**LIMIT)
    beside = await stage.begin("wait", {"seconds": 0.5})
    outcome = await stage.run("at_once")
    assert (outcome.status, outcome.error.type) == (RunStatus.FAILED, "MemoryError")
    assert "MSP_RUNNER_MEMORY_MB" in outcome.error.message
    assert (await beside).result == "waited"


async def test_a_run_that_does_not_stop_takes_its_process_along_and_is_told_apart(stage: Stage) -> None:
    stage.write("workflows/hungry.py", HUNGRY)
    await stage.start(**LIMIT)
    beside = await stage.begin("wait", {"seconds": 60})
    started = time.monotonic()
    outcome = await stage.run("swallow")
    assert time.monotonic() - started < 10
    assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, False)
    assert outcome.error.details["exitStatus"] == OUT_OF_MEMORY_STATUS
    assert "held more memory than its limit of 300 MB" in outcome.error.message
    other = await beside
    assert (other.status, other.collateral) == (RunStatus.INTERRUPTED, True)
    assert "more memory" in other.error.message


async def test_memory_that_is_given_back_is_nobodys_fault(stage: Stage) -> None:
    stage.write("workflows/hungry.py", HUNGRY)
    await stage.start(**LIMIT)
    outcomes = await asyncio.gather(*(stage.run("modest") for _ in range(2)))
    assert [outcome.result for outcome in outcomes] == [50_000_000] * 2
