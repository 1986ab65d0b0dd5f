"""Stopping the local stack keeps what it holds; taking one app out of it gives it back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.stack import Stack, StackError, borrow

pytestmark = pytest.mark.e2e
AUTHOR = Path(__file__).parent / "author"


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, Ports.free(), with_client=False, workflows_root=AUTHOR)
    stack.start()
    yield stack
    stack.stop()


def test_after_a_stop_everything_is_still_there_and_nothing_runs(own_stack: Stack) -> None:
    assert seed(own_stack.ports, forms=False)
    with Api(own_stack.ports, demo.TECHNICIAN) as technician:
        technician.use(technician.organization_id(demo.CONTOSO.name))
        run = ok(technician.engine.post("/api/workflows/echo", json={"parameters": {"text": "kept"}}))
    family = psutil.Process().children(recursive=True)
    own_stack.stop()
    assert not [one for one in family if one.is_running() and str(own_stack.data) in " ".join(one.cmdline())]

    own_stack.start()
    assert not seed(own_stack.ports, forms=False)
    with Api(own_stack.ports, demo.TECHNICIAN) as technician:
        technician.use(technician.organization_id(demo.CONTOSO.name))
        kept = ok(technician.management.get(f"/api/executions/{run['executionId']}"))
        assert kept["result"] == {"text": "kept", "organization": "Contoso"}
        again = ok(technician.engine.post("/api/workflows/leak", json={"parameters": {}}))
        assert again["status"] == "Success"


def test_a_debugger_borrows_the_engine_and_gives_it_back(own_stack: Stack) -> None:
    health = f"{own_stack.url('engine')}/api/health"
    watching = threading.Thread(target=_watch, args=(own_stack,), daemon=True)
    watching.start()
    with borrow(own_stack.data, "engine") as (ports, environment):
        assert ports == own_stack.ports
        assert environment["MSP_STORAGE_CONNECTION_STRING"] == own_stack.connection_string
        with pytest.raises(httpx.ConnectError):
            httpx.get(health)
    deadline = time.monotonic() + 20
    while "engine" not in own_stack.processes or not _answers(health):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nothing_is_borrowed_where_no_stack_runs(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="No stack is running"), borrow(tmp_path, "engine"):
        pass


def test_a_port_in_use_is_named(own_stack: Stack, tmp_path: Path) -> None:
    second = Stack(tmp_path / "second", own_stack.ports, with_client=False)
    with pytest.raises(StackError, match=rf"{own_stack.ports.engine} \(engine\)"):
        second.start()


def _watch(stack: Stack) -> None:
    try:
        stack.watch(poll_seconds=0.05)
    except StackError:
        # The test is over and has stopped everything.
        return


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False
