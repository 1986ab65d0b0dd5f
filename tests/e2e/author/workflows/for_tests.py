"""Workflows that the end-to-end tests run."""

import asyncio
import os
from datetime import date, datetime

from msp_automation import FileReference, OrganizationContext, WorkflowError, param, schedule, workflow


@workflow(category="Tests")
@param("times", min=1, max=5)
async def echo(context: OrganizationContext, text: str, times: int = 1) -> dict[str, object]:
    """Answer with the text."""
    context.log.info("Echoing", times=times)
    return {"text": text * times, "organization": context.org.name}


@workflow(category="Tests")
async def slow(context: OrganizationContext, seconds: float) -> str:
    """Report progress while waiting."""
    for step in range(4):
        await context.set_progress(step / 4, f"Step {step + 1}")
        context.log.info("Waiting", step=step)
        await asyncio.sleep(seconds / 4)
    return "done"


@workflow(category="Tests")
def fails(context: OrganizationContext) -> None:
    """Fail in the author's words."""
    raise WorkflowError("The mailbox is on hold", details={"mailbox": "office"})


@workflow(category="Tests")
def crashes(context: OrganizationContext) -> str:
    """Fail in nobody's words."""
    names: dict[str, str] = {}
    return names["missing"]


@workflow(category="Tests")
async def leak(context: OrganizationContext) -> dict[str, object]:
    """Try to get what a workflow must not have."""
    secret = await context.secrets.require("halopsa-client-secret")
    context.log.info(f"The secret is {secret}")
    return {"secret": secret, "environment": dict(os.environ)}


@workflow(category="Tests", execution_mode="async")
async def in_background(context: OrganizationContext) -> str:
    """Run from the queue."""
    return f"ran for {context.org.name}"


@workflow(category="Tests")
@param("choice", data_provider="raises")
def with_bad_provider(context: OrganizationContext, choice: str) -> str:
    """Its option list fails."""
    return choice


@workflow(category="Tests")
def chatty(context: OrganizationContext, lines: int = 12_000) -> dict[str, object]:
    """Log a lot."""
    for number in range(lines):
        if number % 1000 == 999:
            context.log.warning(f"Checked {number + 1} mailboxes", mailbox=f"user{number}")
        else:
            context.log.info(f"Mailbox {number + 1} is well")
    return {"lines": lines, "worst": "user999"}


@workflow(category="Tests", requires_org=False)
@schedule("0 3 1 1 *", name="yearly")
def sweep(context: OrganizationContext, note: str = "nothing") -> dict[str, str]:
    """Run without an organization."""
    return {"note": note}


HOSTILE = "<img src=x onerror=\"document.documentElement.dataset.broken='1'\"><script>alert(1)</script>"


@workflow(category="Tests")
async def hostile(context: OrganizationContext, note: str, fail: bool = False) -> list[dict[str, object]]:
    """Say what would run in a page that takes texts for its own."""
    context.log.warning(f"Log {HOSTILE}", data=HOSTILE)
    await context.set_progress(0.5, f"Progress {HOSTILE}")
    if fail:
        raise WorkflowError(f"Error {HOSTILE}", details={"hint": HOSTILE})
    return [{"note": note, f"Column {HOSTILE}": f"Cell {HOSTILE}", "more": {"nested": HOSTILE}}]


@workflow(category="Tests")
@param("note", max_length=10)
async def takes(  # noqa: PLR0917 - one of each kind of field
    context: OrganizationContext,
    kind: str,
    item: str = "",
    due: datetime | None = None,
    day: date | None = None,
    note: str = "",
    attachment: FileReference | None = None,
) -> dict[str, object]:
    """Answer with what came in."""
    return {
        "kind": kind,
        "item": item,
        "due": due.isoformat() if due else None,
        "day": day.isoformat() if day else None,
        "size": attachment.size_bytes if attachment else 0,
    }
