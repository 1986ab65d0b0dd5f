"""What other systems and scripts call: events in, and the result of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Security
from fastapi.security import APIKeyHeader
from structlog.contextvars import bind_contextvars

from msp_core.executions.models import Execution, ExecutionStatus, Progress
from msp_core.models import Model
from msp_core.webhooks.admission import event_id
from msp_core.webhooks.errors import WebhookRefused
from msp_core.webhooks.models import Authentication, Proof, Webhook
from msp_http.authentication import ClientAddress
from msp_http.executions import ExecutionErrorAnswer
from msp_http.openapi import never, refusals
from msp_http.rate_limit import RateLimiter
from workflow_engine.dependencies import AnyEngine, Engine
from workflow_engine.webhooks import parse_event

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

_SIGNATURE_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_BODY_SIGNATURE_HEADERS: Final = ("x-signature-256", "x-hub-signature-256")
_BEARER: Final = "bearer "
_EVENT: Final[dict[str, Any]] = {
    "description": "The workflow's parameters, or whatever the sender sends where one parameter takes it all",
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
}

_NOT_LET_IN: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "No such webhook, switched off, from another address, or a wrong key or signature."}
}

_key = APIKeyHeader(
    name="X-Api-Key",
    scheme_name="webhookKey",
    description="The webhook's API key; `Authorization: Bearer` takes it too. Signed requests need none.",
    auto_error=False,
)

OrgPath = Annotated[str, Path(alias="orgId", description="The organization's id (uuid)")]
WebhookPath = Annotated[str, Path(alias="webhookId", description="The webhook's id (uuid)")]
Wait = Annotated[float, Query(ge=0, le=20, description="Seconds to hold the answer until the run has ended")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="With an API key: the same event with the same key is run once, within 24 hours",
    ),
]


class EventAccepted(Model):
    """The execution that an event became; the same one when it comes again."""

    execution_id: str
    status: ExecutionStatus


class WebhookExecution(Model):
    """What became of a webhook's execution."""

    execution_id: str
    workflow_name: str
    status: ExecutionStatus
    result: Any = None
    error: ExecutionErrorAnswer | None = None
    progress: Progress | None = None
    started_at: datetime
    completed_at: datetime | None = None
    duration_ms: int | None = None

    @classmethod
    def of(cls, execution: Execution) -> WebhookExecution:
        """The execution without what is for technicians only."""
        return cls(
            **{name: getattr(execution, name) for name in cls.model_fields if name != "error"},
            error=ExecutionErrorAnswer.of(execution.error, is_client_user=True),
        )


async def _proof(
    request: Request, address: ClientAddress, key: Annotated[str | None, Security(_key)]
) -> Proof:
    """What the request brings; nothing of it is believed yet."""
    headers = request.headers
    authorization = headers.get("authorization", "")
    if key is None and authorization.lower().startswith(_BEARER):
        key = authorization[len(_BEARER) :].strip()
    return Proof(
        body=await request.body(),
        key=key,
        signature={name: headers[name] for name in _SIGNATURE_HEADERS if name in headers},
        body_signature=next((headers[name] for name in _BODY_SIGNATURE_HEADERS if name in headers), None),
        address=address,
    )


Presented = Annotated[Proof, Depends(_proof)]


async def _admitted(org_id: OrgPath, webhook_id: WebhookPath, proof: Presented, engine: AnyEngine) -> Webhook:
    """The webhook that this request may use: checked before anything else is looked at."""
    webhook = await engine.services.webhook_admission.admit(org_id, webhook_id, proof)
    bind_contextvars(org_id=webhook.organization_id, webhook_id=webhook.id)
    return webhook


Admitted = Annotated[Webhook, Depends(_admitted)]


async def _turn(engine: AnyEngine, proof: Presented) -> AsyncIterator[None]:
    """Let in so many at once: in a burst the rest wait here, not for storage until its patience ends.

    A request waits for its turn when its body is there: whoever sends theirs slowly holds nobody up.
    """
    async with engine.services.webhook_turns:
        yield


@router.post(
    "/{orgId}/{webhookId}",
    status_code=202,
    responses={**_NOT_LET_IN, **refusals(409, 413)},
    dependencies=[Depends(_turn)],
    openapi_extra={**never(403, 404, 429), "requestBody": _EVENT},
)
async def receive_event(
    webhook: Admitted,
    proof: Presented,
    engine: AnyEngine,
    idempotency_key: IdempotencyKey = None,
) -> EventAccepted:
    """Store an event and run the webhook's workflow with it in the background.

    Whatever is answered 202 is stored and will be run. Wrong parameters answer 400 by field and leave no
    record; with 503 nothing was accepted, and the event should be sent again.
    """
    event = parse_event(proof.body)
    known_by = event_id(webhook, proof, idempotency_key)
    execution = await engine.services.webhook_runs.accept(webhook, event, known_by, ip_address=proof.address)
    await engine.services.webhook_admission.note_use(webhook)
    return EventAccepted(execution_id=execution.execution_id, status=execution.status)


@router.get("/{orgId}/{webhookId}/executions/{executionId}", responses=_NOT_LET_IN, openapi_extra=never(403))
async def get_webhook_execution(
    *,
    webhook: Admitted,
    execution_id: Annotated[str, Path(alias="executionId", max_length=100)],
    request: Request,
    engine: Engine,
    wait: Wait = 0,
) -> WebhookExecution:
    """Read what became of one of the webhook's own executions; for scripts with an API key."""
    if webhook.authentication is not Authentication.API_KEY:
        raise WebhookRefused("executions are read with an API key only")
    limiter: RateLimiter = request.app.state.rate_limiter
    limiter.admit(f"webhook:{webhook.id}")
    execution = await engine.services.webhook_runs.get(webhook, execution_id, wait_seconds=wait)
    return WebhookExecution.of(execution)
