"""A run has its time limit, unless somebody steps through it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from msp_automation.debugger import is_attached, wait_at_most


@pytest.fixture
def tracing() -> Iterator[None]:
    """A debugger of the plainest kind: a trace function, as bdb sets one."""
    before = sys.gettrace()

    def trace(*_: Any) -> None:
        return None

    sys.settrace(trace)
    yield
    sys.settrace(before)


async def test_without_a_debugger_the_limit_holds() -> None:
    assert not is_attached()
    task = asyncio.create_task(asyncio.sleep(30))
    assert not await wait_at_most(task, 0.01)
    task.cancel()
    assert await wait_at_most(asyncio.create_task(asyncio.sleep(0)), 5)


async def test_under_a_debugger_there_is_no_limit(tracing: None) -> None:
    assert is_attached()
    assert await wait_at_most(asyncio.create_task(asyncio.sleep(0.05)), 0.001)


async def test_no_limit_is_no_limit() -> None:
    assert await wait_at_most(asyncio.create_task(asyncio.sleep(0.05)), None)
