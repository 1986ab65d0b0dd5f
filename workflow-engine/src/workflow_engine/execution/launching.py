"""Admit: from an authorized request to an execution that runs, or waits in the queue."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from msp_automation.metadata import WorkflowMetadata
from msp_automation.redaction import Redactor
from msp_core.errors import Conflict, Forbidden, Invalid
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.models import Execution, ExecutionSpec, Trigger
from msp_core.executions.service import ExecutionService
from msp_core.files.executions import ExecutionFiles
from msp_core.files.models import Upload
from msp_core.ids import GLOBAL, ExecutionId, FormId
from msp_core.permissions.models import OrgScope, Permission
from workflow_engine.execution.context import RunContexts
from workflow_engine.execution.following import Following
from workflow_engine.execution.live import LiveRun
from workflow_engine.execution.queueing import ExecutionQueue, admit_to_queue, send_or_leave
from workflow_engine.execution.running import Running
from workflow_engine.runners.pool import PreparedRun, Runners

_LONGEST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What somebody asks to be run.

    Args:
        hold_seconds: How long the caller waits for the end.
        files: Uploads that were found to be the caller's, by the parameter that each is for.
        in_background: Through the queue, whatever the workflow's own mode is.
        may_run_by_form: The caller's right comes from a form they may run, not from a permission.
        check: What else must hold; it raises. Not asked again for a request that was accepted before: its own
            run may have changed the answer.
    """

    workflow_name: str
    parameters: Mapping[str, Any]
    hold_seconds: float
    trigger: Trigger = Trigger.API
    form_id: FormId | None = None
    files: Mapping[str, Upload] = field(default_factory=dict)
    may_run_by_form: bool = False
    in_background: bool = False
    ip_address: str | None = None
    idempotency_key: str | None = None
    check: Callable[[], Awaitable[None]] | None = None


class Launching:
    """Starts executions for people whose scope says they may."""

    def __init__(
        self,
        *,
        pool: Runners,
        executions: ExecutionService,
        idempotency: IdempotencyService,
        contexts: RunContexts,
        running: Running,
        following: Following,
        queue: ExecutionQueue,
        owner: str,
        lease: timedelta,
        files: ExecutionFiles,
    ) -> None:
        self._files = files
        self._pool = pool
        self._executions = executions
        self._idempotency = idempotency
        self._contexts = contexts
        self._running = running
        self._following = following
        self._queue = queue
        self._owner = owner
        self._lease = lease

    async def launch(self, scope: OrgScope, request: RunRequest) -> Execution:
        """Run a workflow; the answer has ended unless it took longer than the caller waits.

        The parameters are checked first, by the runner that will run it: a wrong one leaves no record.
        A request with the idempotency key of an earlier one gets that one's execution.

        Raises:
            ValidationError: The SDK's: a parameter is wrong.
            UnknownDeclaration: There is no such workflow.
            Forbidden: The workflow asks for a permission that the caller lacks.
            Unavailable: Storage or the runners are away; nothing was started, or a repeated request with the
                same idempotency key finds what was.
        """
        _check_key(request.idempotency_key)
        prepared = await self._pool.prepare(
            "workflow", request.workflow_name, request.parameters, org_id=scope.org_id
        )
        try:
            workflow = prepared.metadata
            assert isinstance(workflow, WorkflowMetadata)
            _check_access(scope, workflow, request)
            _check_files(workflow, prepared.parameters, request)
            started = await self._admit(scope, request, workflow, prepared)
        except BaseException:
            prepared.release()
            raise
        deadline = time.monotonic() + request.hold_seconds
        if isinstance(started, LiveRun):
            started = await started.wait(timeout_seconds=request.hold_seconds)
        else:
            prepared.release()
        if workflow.execution_mode == "async":
            return started
        # Another attempt, if there is one, comes through the queue; its caller waits for it all the same.
        return await self._following.wait(scope, started, seconds=deadline - time.monotonic())

    async def _admit(
        self, scope: OrgScope, request: RunRequest, workflow: WorkflowMetadata, prepared: PreparedRun
    ) -> LiveRun | Execution:
        """A run of ours that has begun, or an execution that waits, or that an earlier request started."""
        spec = spec_of(request, workflow, prepared.parameters)
        first = await self._claim_key(scope, request, spec.execution_id)
        if first != spec.execution_id:
            found = await self._following.find(scope, first)
            if found is not None:
                return found
            # The first request got no further than its key: this one takes its place, under its id.
            spec = spec.model_copy(update={"execution_id": first})
        if request.check is not None:
            await request.check()
        for upload in request.files.values():
            await self._files.attach(scope.org_id, spec.execution_id, upload)
        try:
            if workflow.execution_mode == "async" or request.in_background:
                return await self.enqueue(scope, spec, prepared.parameters)
            return await self._run_now(scope, spec, prepared)
        except Conflict:
            found = await self._following.find(scope, spec.execution_id)
            if found is None or request.idempotency_key is None:
                raise
            return found

    async def _claim_key(
        self, scope: OrgScope, request: RunRequest, execution_id: ExecutionId
    ) -> ExecutionId:
        if request.idempotency_key is None:
            return execution_id
        return await self._idempotency.claim(
            scope.user.id,
            request.idempotency_key,
            execution_id,
            request_hash=hash_of(scope, request),
        )

    async def _run_now(self, scope: OrgScope, spec: ExecutionSpec, prepared: PreparedRun) -> LiveRun:
        context = await self._contexts.of(scope)
        if spec.retries > 0 and spec.parameters_apart:
            await self._queue.keep_parameters(scope.org_id, spec.execution_id, prepared.parameters)
        execution = await self._executions.start(scope, spec, lease_owner=self._owner, lease=self._lease)
        return self._running.begin(execution, prepared, context)

    async def enqueue(
        self, scope: OrgScope, spec: ExecutionSpec, parameters: Mapping[str, Any], *, is_held: bool = False
    ) -> Execution:
        """Have it run from the queue; see `admit_to_queue`."""
        return await admit_to_queue(self._executions, self._queue, scope, spec, parameters, is_held=is_held)

    async def send(self, execution: Execution) -> None:
        """Have some engine take up an execution that was held back."""
        await send_or_leave(self._queue, execution)


def hash_of(scope: OrgScope, request: RunRequest) -> str:
    """What two requests with one idempotency key must have in common."""
    asked = [scope.org_id, request.workflow_name, request.form_id, request.parameters]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def spec_of(request: RunRequest, workflow: WorkflowMetadata, parameters: Mapping[str, Any]) -> ExecutionSpec:
    """What an execution starts from."""
    shown = Redactor().redact(parameters)
    return ExecutionSpec(
        workflow_name=workflow.name,
        trigger=request.trigger,
        input_data=shown,
        parameters_apart=shown != parameters,
        form_id=request.form_id,
        content_hash=workflow.content_hash,
        timeout_seconds=workflow.timeout_seconds,
        retries=workflow.retries,
        retry_delay_seconds=workflow.retry_delay_seconds,
        ip_address=request.ip_address,
    )


def _check_access(scope: OrgScope, workflow: WorkflowMetadata, request: RunRequest) -> None:
    if workflow.requires_org and scope.org_id == GLOBAL:
        raise Invalid.field(
            "X-Organization-Id", f"is missing: the workflow {workflow.name} works for one organization."
        )
    if request.may_run_by_form:
        return
    if not scope.has(Permission(workflow.required_permission)):
        raise Forbidden(
            f"The workflow {workflow.name} asks for the permission {workflow.required_permission}."
        )


def _check_files(workflow: WorkflowMetadata, parameters: Mapping[str, Any], request: RunRequest) -> None:
    for parameter in workflow.parameters:
        is_given = parameter.type == "file" and parameters.get(parameter.name) is not None
        if is_given and parameter.name not in request.files:
            raise Invalid.field(parameter.name, "A file can only be given through a form's file field.")


def _check_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= _LONGEST_KEY and key.isprintable()):
        raise Invalid.field("Idempotency-Key", f"must be 1 to {_LONGEST_KEY} printable characters.")
