"""Workflows that leave what they are given in every place a record has."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

from msp_automation import OrganizationContext, WorkflowError, schedule, workflow


@workflow(category="Tests")
@schedule("0 0 1 1 *", name="yearly")
@schedule("0 0 1 * *", name="monthly")
async def keep(context: OrganizationContext, note: str = "") -> dict[str, Any]:
    """Leave the note wherever a run leaves anything; and a secret, which must not stay."""
    secret = await context.secrets.require("shared-secret")
    context.log.info(f"log {note} {secret}", note=note, given=secret)
    context.variables["note"] = note
    context.variables["long"] = [note] * 5_000
    await context.save_checkpoint("note", {"note": note})
    await context.set_progress(0.5, note)
    saved = await context.save_file(f"{note}.txt", note)
    return {
        "saved": saved,
        "note": note,
        "config": context.config.get("shared.value"),
        "given": f"it was {secret}",
    }


@workflow(category="Tests")
async def fail(context: OrganizationContext, note: str = "") -> None:
    """Leave the note in an error."""
    raise WorkflowError(f"failed with {note}", details={"note": note})


@workflow(category="Tests", timeout_seconds=600)
async def linger(context: OrganizationContext, note: str = "") -> None:
    """Leave the note in the log and stay."""
    context.log.info(note)
    await asyncio.sleep(600)


@workflow(category="Tests", execution_mode="async")
async def queue_up(context: OrganizationContext, note: str = "") -> None:
    """Wait in the queue: nobody takes it up where nobody consumes the queue."""


@workflow(category="Tests")
async def tell(context: OrganizationContext, note: str = "") -> dict[str, Any]:
    """Tell what counts in this organization: values as they are, a secret by its digest."""
    secret = await context.secrets.get("model-secret")
    return {
        "note": note,
        "config": {key: context.config.get(key) for key in ("shared.value", "model.value")},
        "digest": None if secret is None else sha256(secret.encode()).hexdigest(),
    }


@workflow(category="Tests", requires_org=False)
@schedule("0 0 1 1 *")
async def sweep(context: OrganizationContext) -> None:
    """Run without an organization."""
