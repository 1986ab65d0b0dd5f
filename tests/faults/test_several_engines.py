"""Several engines on one storage: each queued run is taken up once, whichever of them dies."""

from __future__ import annotations

import pytest
from tests.faults.load import Load

from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.mark.timeout(240)
def test_of_500_queued_runs_each_runs_once_though_one_of_two_engines_is_killed(
    stack: Stack, load: Load
) -> None:
    other = stack.add_engine("engine-2")
    keys = load.start("marked_from_queue", 250, seconds=0.05)
    keys += load.start("marked_from_queue", 250, seconds=0.05, engine=other)
    load.answered()
    load.wait_for_marks(keys, 100)
    stack.restart("engine-2", kill=True)

    executions = load.all_ended(timeout_seconds=120)

    assert load.account.broken == 0
    assert sorted(executions) == sorted(keys)
    interrupted = [key for key in keys if executions[key]["status"] != "Success"]
    assert all(executions[key]["error"]["type"] == "Interrupted" for key in interrupted)
    # No more than one engine has in hand at once; each of those had begun, so nobody may begin it again.
    assert len(interrupted) <= 8
    assert [load.times_run(key) for key in keys if key not in interrupted] == [1] * (500 - len(interrupted))
    assert all(load.times_run(key) <= 1 for key in interrupted)
