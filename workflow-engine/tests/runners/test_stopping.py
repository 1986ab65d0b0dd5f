"""Limits and cancels: a run ends when it is told to, or its runner does."""

import asyncio
import time
from typing import Any

import psutil
import pytest

from workflow_engine.runners.pool import RunStatus

Stage = Any  # defined in conftest.py, which tests cannot import

STUCK = """
import socket

@workflow
async def wait(context: OrganizationContext, seconds: float = 60) -> str:
    context.log.info("begun")
    await asyncio.sleep(seconds)
    return "waited"

@workflow
async def spin(context: OrganizationContext) -> None:
    while True:
        pass

@workflow
async def block(context: OrganizationContext, seconds: float = 60) -> None:
    time.sleep(seconds)

@workflow
def spin_in_a_thread(context: OrganizationContext) -> None:
    while True:
        pass

@workflow
def block_in_a_thread(context: OrganizationContext) -> None:
    time.sleep(60)

@workflow
async def read_a_socket(context: OrganizationContext) -> None:
    silent, other = socket.socketpair()
    silent.recv(1)

@workflow
def read_a_socket_in_a_thread(context: OrganizationContext) -> None:
    silent, other = socket.socketpair()
    silent.recv(1)

@workflow
async def swallow(context: OrganizationContext) -> None:
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            context.log.info("no")

@workflow
async def spin_and_swallow(context: OrganizationContext) -> None:
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

@workflow
async def tidy_up(context: OrganizationContext) -> str:
    context.log.info("begun")
    try:
        await asyncio.sleep(60)
    finally:
        context.log.info("tidied up")
        context.variables["reached"] = 3

@workflow
async def start_a_program(context: OrganizationContext) -> None:
    program = subprocess.Popen(["sleep", "300"])
    print(program.pid)
    time.sleep(60)

@workflow
async def noop(context: OrganizationContext) -> int:
    return os.getpid()
"""
STUCK_NAMES = [
    "wait", "spin", "block", "spin_in_a_thread", "block_in_a_thread", "swallow", "spin_and_swallow",
    "read_a_socket", "read_a_socket_in_a_thread",
]  # fmt: skip


@pytest.mark.parametrize("name", STUCK_NAMES)
async def test_a_run_ends_within_two_seconds_of_its_limit_and_is_told_with_the_line_it_was_at(
    stage: Stage, name: str
) -> None:
    stage.write("workflows/stuck.py", STUCK)
    await stage.start(runners=1)
    started = time.monotonic()
    outcome = await stage.run(name, timeout=0.3)
    assert outcome.status is RunStatus.TIMED_OUT
    assert time.monotonic() - started < 2.3
    assert outcome.error.type == "WorkflowTimeout"
    assert outcome.error.details["timeoutSeconds"] == 0.3
    if name != "wait":  # that one ends by itself
        assert outcome.error.details["stuckAt"][0].startswith("workflows/stuck.py:")
        assert outcome.error.details["stuckAt"][0].endswith(f"in {name}")
    assert (await stage.run("noop")).status is RunStatus.SUCCESS


@pytest.mark.parametrize("name", STUCK_NAMES)
async def test_a_cancelled_run_ends_soon_whatever_it_does(stage: Stage, name: str) -> None:
    stage.write("workflows/stuck.py", STUCK)
    pool = await stage.start(runners=1, grace_seconds=0.4)
    prepared = await pool.prepare("workflow", name, {})
    running = asyncio.create_task(prepared.run(stage.snapshot(name), stage.Host()))
    await asyncio.sleep(0.1)
    asked = time.monotonic()
    prepared.cancel()
    outcome = await running
    assert (outcome.status, outcome.error.type) == (RunStatus.CANCELLED, "Cancelled")
    assert time.monotonic() - asked < 2


async def test_a_cancelled_run_tidies_up_and_keeps_what_it_logged(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    pool = await stage.start(runners=1)
    host = stage.Host()
    prepared = await pool.prepare("workflow", "tidy_up", {})
    running = asyncio.create_task(prepared.run(stage.snapshot("tidy_up"), host))
    await stage.until(lambda: host.lines)
    prepared.cancel()
    outcome = await running
    assert outcome.variables == {"reached": 3}
    assert host.messages == ["begun", "tidied up"]


async def test_a_run_cancelled_before_it_began_never_begins(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    pool = await stage.start(runners=1)
    host = stage.Host()
    prepared = await pool.prepare("workflow", "tidy_up", {})
    prepared.cancel()
    outcome = await prepared.run(stage.snapshot("tidy_up"), host)
    assert outcome.status is RunStatus.CANCELLED
    assert host.lines == []


async def test_cancelling_the_task_that_awaits_a_run_cancels_the_run(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    pool = await stage.start(runners=1)
    host = stage.Host()
    running = await stage.begin("tidy_up", host=host)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert host.messages == ["begun", "tidied up"]
    assert pool.status().runners[0].in_flight == 0


async def test_a_run_beside_one_that_had_to_be_killed_is_collateral(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    await stage.start(runners=1, max_runners=1)
    beside = await stage.begin("wait")
    killed = await stage.run("block_in_a_thread", timeout=0.2)
    outcome = await beside
    assert killed.status is RunStatus.TIMED_OUT
    assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, True)
    assert outcome.error.details["collateral"] is True


async def test_the_run_that_blocks_a_runner_is_not_taken_for_collateral(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    await stage.start(runners=1, max_runners=1)
    waiting = await stage.begin("wait", timeout=1.0)
    blocker = asyncio.create_task(stage.run("block"))
    assert (await waiting).status is RunStatus.TIMED_OUT
    outcome = await blocker
    assert (outcome.status, outcome.collateral) == (RunStatus.INTERRUPTED, False)
    assert outcome.error.details["stuckAt"][0].endswith("in block")


async def test_a_spinning_run_is_ended_without_the_run_beside_it(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    await stage.start(runners=1, max_runners=1)
    beside = await stage.begin("wait", {"seconds": 2})
    assert (await stage.run("spin", timeout=0.2)).status is RunStatus.TIMED_OUT
    assert (await beside).result == "waited"


async def test_a_runner_in_which_a_run_was_stopped_by_force_gets_no_more_work(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    pool = await stage.start(runners=1)
    before = pool.status().runners[0].pid
    await stage.run("spin_in_a_thread", timeout=0.2)
    assert (await stage.run("noop")).result != before


async def test_programs_that_a_run_started_end_with_its_runner(stage: Stage) -> None:
    stage.write("workflows/stuck.py", STUCK)
    await stage.start(runners=1)
    host = stage.Host()
    await stage.run("start_a_program", timeout=0.3, host=host)
    await stage.until(lambda: not psutil.pid_exists(int(host.messages[0])))
