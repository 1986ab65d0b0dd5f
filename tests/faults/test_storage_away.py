"""Storage that goes away under load: honest refusals, no hang, and recovery without a restart."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from tests.faults.load import Load

from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e


def freeze(stack: Stack) -> Callable[[], None]:
    """Stop storage in its tracks: connections stay open and nothing answers. How to thaw it."""
    process = stack.azurite.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    return lambda: process.send_signal(signal.SIGCONT)


def stop(stack: Stack) -> Callable[[], None]:
    """End storage in order: connections are refused. How to start it."""
    stack.azurite.stop()
    return stack.azurite.start


# Up to ten seconds are waited out; whoever asked before that is refused.
@pytest.mark.parametrize(
    ("take_away", "seconds"),
    [
        (freeze, 12),
        pytest.param(stop, 12, marks=pytest.mark.long),
        pytest.param(freeze, 30, marks=pytest.mark.long),
        pytest.param(stop, 30, marks=pytest.mark.long),
    ],
)
def test_under_load_storage_goes_and_comes_back(
    stack: Stack, load: Load, take_away: Callable[[Stack], Callable[[], None]], seconds: float
) -> None:
    pids = {name: process.pid for name, process in stack.processes.items()}
    load.start("marked", 40, seconds=0.2)
    load.start("marked_from_queue", 20, seconds=0.2)
    time.sleep(0.3)
    bring_back = take_away(stack)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            load.start("marked", 2)
            time.sleep(0.5)
    finally:
        bring_back()
    load.answered()
    away = load.account.refusals
    assert away
    assert all(int(seconds) > 0 for seconds in away)
    assert load.account.broken == 0
    assert load.account.slowest_seconds < 12

    after = load.start("marked", 5)
    load.answered()
    executions = load.all_ended()

    assert {executions[key]["status"] for key in after} == {"Success"}
    assert {name: process.pid for name, process in stack.processes.items()} == pids
    for execution_id, key in load.account.acknowledged.items():
        assert executions[key]["executionId"] == execution_id
        assert executions[key]["status"] == "Success", executions[key]["error"]
        assert load.times_run(key) == 1
    assert all(load.times_run(key) <= 1 for key in executions)
