"""Workflows that leave a mark each time they begin, so that a test can count how often each ran."""

import asyncio
import os
from pathlib import Path

from msp_automation import OrganizationContext, workflow


def mark(folder: str, job: str) -> None:
    """Add a line to the job's file; a single small write to the end of a file is not torn."""
    descriptor = os.open(Path(folder) / job, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, f"{os.getpid()}\n".encode())
    finally:
        os.close(descriptor)


@workflow(category="Tests", timeout_seconds=60)
async def marked(context: OrganizationContext, folder: str, job: str, seconds: float = 0) -> str:
    """Leave a mark, wait, end."""
    mark(folder, job)
    await asyncio.sleep(seconds)
    return job


@workflow(category="Tests", timeout_seconds=60, execution_mode="async")
async def marked_from_queue(context: OrganizationContext, folder: str, job: str, seconds: float = 0) -> str:
    """The same from the queue."""
    mark(folder, job)
    await asyncio.sleep(seconds)
    return job


@workflow(category="Tests", timeout_seconds=60, execution_mode="async", retries=2)
async def repeatable_from_queue(
    context: OrganizationContext, folder: str, job: str, seconds: float = 0
) -> str:
    """The same where the author allows to begin again."""
    mark(folder, job)
    await asyncio.sleep(seconds)
    return job
