"""Processes end, by accident and by force: what becomes of runs, of runners, and of everything when the engine dies."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from workflow_engine.runners.pool import RunStatus

Stage = Any  # defined in conftest.py, which tests cannot import

CRASHING = """
import ctypes

@workflow
async def leave(context: OrganizationContext, delay: float = 0) -> None:
    await asyncio.sleep(delay)
    os._exit(7)

@workflow
def leave_from_a_thread(context: OrganizationContext, delay: float = 0) -> None:
    time.sleep(delay)
    os._exit(7)

@workflow
async def crash(context: OrganizationContext, delay: float = 0) -> None:
    await asyncio.sleep(delay)
    ctypes.string_at(0)

@workflow
def crash_in_a_thread(context: OrganizationContext, delay: float = 0) -> None:
    time.sleep(delay)
    ctypes.string_at(0)

@workflow
async def wait(context: OrganizationContext) -> None:
    context.log.info("waiting")
    await asyncio.sleep(60)

@workflow
async def noop(context: OrganizationContext) -> int:
    return os.getpid()
"""


def fork_server() -> psutil.Process:
    """The pool's own child among those of the tests, which have an Azurite too."""
    (found,) = [
        one for one in psutil.Process().children() if "workflow_engine.runners.forkserver" in one.cmdline()
    ]
    return found


CRASHES = ["leave", "leave_from_a_thread", "crash", "crash_in_a_thread"]


@pytest.mark.parametrize("name", CRASHES)
async def test_a_run_that_ends_its_process_is_told_from_the_runs_beside_it(stage: Stage, name: str) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    await stage.start(runners=1, max_runners=1)
    beside = [await stage.begin("wait") for _ in range(2)]
    crashed = await stage.run(name, {"delay": 0.1})
    assert (crashed.status, crashed.collateral) == (RunStatus.INTERRUPTED, False)
    assert crashed.error.details["exitStatus"] in (7, -signal.SIGSEGV)
    for outcome in await asyncio.gather(*beside):
        assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, True)
    assert (await stage.run("noop")).status is RunStatus.SUCCESS


async def test_a_process_killed_from_outside_blames_none_of_several_runs(stage: Stage) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    pool = await stage.start(runners=1, max_runners=1)
    runs = [await stage.begin("wait") for _ in range(2)]
    os.kill(pool.status().runners[0].pid, signal.SIGKILL)
    for outcome in await asyncio.gather(*runs):
        assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, False)


async def test_fifty_dead_runners_leave_no_zombies(stage: Stage) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    pool = await stage.start(runners=2)
    for _ in range(50):
        outcome = await stage.run("leave")
        assert outcome.status is RunStatus.INTERRUPTED
    await stage.until(lambda: pool.status().ready == 2)
    family = psutil.Process().children(recursive=True)
    assert [process for process in family if process.status() == psutil.STATUS_ZOMBIE] == []
    alive = {runner.pid for runner in pool.status().runners}
    assert alive <= {process.pid for process in family}


async def wear_out(stage: Stage, pool: Any, *, runs: int, deaths: int) -> None:
    """Many runs at once, with runners that die in between by their own hand and by others'."""
    for number in range(deaths):
        outcomes = await asyncio.gather(*(stage.run("noop") for _ in range(runs // deaths)))
        assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCESS}
        if number % 2:
            assert (await stage.run("leave")).status is RunStatus.INTERRUPTED
        else:
            os.kill(pool.status().runners[0].pid, signal.SIGKILL)
        await stage.until(lambda: pool.status().ready == 2)


def holdings() -> tuple[int, int, list[psutil.Process]]:
    """Runners, open files of engine and fork server, and zombies."""
    server = fork_server()
    family = psutil.Process().children(recursive=True)
    zombies = [process for process in family if process.status() == psutil.STATUS_ZOMBIE]
    return len(server.children()), psutil.Process().num_fds() + server.num_fds(), zombies


@pytest.mark.parametrize(
    ("runs", "deaths"),
    [(200, 4), pytest.param(10_000, 40, marks=[pytest.mark.long, pytest.mark.timeout(600)])],
)
async def test_many_runs_and_dead_runners_leave_nothing_behind(stage: Stage, runs: int, deaths: int) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    pool = await stage.start(runners=2, max_runners=2)
    await wear_out(stage, pool, runs=20, deaths=2)
    await stage.until(lambda: len(pool.status().runners) == 2 and holdings()[2] == [])
    before = holdings()
    await wear_out(stage, pool, runs=runs, deaths=deaths)
    # What has just died is gone a moment later.
    await stage.until(lambda: holdings() == before)


async def test_closing_the_pool_ends_every_process_and_run(stage: Stage) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    pool = await stage.start(runners=2)
    running = await stage.begin("wait")
    server = fork_server()
    family = [server, *server.children(recursive=True)]
    await pool.close()
    assert (await running).status is RunStatus.INTERRUPTED
    assert not [process for process in family if process.is_running()]


async def test_a_dead_fork_server_is_replaced_with_all_its_runners(stage: Stage) -> None:
    stage.write("workflows/crashing.py", CRASHING)
    pool = await stage.start(runners=2)
    await stage.until(lambda: pool.status().ready == 2)
    old = {runner.pid for runner in pool.status().runners}
    running = await stage.begin("wait")
    fork_server().kill()
    outcome = await running
    assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, True)
    await stage.until(lambda: pool.status().ready == 2)
    await stage.until(lambda: not any(psutil.pid_exists(pid) for pid in old))
    assert (await stage.run("noop")).status is RunStatus.SUCCESS


ENGINE = """
import asyncio, sys
from pathlib import Path
from workflow_engine.runners.pool import PoolSettings, RunnerPool

async def main():
    pool = RunnerPool(Path(sys.argv[1]), PoolSettings(runners=2))
    await pool.start()
    while pool.status().ready < 2:
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_everything_dies_with_an_engine_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "crashing.py").write_text(
        f"import asyncio, os\nfrom msp_automation import *\n{CRASHING}"
    )
    engine = subprocess.Popen([sys.executable, "-c", ENGINE, str(tmp_path)], stdout=subprocess.PIPE)
    assert engine.stdout is not None
    with engine, engine.stdout:
        assert engine.stdout.readline() == b"ready\n"
        family = psutil.Process(engine.pid).children(recursive=True)
        engine.kill()
    assert len(family) == 3
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux ends a child with its parent.")
async def test_a_stuck_runner_dies_with_its_fork_server_too(stage: Stage) -> None:
    stage.write(
        "workflows/crashing.py",
        CRASHING
        + "\n@workflow\nasync def spin(context: OrganizationContext) -> None:\n    context.log.info('x')\n    while True:\n        pass\n",
    )
    pool = await stage.start(runners=1)
    pid = pool.status().runners[0].pid
    running = await stage.begin("spin")
    fork_server().kill()
    assert (await running).status is RunStatus.INTERRUPTED
    begun = time.monotonic()
    await stage.until(lambda: not psutil.pid_exists(pid))
    assert time.monotonic() - begun < 5
