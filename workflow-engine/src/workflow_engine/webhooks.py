"""Events that come in at webhooks: stored, then answered, then run in the background."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from pydantic_core import from_json

from msp_automation.metadata import WorkflowMetadata
from msp_automation.redaction import Redactor
from msp_core.errors import Conflict, Forbidden, Invalid, MspError
from msp_core.executions.errors import no_such_execution
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.models import Execution, ExecutionSpec, Trigger
from msp_core.executions.service import ExecutionService
from msp_core.ids import ExecutionId
from msp_core.permissions.actors import Actor, ActorKind
from msp_core.permissions.models import OrgScope, Permission
from msp_core.permissions.scopes import ScopeResolver
from msp_core.webhooks.admission import EventId
from msp_core.webhooks.errors import WebhookRefused
from msp_core.webhooks.models import Webhook
from workflow_engine.execution.following import Following
from workflow_engine.execution.queueing import ExecutionQueue, admit_to_queue
from workflow_engine.runners.pool import Runners

_log = structlog.get_logger(__name__)

EVENTS_AT_ONCE: Final = 24
"""How many events of a burst are on their way into storage; the others wait their turn."""

_CHECK_SECONDS: Final = 1.0
"""How long a sender waits for its parameters to be checked; then the event is stored unchecked."""


class WebhookRuns:
    """Starts runs for webhooks that were admitted, and shows a webhook its own."""

    def __init__(
        self,
        *,
        pool: Runners,
        scopes: ScopeResolver,
        executions: ExecutionService,
        idempotency: IdempotencyService,
        following: Following,
        queue: ExecutionQueue,
    ) -> None:
        self._pool = pool
        self._scopes = scopes
        self._executions = executions
        self._idempotency = idempotency
        self._following = following
        self._queue = queue

    async def accept(
        self, webhook: Webhook, event: Mapping[str, Any], event_id: EventId | None, *, ip_address: str | None
    ) -> Execution:
        """Store an event as an execution that waits; the same event again is the same execution.

        Parameters are checked first, and wrong ones leave no record. Where they cannot be checked now, since
        the workflow's file is broken or no runner is free, the event is stored all the same: its run waits,
        or fails visibly.

        Args:
            event_id: None where nothing tells one event from another.

        Raises:
            ValidationError: The SDK's: a parameter is wrong.
            WebhookRefused: The organization is no longer active.
            Conflict: Another event came with this idempotency key.
            Unavailable: Storage is away; nothing was accepted.
        """
        workflow = self._find_workflow(webhook.workflow_name)
        scope = await self._scope(webhook, workflow)
        parameters = webhook.parameters_for(event)
        checked = await self._checked(webhook, parameters)
        spec = _spec(webhook, workflow, checked, ip_address)
        if event_id is None:
            return await self._admit(scope, spec, checked)
        request_hash = _hash(webhook, parameters) if event_id.compares else ""
        first = await self._idempotency.claim(
            scope.user.id, _short(event_id.text), spec.execution_id, request_hash=request_hash
        )
        if first != spec.execution_id and (found := await self._following.find(scope, first)) is not None:
            return found
        # Either the first, or the first got no further than its claim: then this one takes its place.
        try:
            return await self._admit(scope, spec.model_copy(update={"execution_id": first}), checked)
        except Conflict:
            found = await self._following.find(scope, first)
            if found is None:
                raise
            return found

    async def get(self, webhook: Webhook, execution_id: str, *, wait_seconds: float) -> Execution:
        """One of the webhook's own executions, when it has ended or after so many seconds.

        Raises:
            NotFound: There is no such execution, or another one started it.
            WebhookRefused: The organization is no longer active.
        """
        scope = await self._scope(webhook, None)
        execution = await self._executions.find(scope.org_id, ExecutionId(execution_id))
        if execution is None or execution.executed_by != scope.user.id:
            raise no_such_execution(ExecutionId(execution_id))
        return await self._following.wait(scope, execution, seconds=wait_seconds)

    def _find_workflow(self, name: str) -> WorkflowMetadata | None:
        return next((one for one in self._pool.catalog.workflows if one.name == name), None)

    async def _scope(self, webhook: Webhook, workflow: WorkflowMetadata | None) -> OrgScope:
        actor = Actor(ActorKind.WEBHOOK, webhook.id, webhook.name)
        needs = Permission.CAN_EXECUTE_WORKFLOWS
        if workflow is not None:
            needs = Permission(workflow.required_permission)
        try:
            return await self._scopes.resolve_actor(actor, webhook.organization_id, needs)
        except Forbidden:
            raise WebhookRefused("the organization is not active") from None

    async def _checked(self, webhook: Webhook, parameters: dict[str, Any]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                prepared = await self._pool.prepare(
                    "workflow", webhook.workflow_name, parameters, org_id=webhook.organization_id
                )
        except (MspError, TimeoutError) as error:
            _log.warning("event_not_checked", webhook_id=webhook.id, reason=str(error) or "no answer in time")
            return parameters
        prepared.release()
        return prepared.parameters

    async def _admit(self, scope: OrgScope, spec: ExecutionSpec, parameters: Mapping[str, Any]) -> Execution:
        return await admit_to_queue(self._executions, self._queue, scope, spec, parameters)


def parse_event(body: bytes) -> dict[str, Any]:
    """A request's body as an event: a JSON object, or nothing at all.

    Raises:
        Invalid: It is anything else.
    """
    if not body.strip():
        return {}
    event = None
    with suppress(ValueError):
        event = from_json(body, allow_inf_nan=False)
    if not isinstance(event, dict):
        raise Invalid.field("body", "must be a JSON object, of at most 200 levels.")
    return event


def _spec(
    webhook: Webhook,
    workflow: WorkflowMetadata | None,
    parameters: Mapping[str, Any],
    ip_address: str | None,
) -> ExecutionSpec:
    shown = Redactor().redact(parameters)
    spec = ExecutionSpec(
        workflow_name=webhook.workflow_name,
        trigger=Trigger.WEBHOOK,
        input_data=shown,
        parameters_apart=shown != parameters,
        ip_address=ip_address,
    )
    if workflow is None:
        return spec
    return spec.model_copy(
        update={
            "content_hash": workflow.content_hash,
            "timeout_seconds": workflow.timeout_seconds,
            "retries": workflow.retries,
            "retry_delay_seconds": workflow.retry_delay_seconds,
        }
    )


def _hash(webhook: Webhook, parameters: Mapping[str, Any]) -> str:
    asked = json.dumps([webhook.workflow_name, parameters], sort_keys=True)
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


def _short(event_id: str) -> str:
    # Keys are at most 255 characters; senders may call their events anything.
    return hashlib.sha256(event_id.encode("utf-8", "surrogatepass")).hexdigest()
