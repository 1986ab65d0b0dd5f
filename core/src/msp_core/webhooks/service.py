"""Webhooks as an admin works with them: make, change, rotate, delete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from msp_core.forms.service import CatalogSource
from msp_core.ids import GLOBAL, OrgId, new_id, parse_org_id
from msp_core.models import utc_now
from msp_core.permissions.models import OrgScope
from msp_core.storage import SecretVault, Stored
from msp_core.webhooks.credentials import Issued, issue, vault_entry
from msp_core.webhooks.models import (
    MAX_OVERLAP_SECONDS,
    Authentication,
    Credential,
    Webhook,
    WebhookDraft,
    WebhookId,
    WebhookUpdate,
    WebhookUse,
)
from msp_core.webhooks.repository import WebhookRepository

MAX_WEBHOOKS: Final = 500


@dataclass(frozen=True, slots=True)
class WithKey:
    """A webhook, and its key or signing secret the one time that it is shown.

    Args:
        key: None where it was shown before.
    """

    stored: Stored[Webhook]
    key: str | None = field(repr=False)


def parse_webhook_id(text: str) -> WebhookId:
    """A webhook id from outside.

    Raises:
        Invalid: It is no UUID.
    """
    try:
        return WebhookId(parse_org_id(text))
    except Invalid:
        raise Invalid.field("webhookId", "must be a UUID.") from None


class WebhookService:
    """An organization's webhooks; an admin's scope in that organization is asked for throughout."""

    def __init__(
        self,
        webhooks: WebhookRepository,
        vault: SecretVault,
        catalog: CatalogSource,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._webhooks = webhooks
        self._vault = vault
        self._catalog = catalog
        self._now = now

    async def list_all(self, scope: OrgScope) -> list[tuple[Stored[Webhook], WebhookUse | None]]:
        """The organization's webhooks by name, each with its last use."""
        scope.require_admin()
        webhooks, uses = await asyncio.gather(
            self._webhooks.list_all(scope.org_id), self._webhooks.list_uses(scope.org_id)
        )
        ordered = sorted(webhooks, key=lambda one: (one.value.name.casefold(), one.value.id))
        return [(one, uses.get(one.value.id)) for one in ordered]

    async def get(self, scope: OrgScope, webhook_id: str) -> Stored[Webhook]:
        """One webhook.

        Raises:
            NotFound: This organization has none such.
        """
        scope.require_admin()
        stored = await self._webhooks.find(scope.org_id, parse_webhook_id(webhook_id))
        if stored is None:
            raise NotFound("This organization has no such webhook.")
        return stored

    async def find_use(self, scope: OrgScope, webhook_id: WebhookId) -> WebhookUse | None:
        """When a webhook was used last; None if it never was."""
        scope.require_admin()
        return await self._webhooks.find_use(scope.org_id, webhook_id)

    async def create(self, scope: OrgScope, draft: WebhookDraft, *, webhook_id: str | None = None) -> WithKey:
        """Make a webhook with a fresh key or signing secret.

        Args:
            webhook_id: Chosen before, so that a repetition finds what the first attempt made; its key is
                then not shown again, since nobody has it any more.

        Raises:
            Invalid: The workflow is unknown, or has no such parameters.
            Conflict: The organization has as many webhooks as one may have.
        """
        scope.require_admin()
        if scope.org_id == GLOBAL:
            raise Invalid.field("organizationId", "a webhook belongs to one organization.")
        await self._check(draft.workflow_name, draft.parameters, draft.payload_parameter)
        if len(await self._webhooks.list_all(scope.org_id)) >= MAX_WEBHOOKS:
            raise Conflict(f"An organization has at most {MAX_WEBHOOKS} webhooks. Delete one first.")
        now = self._now()
        made_id = WebhookId(new_id()) if webhook_id is None else parse_webhook_id(webhook_id)
        issued = await self._issue(scope.org_id, made_id, draft.authentication)
        webhook = Webhook(
            **{name: getattr(draft, name) for name in WebhookDraft.model_fields},
            id=made_id,
            organization_id=scope.org_id,
            created_at=now,
            created_by=scope.user.id,
            updated_at=now,
            credential=issued.credential,
        )
        try:
            return WithKey(await self._webhooks.insert(webhook), issued.text)
        except Conflict:
            made = await self._webhooks.find(scope.org_id, made_id)
            if made is None:
                raise
            await self._forget(scope.org_id, made_id, issued.credential)
            return WithKey(made, None)

    async def update(
        self, scope: OrgScope, webhook_id: str, update: WebhookUpdate, *, etag: str | None = None
    ) -> Stored[Webhook]:
        """Change a webhook, from the next event on.

        Raises:
            NotFound: This organization has none such.
            Invalid: The workflow is unknown, or has no such parameters.
            PreconditionFailed: Somebody changed it first.
        """
        stored = await self._get_version(scope, webhook_id, etag)
        changed = stored.value.model_copy(update=_changes(update) | {"updated_at": self._now()})
        await self._check(changed.workflow_name, changed.parameters, changed.payload_parameter)
        return await self._webhooks.replace(changed, etag=stored.etag)

    async def rotate(
        self, scope: OrgScope, webhook_id: str, *, overlap_seconds: int = 0, etag: str | None = None
    ) -> WithKey:
        """Give a webhook a new key or signing secret.

        Args:
            overlap_seconds: How long the old one holds beside it, up to a week; 0 ends it at once.

        Raises:
            NotFound: This organization has none such.
            PreconditionFailed: Somebody changed it first.
        """
        if not 0 <= overlap_seconds <= MAX_OVERLAP_SECONDS:
            raise Invalid.field("overlapSeconds", f"must be 0 to {MAX_OVERLAP_SECONDS}.")
        stored = await self._get_version(scope, webhook_id, etag)
        before, now = stored.value, self._now()
        # The vault first: a webhook must never name a secret that is not there.
        issued = await self._issue(scope.org_id, before.id, before.authentication)
        overlaps = overlap_seconds > 0
        changes: dict[str, Any] = {
            "credential": issued.credential,
            "previous": before.credential if overlaps else None,
            "previous_valid_until": now + timedelta(seconds=overlap_seconds) if overlaps else None,
            "updated_at": now,
        }
        try:
            written = await self._webhooks.replace(before.model_copy(update=changes), etag=stored.etag)
        except (PreconditionFailed, NotFound):
            await self._forget(scope.org_id, before.id, issued.credential)
            raise
        await self._forget(scope.org_id, before.id, before.previous, None if overlaps else before.credential)
        return WithKey(written, issued.text)

    async def delete(self, scope: OrgScope, webhook_id: str, *, etag: str | None = None) -> None:
        """Delete a webhook with its keys, from the next event on; fine if there is none.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed it first.
        """
        scope.require_admin()
        parsed = parse_webhook_id(webhook_id)
        stored = await self._webhooks.find(scope.org_id, parsed)
        await self._webhooks.delete(scope.org_id, parsed, etag=etag)
        if stored is not None:
            await self._forget(scope.org_id, parsed, stored.value.credential, stored.value.previous)

    async def _get_version(self, scope: OrgScope, webhook_id: str, etag: str | None) -> Stored[Webhook]:
        stored = await self.get(scope, webhook_id)
        if etag is not None and etag != stored.etag:
            raise PreconditionFailed.changed(stored.etag)
        return stored

    async def _issue(self, org_id: OrgId, webhook_id: WebhookId, authentication: Authentication) -> Issued:
        issued = issue(authentication, self._now())
        if authentication.is_signed:
            await self._vault.set(vault_entry(org_id, webhook_id, issued.credential), issued.text)
        return issued

    async def _forget(self, org_id: OrgId, webhook_id: WebhookId, *credentials: Credential | None) -> None:
        # What a crash leaves behind here, nothing names: the doctor removes it.
        for credential in credentials:
            if credential is not None and credential.key_hash is None:
                await self._vault.delete(vault_entry(org_id, webhook_id, credential))

    async def _check(self, workflow_name: str, fixed: dict[str, Any], payload: str | None) -> None:
        if payload is not None and payload in fixed:
            raise Invalid.field("payloadParameter", "gets the event, so it cannot have a fixed value too.")
        catalog = await self._catalog.get()
        if not catalog.workflows:
            return  # no engine has published what it knows yet
        workflow = next((one for one in catalog.workflows if one.name == workflow_name), None)
        if workflow is None:
            raise Invalid.field("workflowName", f"there is no workflow {workflow_name}.")
        known = {parameter.name for parameter in workflow.parameters}
        if payload is not None and payload not in known:
            raise Invalid.field("payloadParameter", f"{workflow_name} has no parameter {payload}.")
        if unknown := sorted(set(fixed) - known):
            raise Invalid.field("parameters", f"{workflow_name} has no parameter {', '.join(unknown)}.")


def _changes(update: WebhookUpdate) -> dict[str, Any]:
    given = {name: getattr(update, name) for name in update.model_fields_set}
    return {name: value for name, value in given.items() if value is not None or name == "payload_parameter"}
