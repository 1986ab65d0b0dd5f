"""Webhooks and API keys of an organization."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from management_api.auditing import Audit
from management_api.dependencies import Webhooks
from management_api.models.webhooks import (
    WebhookCreate,
    WebhookCreated,
    WebhookRead,
    WebhookRotate,
    WebhookUpdate,
)
from management_api.once import Once
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.errors import NotFound
from msp_http.authentication import PathAdminScope
from msp_http.etags import IfMatch, set_etag
from msp_http.paging import Paging

router = APIRouter(prefix="/api/organizations/{orgId}/webhooks", tags=["webhooks"])

WebhookInPath = Annotated[str, Path(alias="webhookId", description="The webhook's id (uuid)")]


@router.get("")
async def list_webhooks(
    scope: PathAdminScope, webhooks: Webhooks, page: Paging, response: Response
) -> list[WebhookRead]:
    """The organization's webhooks, by name."""
    found = [WebhookRead.of_used(*one) for one in await webhooks.list_all(scope)]
    return page_of(found, page, response, key=_sort_key)


@router.post("", status_code=201, response_model=WebhookCreated)
async def create_webhook(
    *,
    body: WebhookCreate,
    scope: PathAdminScope,
    webhooks: Webhooks,
    audit: Audit,
    once: Once,
    response: Response,
) -> WebhookCreated | Response:
    """Make a webhook; the answer has its key, which is shown this once and never kept.

    The same request again, by its idempotency key, is answered without the key.
    """

    async def create(webhook_id: str) -> WebhookCreated:
        made = await webhooks.create(scope, body, webhook_id=webhook_id)
        stored = made.stored
        await audit.record(scope, "webhook.created", stored.value.id, after=WebhookRead.of_used(stored, None))
        response.headers["Location"] = f"/api/organizations/{scope.org_id}/webhooks/{stored.value.id}"
        set_etag(response, stored.etag)
        return WebhookCreated.with_key(stored, made.key)

    return await once.answer(scope, body, create, keep=_without_key)


@router.get("/{webhookId}")
async def get_webhook(
    webhook_id: WebhookInPath, scope: PathAdminScope, webhooks: Webhooks, response: Response
) -> WebhookRead:
    """One webhook."""
    stored = await webhooks.get(scope, webhook_id)
    set_etag(response, stored.etag)
    return WebhookRead.of_used(stored, await webhooks.find_use(scope, stored.value.id))


@router.patch("/{webhookId}")
async def update_webhook(
    *,
    webhook_id: WebhookInPath,
    body: WebhookUpdate,
    scope: PathAdminScope,
    webhooks: Webhooks,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> WebhookRead:
    """Change a webhook or switch it off, from the next event on."""
    before = await webhooks.get(scope, webhook_id)
    require_version(if_match, before)
    stored = await webhooks.update(scope, webhook_id, body, etag=if_match)
    use = await webhooks.find_use(scope, stored.value.id)
    shown = WebhookRead.of_used(stored, use)
    await audit.record(
        scope, "webhook.updated", stored.value.id, before=WebhookRead.of_used(before, use), after=shown
    )
    set_etag(response, stored.etag)
    return shown


@router.delete("/{webhookId}", status_code=204)
async def delete_webhook(
    webhook_id: WebhookInPath, scope: PathAdminScope, webhooks: Webhooks, audit: Audit, if_match: IfMatch
) -> None:
    """Delete a webhook with its keys, from the next event on; runs that it started go on."""
    try:
        before = await webhooks.get(scope, webhook_id)
    except NotFound:
        return
    require_version(if_match, before)
    await webhooks.delete(scope, webhook_id, etag=if_match)
    await audit.record(scope, "webhook.deleted", before.value.id, before=WebhookRead.of_used(before, None))


@router.post("/{webhookId}/rotate")
async def rotate_webhook(
    *,
    webhook_id: WebhookInPath,
    body: WebhookRotate,
    scope: PathAdminScope,
    webhooks: Webhooks,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> WebhookCreated:
    """Give a webhook a new key or signing secret, which is shown this once."""
    before = await webhooks.get(scope, webhook_id)
    require_version(if_match, before)
    made = await webhooks.rotate(scope, webhook_id, overlap_seconds=body.overlap_seconds, etag=if_match)
    stored = made.stored
    use = await webhooks.find_use(scope, stored.value.id)
    await audit.record(
        scope,
        "webhook.rotated",
        stored.value.id,
        before=WebhookRead.of_used(before, use),
        after=WebhookRead.of_used(stored, use),
    )
    set_etag(response, stored.etag)
    return WebhookCreated.with_key(stored, made.key, use)


def _without_key(made: WebhookCreated) -> WebhookCreated:
    return made.model_copy(update={"key": None})


def _sort_key(webhook: WebhookRead) -> str:
    return f"{webhook.name.casefold()}\0{webhook.id}"
