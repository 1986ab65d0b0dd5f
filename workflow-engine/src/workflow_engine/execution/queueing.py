"""The queue of admitted executions, and the parameters that wait with them."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any, Final

import structlog

from msp_core.errors import MspError, NotFound
from msp_core.executions.models import Execution, ExecutionSpec
from msp_core.executions.service import ExecutionService
from msp_core.ids import ExecutionId, OrgId
from msp_core.models import utc_now
from msp_core.permissions.models import OrgScope
from msp_core.storage import BlobContainer, Queue, Storage

_log = structlog.get_logger(__name__)

QUEUE_NAME: Final = "executions"
POISON_QUEUE_NAME: Final = "executions-poison"


class ExecutionQueue:
    """Messages name an execution; everything else is in its record.

    The record holds the parameters redacted. Where redaction took something away, the parameters as they
    were given wait in a blob that only the engine reads, and that is deleted when the run has ended.

    `sent` is set when this engine has sent a message, so that its own pump need not wait for its next round.
    """

    def __init__(self, storage: Storage) -> None:
        self.sent = asyncio.Event()
        self._queue: Queue = storage.queue(QUEUE_NAME)
        self._parameters: BlobContainer = storage.blobs("execution-data")

    async def send(self, execution: Execution) -> None:
        """Have some engine take the execution up; one that waits for another attempt at its time."""
        due = execution.next_attempt_at
        delay = 0.0 if due is None else (due - utc_now()).total_seconds()
        await self._queue.send(
            {"executionId": execution.execution_id, "orgId": execution.organization_id},
            delay_seconds=max(0, math.ceil(delay)),
        )
        self.sent.set()

    async def keep_parameters(
        self, org_id: OrgId, execution_id: ExecutionId, parameters: Mapping[str, Any]
    ) -> None:
        """Keep them beside a record that does not show everything: one with `parameters_apart`."""
        await self._parameters.write(_path(org_id, execution_id), json.dumps(parameters).encode())

    async def read_parameters(self, execution: Execution) -> dict[str, Any]:
        """The parameters as they were given.

        Raises:
            NotFound: They are gone.
        """
        if not execution.parameters_apart:
            return execution.input_data
        content = await self._parameters.find(_path(execution.organization_id, execution.execution_id))
        if content is None:
            raise NotFound("The parameters that waited for this run are gone. Start it again.")
        return dict(json.loads(content))

    async def forget_parameters(self, execution: Execution) -> None:
        """Delete them; fine if there are none."""
        if execution.parameters_apart:
            await self._parameters.delete(_path(execution.organization_id, execution.execution_id))


async def admit_to_queue(
    executions: ExecutionService,
    queue: ExecutionQueue,
    scope: OrgScope,
    spec: ExecutionSpec,
    parameters: Mapping[str, Any],
    *,
    is_held: bool = False,
) -> Execution:
    """Record an execution that waits, then send its message: record first, so nothing accepted can vanish.

    Args:
        parameters: As the runner gave them back; the record shows them redacted.
        is_held: It waits for another run, and is sent when that has ended.

    Raises:
        Conflict: There is an execution with this id.
        Unavailable: Storage is away; nothing was accepted.
    """
    if spec.parameters_apart:
        await queue.keep_parameters(scope.org_id, spec.execution_id, parameters)
    execution = await executions.admit(scope, spec, is_held=is_held)
    if not is_held:
        await send_or_leave(queue, execution)
    return execution


async def send_or_leave(queue: ExecutionQueue, execution: Execution) -> None:
    """Have some engine take up an execution that is recorded; the reaper does if this cannot."""
    try:
        await queue.send(execution)
    except MspError as error:
        # The record stands, and the reaper sends the message of a record that nobody took up.
        _log.warning("message_not_sent", execution_id=execution.execution_id, reason=error.message)


def _path(org_id: OrgId, execution_id: ExecutionId) -> str:
    return f"{org_id}/{execution_id}/parameters"
