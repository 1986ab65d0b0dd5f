"""Webhooks against what they name, and what is left of webhooks that are gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.references import CatalogSource
from msp_core.doctor.rows import keys_of, place, readable_rows, remove_derived
from msp_core.errors import Invalid
from msp_core.ids import OrgId, parse_org_id
from msp_core.storage import Storage, TableName
from msp_core.webhooks.credentials import VAULT_PREFIX, vault_entry
from msp_core.webhooks.models import Webhook


class WebhookReferences:
    """Webhooks whose organization or workflow is gone, and notes of use without their webhook."""

    name = "webhooks"

    def __init__(self, storage: Storage, catalog: CatalogSource) -> None:
        self._webhooks = storage.table(TableName.WEBHOOKS, Webhook, large_values=False)
        self._uses = keys_of(storage, TableName.WEBHOOK_USES)
        self._organizations = keys_of(storage, TableName.ORGANIZATIONS).partition("ORG")
        self._catalog = catalog

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Every webhook, then every note of use."""
        async for row in readable_rows(self._webhooks):
            if isinstance(row, Suspect):
                yield row
            elif await self._missing(row.value):
                where = place(self._webhooks.name, row.partition_key, row.row_key)
                yield Suspect(where, partial(self._look_again, where, row.partition_key, row.row_key))
        async for use in self._uses.iter_across_partitions():
            if await self._webhooks.partition(use.partition_key).find(use.row_key) is None:
                where = place(self._uses.name, use.partition_key, use.row_key)
                yield Suspect(where, partial(self._look_at_use, where, use.partition_key, use.row_key))

    async def _look_again(self, where: str, org_id: str, webhook_id: str) -> Diagnosis | None:
        stored = await self._webhooks.partition(org_id).find(webhook_id)
        missing = None if stored is None else await self._missing(stored.value)
        if missing is None:
            return None
        return diagnosis(
            FindingKind.REFERENCE_DANGLING,
            where,
            f"The webhook names {missing}.",
            "Nothing: a webhook is the authority. Bring back what it names, or change or delete the webhook: "
            f"DELETE /api/organizations/{org_id}/webhooks/{webhook_id}.",
        )

    async def _missing(self, webhook: Webhook) -> str | None:
        if await self._organizations.find(webhook.organization_id) is None:
            return "an organization that is not there, so nobody is let in at it"
        workflows = {one.name for one in (await self._catalog.get()).workflows}
        if workflows and webhook.workflow_name not in workflows:
            return f"the workflow {webhook.workflow_name}, which the engine does not know: its events fail"
        return None

    async def _look_at_use(self, where: str, org_id: str, webhook_id: str) -> Diagnosis | None:
        use = await self._uses.partition(org_id).find(webhook_id)
        if use is None or await self._webhooks.partition(org_id).find(webhook_id) is not None:
            return None
        return diagnosis(
            FindingKind.LEFT_OF_WEBHOOK,
            where,
            "When a webhook was used last; the webhook was deleted.",
            "Remove it.",
            partial(remove_derived, self._uses.partition(org_id), use),
        )


class WebhookSecrets:
    """Signing secrets against the vault, both ways; values are never read."""

    name = "signing secrets of webhooks"

    def __init__(self, storage: Storage) -> None:
        self._vault = storage.vault
        self._webhooks = storage.table(TableName.WEBHOOKS, Webhook, large_values=False)

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Every signing secret that a webhook names, then every one that lies in the vault."""
        in_vault = frozenset(await self._vault.list_names(VAULT_PREFIX))
        async for row in readable_rows(self._webhooks):
            if isinstance(row, Suspect):
                continue  # found by the check of references
            if self._lacks(row.value, in_vault):
                where = place(self._webhooks.name, row.partition_key, row.row_key)
                yield Suspect(where, partial(self._look_at_webhook, where, row.partition_key, row.row_key))
        for entry in sorted(in_vault):
            if not await self._is_named(entry):
                yield Suspect(f"vault: {entry}", partial(self._look_at_entry, entry))

    async def _look_at_webhook(self, where: str, org_id: str, webhook_id: str) -> Diagnosis | None:
        in_vault = frozenset(await self._vault.list_names(VAULT_PREFIX))
        stored = await self._webhooks.partition(org_id).find(webhook_id)
        if stored is None or not self._lacks(stored.value, in_vault):
            return None
        return diagnosis(
            FindingKind.SECRET_MISSING,
            where,
            "The webhook's signing secret is not in the vault, so no event is let in.",
            "Nothing: nobody knows the value. Rotate it and give the sender the new one: "
            f"POST /api/organizations/{org_id}/webhooks/{webhook_id}/rotate.",
        )

    async def _look_at_entry(self, entry: str) -> Diagnosis | None:
        if await self._is_named(entry) or entry not in await self._vault.list_names(VAULT_PREFIX):
            return None
        return diagnosis(
            FindingKind.LEFT_OF_WEBHOOK,
            f"vault: {entry}",
            "A signing secret that no webhook uses: what a crash left behind.",
            "Delete it.",
            partial(self._remove, entry),
        )

    async def _remove(self, entry: str) -> bool:
        # An entry's name is used once, so what nobody names now, nobody will name.
        if await self._is_named(entry):
            return False
        await self._vault.delete(entry)
        return True

    def _lacks(self, webhook: Webhook, in_vault: frozenset[str]) -> bool:
        if not webhook.authentication.is_signed:
            return False
        return vault_entry(webhook.organization_id, webhook.id, webhook.credential) not in in_vault

    async def _is_named(self, entry: str) -> bool:
        org_id, _, rest = entry.removeprefix(VAULT_PREFIX).partition("--")
        stored = await self._webhooks.partition(_org(org_id)).find(rest.partition("--")[0] or "none")
        if stored is None:
            return False
        # One that was rotated out stays with its webhook, useless, until the next rotation.
        named = (stored.value.credential, stored.value.previous)
        return entry in {
            vault_entry(stored.value.organization_id, stored.value.id, one)
            for one in named
            if one is not None
        }


def _org(text: str) -> OrgId:
    try:
        return parse_org_id(text)
    except Invalid:
        return OrgId("none")
