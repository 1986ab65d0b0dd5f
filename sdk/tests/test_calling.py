"""Running an author's function, in the loop or in a thread, and stopping it."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from msp_automation import ConfigurationError, OrganizationContext, definition_of, workflow
from msp_automation.context import running_context


async def test_an_async_function_runs_in_the_loop_and_a_plain_one_in_a_thread() -> None:
    @workflow
    async def in_loop(context: OrganizationContext) -> int:
        return threading.get_ident()

    @workflow
    def in_thread(context: OrganizationContext) -> int:
        return threading.get_ident()

    context = OrganizationContext.for_testing()
    assert await definition_of(in_loop).call(context, {}) == threading.get_ident()
    assert await definition_of(in_thread).call(context, {}) != threading.get_ident()
    with pytest.raises(LookupError):
        running_context.get()


async def test_plain_functions_do_not_wait_for_each_other() -> None:
    meeting = threading.Barrier(50, timeout=5)

    @workflow
    def meets(context: OrganizationContext) -> int:
        return meeting.wait()

    calls = (definition_of(meets).call(OrganizationContext.for_testing(), {}) for _ in range(50))
    assert sorted(await asyncio.gather(*calls)) == list(range(50))


@pytest.mark.parametrize("error", [ValueError("x"), StopIteration(3), SystemExit(2)])
async def test_what_a_plain_function_raises_reaches_the_caller(error: BaseException) -> None:
    @workflow
    def raises(context: OrganizationContext) -> None:
        raise error

    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    with pytest.raises(expected):
        await definition_of(raises).call(OrganizationContext.for_testing(), {})


async def test_a_plain_function_may_wait_for_coroutines() -> None:
    @workflow
    def reads(context: OrganizationContext) -> Any:
        return context.wait(context.secrets.get("x"))

    context = OrganizationContext.for_testing(secrets={"x": "value"})
    assert await definition_of(reads).call(context, {}) == "value"


async def test_a_plain_function_that_returns_a_coroutine_is_awaited() -> None:
    async def inner() -> int:
        return 7

    @workflow
    def hands_on(context: OrganizationContext) -> Any:
        return inner()

    assert await definition_of(hands_on).call(OrganizationContext.for_testing(), {}) == 7


async def cancel_when_started(started: threading.Event, task: asyncio.Task[Any]) -> None:
    assert await asyncio.to_thread(started.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelling_ends_a_plain_function_that_never_returns() -> None:
    started, ended = threading.Event(), threading.Event()

    @workflow
    def spins(context: OrganizationContext) -> None:
        try:
            started.set()
            while True:
                pass
        finally:
            ended.set()

    task = asyncio.create_task(definition_of(spins).call(OrganizationContext.for_testing(), {}))
    await cancel_when_started(started, task)
    assert ended.is_set()


async def test_cancelling_ends_a_plain_function_that_waits_for_a_coroutine() -> None:
    started = threading.Event()

    async def forever() -> None:
        started.set()
        await asyncio.sleep(5)

    @workflow
    def waits(context: OrganizationContext) -> None:
        context.wait(forever())

    task = asyncio.create_task(definition_of(waits).call(OrganizationContext.for_testing(), {}))
    began = time.monotonic()
    await cancel_when_started(started, task)
    assert time.monotonic() - began < 2


async def test_a_second_cancel_gives_up_a_thread_that_cannot_be_interrupted() -> None:
    started, release = threading.Event(), threading.Event()

    @workflow
    def sleeps(context: OrganizationContext) -> None:
        started.set()
        release.wait(5)

    task = asyncio.create_task(definition_of(sleeps).call(OrganizationContext.for_testing(), {}))
    assert await asyncio.to_thread(started.wait, 5)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 1
    release.set()


async def test_threads_cancelled_at_any_moment_always_hand_over() -> None:
    @workflow
    def quick(context: OrganizationContext) -> int:
        return sum(range(200))

    async def one(number: int) -> None:
        task = asyncio.create_task(definition_of(quick).call(OrganizationContext.for_testing(), {}))
        for _ in range(number % 5):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    await asyncio.wait_for(asyncio.gather(*(one(number) for number in range(200))), 20)


async def test_a_workflow_that_needs_an_organization_is_not_called_without() -> None:
    called: list[bool] = []

    @workflow
    async def needs(context: OrganizationContext) -> None:
        called.append(True)

    @workflow(requires_org=False)
    async def needs_none(context: OrganizationContext) -> None:
        called.append(False)

    with pytest.raises(ConfigurationError):
        await definition_of(needs).call(OrganizationContext.for_testing(org=None), {})
    await definition_of(needs_none).call(OrganizationContext.for_testing(org=None), {})
    assert called == [False]
