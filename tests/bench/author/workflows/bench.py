"""Workflows that the bench runs."""

import asyncio
import time

from msp_automation import OrganizationContext, workflow


@workflow(category="Bench")
async def no_op(context: OrganizationContext) -> None:
    """Do nothing."""


@workflow(category="Bench", execution_mode="async")
async def no_op_queued(context: OrganizationContext) -> None:
    """Do nothing, when its turn comes."""


@workflow(category="Bench")
async def wait_one_second(context: OrganizationContext) -> None:
    """Wait without blocking."""
    await asyncio.sleep(1)


@workflow(category="Bench", timeout_seconds=8)
async def spin(context: OrganizationContext) -> None:
    """Never give the processor back."""
    while True:
        pass


@workflow(category="Bench", timeout_seconds=8)
async def block(context: OrganizationContext) -> None:
    """Block the loop."""
    time.sleep(60)  # noqa: ASYNC251 - the mistake that the bench is about


@workflow(category="Bench")
async def chatty(context: OrganizationContext, lines: int) -> None:
    """Log a lot."""
    for number in range(lines):
        if number % 100 == 99:
            context.log.warning(f"Checked {number + 1} mailboxes", mailbox=f"user{number}")
        else:
            context.log.info(f"Mailbox {number + 1} is well")
