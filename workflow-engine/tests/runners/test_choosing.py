"""Which runner gets a run, and when runners are added, passed over, slowed down and replaced."""

import asyncio
import os
import signal
from typing import Any

import psutil
import pytest

from workflow_engine.runners.pool import NoRunnerAvailable, RunStatus

Stage = Any  # defined in conftest.py, which tests cannot import

WORK = """
from pydantic import BaseModel, field_validator

@workflow
async def wait(context: OrganizationContext, seconds: float = 60) -> int:
    await asyncio.sleep(seconds)
    return os.getpid()

@workflow
async def block(context: OrganizationContext, seconds: float = 60) -> None:
    context.log.info("blocking")
    time.sleep(seconds)

@workflow
def spin_in_threads(context: OrganizationContext) -> None:
    for _ in range(3):
        threading.Thread(target=spin, daemon=True).start()
    spin()

@workflow
async def leave_threads_behind(context: OrganizationContext) -> int:
    for _ in range(6):
        threading.Thread(target=spin, daemon=True).start()
    return os.getpid()

def spin() -> None:
    while True:
        pass

@workflow
async def noop(context: OrganizationContext) -> int:
    return os.getpid()

KEPT = []

@workflow
async def keep(context: OrganizationContext, megabytes: int) -> int:
    KEPT.append(b"x" * megabytes * 1_000_000)
    return os.getpid()

class Slow(BaseModel):
    seconds: float

    @field_validator("seconds")
    @classmethod
    def check(cls, value: float) -> float:
        time.sleep(value)
        return value

@workflow
async def slow_to_check(context: OrganizationContext, slow: Slow) -> int:
    return os.getpid()
"""

# Where health is not the matter: a runner on a loaded machine must not count as slow or stuck.
CALM: dict[str, Any] = {"offer_seconds": 5.0, "ping_seconds": 2.0, "prepare_seconds": 20.0}


async def start(stage: Stage, **settings: Any) -> Any:
    stage.write("workflows/work.py", WORK)
    pool = await stage.start(**settings)
    await stage.until(lambda: pool.status().ready == settings["runners"])
    return pool


async def stop(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_work_goes_to_the_runner_with_the_fewest_runs(stage: Stage) -> None:
    await start(stage, runners=3, **CALM)
    runs = [stage.run("wait", {"seconds": 0.5}) for _ in range(6)]
    pids = [outcome.result for outcome in await asyncio.gather(*runs)]
    assert sorted(pids.count(pid) for pid in set(pids)) == [2, 2, 2]


async def test_an_organization_meets_the_runner_that_served_it_last(stage: Stage) -> None:
    await start(stage, runners=2, **CALM)
    first, second = await asyncio.gather(
        stage.run("wait", {"seconds": 0.2}, org="a"), stage.run("wait", {"seconds": 0.2}, org="b")
    )
    assert first.result != second.result
    for _ in range(3):
        assert (await stage.run("noop", org="b")).result == second.result
        assert (await stage.run("noop", org="a")).result == first.result


async def test_fifty_runs_that_wait_share_two_runners(stage: Stage) -> None:
    await start(stage, runners=2, max_runners=2, **CALM)
    outcomes = await asyncio.gather(*(stage.run("wait", {"seconds": 0.3}) for _ in range(50)))
    assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCESS}
    assert len({outcome.result for outcome in outcomes}) == 2


async def test_a_stuck_runner_gets_no_work_loses_its_priority_and_is_stood_in_for(stage: Stage) -> None:
    pool = await start(stage, runners=2)
    blocked = await stage.begin("block")
    await stage.until(lambda: [r.state for r in pool.status().runners].count("stuck") == 1)
    (stuck,) = [runner.pid for runner in pool.status().runners if runner.state == "stuck"]
    await stage.until(lambda: pool.status().ready == 2)
    await stage.until(lambda: psutil.Process(stuck).nice() == 19)
    outcomes = await asyncio.gather(*(stage.run("wait", {"seconds": 0.1}) for _ in range(20)))
    assert stuck not in {outcome.result for outcome in outcomes}
    await stop(blocked)


async def test_a_runner_that_answers_again_is_of_use_again_or_let_go(stage: Stage) -> None:
    pool = await start(stage, runners=1)
    blocked = await stage.begin("block", {"seconds": 1})
    await stage.until(lambda: "stuck" in [runner.state for runner in pool.status().runners])
    assert (await blocked).status is RunStatus.SUCCESS
    await stage.until(lambda: [runner.state for runner in pool.status().runners] == ["ready"])
    (left,) = pool.status().runners
    assert psutil.Process(left.pid).nice() == 0


async def test_when_all_runners_are_stuck_a_run_is_refused_in_time(stage: Stage) -> None:
    pool = await start(stage, runners=1, max_runners=2, prepare_seconds=0.5)
    blocked = [await stage.begin("block")]
    blocked.append(await stage.begin("block"))
    with pytest.raises(NoRunnerAvailable) as caught:
        await pool.prepare("workflow", "noop", {})
    assert caught.value.retry_after_seconds > 0
    assert len(pool.status().runners) == 2
    await stop(*blocked)


async def test_threads_that_spin_make_a_runner_busy_and_others_are_preferred(stage: Stage) -> None:
    pool = await start(stage, runners=2)
    spinning = asyncio.create_task(stage.run("spin_in_threads"))
    await stage.until(lambda: "busy" in [runner.state for runner in pool.status().runners])
    (busy,) = [runner.pid for runner in pool.status().runners if runner.state == "busy"]
    await stage.until(lambda: pool.status().ready == 2)
    threads = psutil.Process(busy).threads()
    await stage.until(lambda: {os.getpriority(os.PRIO_PROCESS, thread.id) for thread in threads} == {19})
    outcomes = await asyncio.gather(*(stage.run("wait", {"seconds": 0.1}) for _ in range(10)))
    assert busy not in {outcome.result for outcome in outcomes}
    await stop(spinning)


async def test_a_full_runner_is_helped_by_another(stage: Stage) -> None:
    pool = await start(stage, runners=1, runs_per_runner=2)
    outcomes = await asyncio.gather(*(stage.run("wait", {"seconds": 0.5}) for _ in range(4)))
    pids = [outcome.result for outcome in outcomes]
    assert sorted(pids.count(pid) for pid in set(pids)) == [2, 2]
    # The second is let go once it has had nothing to do for a while.
    await stage.until(lambda: len(pool.status().runners) == 1)


async def test_a_run_that_its_runner_cannot_begin_is_begun_by_another(stage: Stage) -> None:
    pool = await start(stage, runners=2)
    # Both are promised by the same runner; then the first blocks it before the second begins.
    os.kill(pool.status().runners[1].pid, signal.SIGSTOP)
    blocking, waiting = await asyncio.gather(
        pool.prepare("workflow", "block", {}), pool.prepare("workflow", "noop", {})
    )
    os.kill(pool.status().runners[1].pid, signal.SIGCONT)
    host = stage.Host()
    blocked = asyncio.create_task(blocking.run(stage.snapshot("block"), host))
    await stage.until(lambda: host.lines)
    outcome = await waiting.run(stage.snapshot("noop"), stage.Host())
    assert outcome.status is RunStatus.SUCCESS
    await stop(blocked)


async def test_a_runner_that_dies_before_a_promised_run_begins_costs_nothing(stage: Stage) -> None:
    pool = await start(stage, runners=1)
    prepared = await pool.prepare("workflow", "noop", {})
    dead = pool.status().runners[0].pid
    os.kill(dead, signal.SIGKILL)
    outcome = await prepared.run(stage.snapshot("noop"), stage.Host())
    assert outcome.status is RunStatus.SUCCESS
    assert outcome.result != dead


async def test_parameters_that_take_long_to_check_do_not_hold_up_other_runs(stage: Stage) -> None:
    pool = await start(stage, runners=2)
    slow = asyncio.create_task(pool.prepare("workflow", "slow_to_check", {"slow": {"seconds": 1.5}}))
    await asyncio.sleep(0.1)
    assert (await asyncio.wait_for(stage.run("noop"), 5)).status is RunStatus.SUCCESS
    (await slow).release()


async def test_parameters_that_are_never_checked_leave_runners_for_others(stage: Stage) -> None:
    pool = await start(stage, runners=2, prepare_seconds=0.5)
    with pytest.raises(NoRunnerAvailable):
        await pool.prepare("workflow", "slow_to_check", {"slow": {"seconds": 300}})
    await stage.until(lambda: pool.status().ready == 2)
    # What is blocked outside of any run is ended after a while.
    await stage.until(lambda: "stuck" not in [runner.state for runner in pool.status().runners])
    assert (await stage.run("noop")).status is RunStatus.SUCCESS


async def test_a_thread_that_outlives_its_run_and_spins_gets_its_runner_replaced(stage: Stage) -> None:
    pool = await start(stage, runners=1)
    haunted = (await stage.run("leave_threads_behind")).result
    await stage.until(lambda: haunted not in [runner.pid for runner in pool.status().runners])
    assert (await stage.run("noop")).status is RunStatus.SUCCESS


async def test_a_runner_is_recycled_after_its_share_of_runs(stage: Stage) -> None:
    await start(stage, runners=1, recycle_after_runs=5)
    first = (await stage.run("noop")).result
    seen = {first}
    for _ in range(100):
        seen.add((await stage.run("noop")).result)
        await asyncio.sleep(0.01)
    assert len(seen) > 1


async def test_a_runner_that_holds_too_much_memory_is_recycled(stage: Stage) -> None:
    pool = await start(stage, runners=1, recycle_above_megabytes=150)
    heavy = (await stage.run("keep", {"megabytes": 200})).result
    await stage.until(lambda: [runner.pid for runner in pool.status().runners] != [heavy])
    await stage.until(lambda: heavy not in [runner.pid for runner in pool.status().runners])
    assert (await stage.run("noop")).result != heavy
