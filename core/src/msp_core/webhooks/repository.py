"""Webhooks (partition: organization, row key: webhook) and, apart from them, when each was used last."""

from __future__ import annotations

from collections.abc import AsyncIterator

from msp_core.ids import OrgId
from msp_core.storage import Storage, Stored, TableName
from msp_core.webhooks.models import Webhook, WebhookId, WebhookUse


class WebhookRepository:
    """Reads and writes webhooks."""

    def __init__(self, storage: Storage) -> None:
        self._webhooks = storage.table(TableName.WEBHOOKS, Webhook, large_values=False)
        self._uses = storage.table(TableName.WEBHOOK_USES, WebhookUse, large_values=False)

    async def list_all(self, org_id: OrgId) -> list[Stored[Webhook]]:
        """An organization's webhooks, in the order they were made."""
        return [stored async for stored in self._webhooks.partition(org_id).iter()]

    async def iter_across_organizations(self) -> AsyncIterator[Stored[Webhook]]:
        """Every webhook; for repairs only."""
        async for stored in self._webhooks.iter_across_partitions():
            yield stored

    async def find(self, org_id: OrgId, webhook_id: WebhookId) -> Stored[Webhook] | None:
        """One webhook, or None. One storage operation."""
        return await self._webhooks.partition(org_id).find(webhook_id)

    async def insert(self, webhook: Webhook) -> Stored[Webhook]:
        """Store a new webhook.

        Raises:
            Conflict: It is there.
        """
        return await self._webhooks.partition(webhook.organization_id).insert(webhook.id, webhook)

    async def replace(self, webhook: Webhook, *, etag: str) -> Stored[Webhook]:
        """Change the webhook that was read.

        Raises:
            PreconditionFailed: Somebody changed it first.
            NotFound: Somebody deleted it first.
        """
        return await self._webhooks.partition(webhook.organization_id).replace(webhook.id, webhook, etag=etag)

    async def delete(self, org_id: OrgId, webhook_id: WebhookId, *, etag: str | None = None) -> None:
        """Remove a webhook, then when it was used; fine if there is none."""
        await self._webhooks.partition(org_id).delete(webhook_id, etag=etag)
        await self._uses.partition(org_id).delete(webhook_id)

    async def list_uses(self, org_id: OrgId) -> dict[str, WebhookUse]:
        """When an organization's webhooks were used last, by id."""
        return {stored.row_key: stored.value async for stored in self._uses.partition(org_id).iter()}

    async def find_use(self, org_id: OrgId, webhook_id: WebhookId) -> WebhookUse | None:
        """When a webhook was used last; None if it never was."""
        stored = await self._uses.partition(org_id).find(webhook_id)
        return None if stored is None else stored.value

    async def write_use(self, org_id: OrgId, webhook_id: WebhookId, use: WebhookUse) -> None:
        """Note that a webhook was used."""
        await self._uses.partition(org_id).upsert(webhook_id, use)
