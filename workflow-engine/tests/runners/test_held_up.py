"""A machine that is overloaded: what is late is not lost, not begun twice, and not killed."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import uvloop

from workflow_engine.runners.models import RunStatus

Stage = Any  # defined in conftest.py, which tests cannot import

WORK = """
@workflow
async def marked(context: OrganizationContext, file: str, seconds: float = 0.3) -> int:
    with open(file, "a") as marks:
        marks.write("begun ")
    await asyncio.sleep(seconds)
    return os.getpid()

@workflow
async def block(context: OrganizationContext, seconds: float) -> None:
    context.log.info("blocking")
    time.sleep(seconds)

@workflow
async def obeys(context: OrganizationContext) -> None:
    context.log.info("waiting")
    await asyncio.sleep(60)
"""


def hold_up(seconds: float) -> None:
    """Have the engine do nothing at all for so long, from when its loop next looks what has arrived.

    At that place of all: what arrives meanwhile is not read before the loop looks at what is due.
    """
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()

    def stall() -> None:
        loop.remove_reader(ours)
        ours.close()
        theirs.close()
        time.sleep(seconds)

    loop.add_reader(ours, stall)
    theirs.send(b"x")


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_run_that_has_begun_is_not_given_away_by_an_engine_that_was_held_up(
    stage_type: type[Any], tmp_path: Path, loop_factory: Any
) -> None:
    async def run() -> None:
        stage = stage_type(tmp_path / "engine")
        stage.write("workflows/work.py", WORK)
        await stage.start(runners=2)
        marks = tmp_path / "marks"
        prepared = await stage.pools[-1].prepare("workflow", "marked", {"file": str(marks)})
        running = asyncio.create_task(prepared.run(stage.snapshot("marked"), stage.Host()))
        await asyncio.sleep(0)
        hold_up(1.2)
        outcome = await running
        await stage.close()
        assert outcome.status is RunStatus.SUCCESS
        assert marks.read_text() == "begun "

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(run())


def test_a_runner_whose_run_has_obeyed_is_not_killed_by_an_engine_that_was_held_up(
    stage_type: type[Any], tmp_path: Path
) -> None:
    async def run() -> None:
        stage = stage_type(tmp_path / "engine")
        stage.write("workflows/work.py", WORK)
        pool = await stage.start(runners=1, ping_seconds=5.0)
        (runner,) = pool.status().runners
        parameters = {"file": str(tmp_path / "marks"), "seconds": 3}
        beside = asyncio.create_task(stage.run("marked", parameters))
        host = stage.Host()
        prepared = await pool.prepare("workflow", "obeys", {})
        running = asyncio.create_task(prepared.run(stage.snapshot("obeys"), host))
        await stage.until(lambda: host.lines)
        prepared.cancel()
        await asyncio.sleep(0)
        hold_up(1.3)
        assert (await running).status is RunStatus.CANCELLED
        assert (await beside).result == runner.pid
        await stage.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def test_a_run_waits_for_a_runner_that_takes_long_to_come_to_it(stage: Stage, tmp_path: Path) -> None:
    stage.write("workflows/work.py", WORK)
    pool = await stage.start(runners=1, max_runners=1, prepare_seconds=0.4)
    promised = await pool.prepare("workflow", "marked", {"file": str(tmp_path / "marks")})
    blocked = await stage.begin("block", {"seconds": 2.5})
    outcome = await promised.run(stage.snapshot("marked"), stage.Host())
    assert outcome.status is RunStatus.SUCCESS
    assert (tmp_path / "marks").read_text() == "begun "
    await blocked


async def test_a_run_that_no_runner_begins_says_that_it_never_began(stage: Stage, tmp_path: Path) -> None:
    stage.write("workflows/work.py", WORK)
    pool = await stage.start(runners=1, max_runners=1, prepare_seconds=0.4, start_seconds=0.5)
    promised = await pool.prepare("workflow", "marked", {"file": str(tmp_path / "marks")})
    blocked = await stage.begin("block", {"seconds": 3})
    outcome = await promised.run(stage.snapshot("marked"), stage.Host())
    assert (outcome.status, outcome.collateral, outcome.has_begun) == (RunStatus.INTERRUPTED, True, False)
    assert (await blocked).status is RunStatus.SUCCESS
    # Nothing is reserved any more for what was given up.
    await stage.until(lambda: [runner.in_flight for runner in pool.status().runners] == [0])
    assert not (tmp_path / "marks").exists()
