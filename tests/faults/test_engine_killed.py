"""An engine that is killed in the middle of its work loses nothing and leaves nothing running."""

from __future__ import annotations

import psutil
import pytest
from tests.faults.load import Load, wait_until

from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(400)])])
def test_killed_with_50_runs_in_flight_every_execution_ends_and_none_runs_twice(
    stack: Stack, load: Load, rounds: int
) -> None:
    once: list[str] = []
    repeatable: list[str] = []
    for _ in range(rounds):
        # Those that may be repeated go first, so that some of them are in hand when the engine dies.
        again = load.start("repeatable_from_queue", 10, seconds=2)
        load.wait_for_marks(again, 4)
        held = load.start("marked", 25, seconds=2)
        queued = load.start("marked_from_queue", 15, seconds=0.5)
        load.wait_for_marks(held, 15)
        runners = psutil.Process(stack.processes["engine"].pid).children(recursive=True)
        stack.restart("engine", kill=True)
        load.answered()
        wait_until(lambda gone=runners: not any(map(is_alive, gone)), timeout_seconds=5)  # type: ignore[misc]
        once += held + queued
        repeatable += again

    executions = load.all_ended()

    found = {one["executionId"] for one in executions.values()}
    assert not set(load.account.acknowledged) - found
    assert {one["status"] for one in executions.values()} <= {"Success", "Failed"}
    assert {one["error"]["type"] for one in executions.values() if one["error"]} <= {"Interrupted"}
    for key in once:
        assert load.times_run(key) <= 1, key
        if key in executions and executions[key]["status"] == "Success":
            assert load.times_run(key) == 1
    for key in repeatable:
        assert executions[key]["status"] == "Success", executions[key]
        assert load.times_run(key) >= 1
    assert any(load.times_run(key) > 1 for key in repeatable)


def is_alive(process: psutil.Process) -> bool:
    """Whether the process still does something."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
