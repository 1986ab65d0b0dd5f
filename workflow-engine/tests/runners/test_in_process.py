"""The pool for debugging: the same interface, in this process."""

import asyncio
import os
from typing import Any

import pytest

from msp_automation.errors import ValidationError
from workflow_engine.runners.in_process import InProcessPool
from workflow_engine.runners.pool import PoolSettings, RunnerPool, Runners, RunStatus, UnknownDeclaration

Stage = Any  # defined in conftest.py, which tests cannot import

WORK = """
@workflow
async def where(context: OrganizationContext, number: int = 1) -> dict:
    context.log.info("here")
    return {"pid": os.getpid(), "number": number, "secret": await context.secrets.get("api-key")}

@workflow
async def wait(context: OrganizationContext) -> None:
    context.log.info("waiting")
    await asyncio.sleep(60)

@workflow
async def fail(context: OrganizationContext) -> None:
    raise WorkflowError("No.", details={"seats": 0})
"""


async def start(stage: Stage, *, watch: bool = False) -> InProcessPool:
    stage.write("workflows/work.py", WORK)
    pool = InProcessPool(stage.root, PoolSettings(watch=watch))
    stage.pools.append(pool)
    await pool.start()
    return pool


async def test_author_code_runs_in_this_process_where_breakpoints_hold(stage: Stage) -> None:
    await start(stage)
    host = stage.Host({"api-key": "abcdef"})
    outcome = await stage.run("where", {"number": "7"}, host=host)
    assert outcome.result["pid"] == os.getpid()
    assert outcome.result["number"] == 7
    assert host.messages == ["here"]


async def test_it_refuses_and_fails_like_the_pool_of_processes(stage: Stage) -> None:
    pool = await start(stage)
    with pytest.raises(ValidationError):
        await pool.prepare("workflow", "where", {"number": "x"})
    with pytest.raises(UnknownDeclaration):
        await pool.prepare("provider", "where", {})
    outcome = await stage.run("fail")
    assert (outcome.status, outcome.error.type) == (RunStatus.FAILED, "WorkflowError")
    assert outcome.error.details == {"seats": 0}


async def test_limits_and_cancels_hold(stage: Stage) -> None:
    pool = await start(stage)
    assert (await stage.run("wait", timeout=0.1)).status is RunStatus.TIMED_OUT
    prepared = await pool.prepare("workflow", "wait", {})
    host = stage.Host()
    running = asyncio.create_task(prepared.run(stage.snapshot("wait"), host))
    await stage.until(lambda: host.lines)
    assert pool.status().runners[0].in_flight == 1
    prepared.cancel()
    assert (await running).status is RunStatus.CANCELLED


async def test_a_saved_file_is_imported_again(stage: Stage) -> None:
    pool = await start(stage, watch=True)
    stage.write(
        "workflows/work.py",
        WORK + "\n@workflow\nasync def more(context: OrganizationContext) -> int:\n    return 2\n",
    )
    await stage.until(lambda: len(pool.catalog.workflows) == 4)
    assert (await stage.run("more")).result == 2


def test_both_pools_have_one_interface(stage: Stage) -> None:
    pools: list[Runners] = [
        RunnerPool(stage.root, PoolSettings()),
        InProcessPool(stage.root, PoolSettings()),
    ]
    assert [pool.catalog.workflows for pool in pools] == [[], []]
