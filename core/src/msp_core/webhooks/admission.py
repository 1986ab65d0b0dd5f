"""Who may come in at a webhook."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, TypeVar

from msp_core.errors import Invalid, MspError
from msp_core.ids import OrgId, parse_org_id
from msp_core.models import utc_now
from msp_core.storage import SecretVault
from msp_core.webhooks.credentials import is_body_signed, is_key, is_signed, vault_entry
from msp_core.webhooks.errors import WebhookRefused
from msp_core.webhooks.models import Authentication, Credential, Proof, Webhook, WebhookId, WebhookUse
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import parse_webhook_id

T = TypeVar("T")

_MAX_KEPT: Final = 1000
_NOTE_EVERY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class EventId:
    """What an event is known by, so that it is not run twice.

    Args:
        compares: Whether another event under the same id is a mistake to be told, not a repetition.
    """

    text: str
    compares: bool = False


class WebhookAdmission:
    """Checks requests to webhooks, and notes their use.

    The webhook is read for each request, so that what an admin changes counts from the next one on.
    """

    def __init__(
        self,
        webhooks: WebhookRepository,
        vault: SecretVault,
        *,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._webhooks = webhooks
        self._vault = vault
        self._now = now
        self._clock = clock
        self._secrets: OrderedDict[str, str] = OrderedDict()
        self._noted: OrderedDict[str, float] = OrderedDict()

    async def admit(self, org_id: str, webhook_id: str, proof: Proof) -> Webhook:
        """The webhook that a request may use. One storage operation.

        Args:
            org_id: As it came from outside, like `webhook_id`.

        Raises:
            WebhookRefused: There is no such webhook, it is switched off, the address is not allowed, or key
                or signature do not hold: one and the same answer for all of them.
            Unavailable: Storage or the vault is away.
        """
        webhook = await self._find(org_id, webhook_id)
        reason = await self._fault(webhook, proof)
        if webhook is None or reason is not None:
            raise WebhookRefused(reason or "there is no such webhook")
        return webhook

    async def note_use(self, webhook: Webhook) -> None:
        """Remember when it was used last; writes at most once a minute and process."""
        now = self._clock()
        if now - self._noted.get(webhook.id, -_NOTE_EVERY_SECONDS) < _NOTE_EVERY_SECONDS:
            return
        _keep(self._noted, webhook.id, now)
        use = WebhookUse(last_used_at=self._now())
        # The event is accepted: not knowing when must not make its sender send it again.
        with suppress(MspError):
            await self._webhooks.write_use(webhook.organization_id, webhook.id, use)

    async def _find(self, org_id: str, webhook_id: str) -> Webhook | None:
        ids = _parsed(org_id, webhook_id)
        stored = None if ids is None else await self._webhooks.find(*ids)
        return None if stored is None else stored.value

    async def _fault(self, webhook: Webhook | None, proof: Proof) -> str | None:
        # The key is hashed and compared in any case, so that time tells nothing of what there is.
        credentials = () if webhook is None else webhook.credentials_at(self._now())
        has_key = is_key(proof.key, credentials)
        if webhook is None:
            return "there is no such webhook"
        if not webhook.is_active:
            return "the webhook is switched off"
        if not _is_allowed(proof.address, webhook.allowed_addresses):
            return f"the address {proof.address} is not among those allowed"
        if webhook.authentication is Authentication.API_KEY:
            return None if has_key else "the key is missing or wrong"
        holds = await self._holds(webhook, credentials, proof)
        return None if holds else "the signature is missing, wrong or too old"

    async def _holds(self, webhook: Webhook, credentials: tuple[Credential, ...], proof: Proof) -> bool:
        is_whole = webhook.authentication is Authentication.SIGNATURE
        if not (proof.signature if is_whole else proof.body_signature):
            return False  # nothing to check: spares the vault
        for credential in credentials:
            secret = await self._secret(webhook, credential)
            if secret is not None and (is_signed if is_whole else is_body_signed)(proof, secret):
                return True
        return False

    async def _secret(self, webhook: Webhook, credential: Credential) -> str | None:
        # An entry's value never changes, and the webhook's row says which entries count.
        entry = vault_entry(webhook.organization_id, webhook.id, credential)
        secret = self._secrets.get(entry)
        if secret is None:
            secret = await self._vault.get(entry)
            if secret is not None:
                _keep(self._secrets, entry, secret)
        return secret


def event_id(webhook: Webhook, proof: Proof, key: str | None) -> EventId | None:
    """What the event is known by; None where nothing tells one event from another.

    For a signed request only what the signature covers counts: a header that is not signed could be changed
    to have the same event run again.

    Args:
        key: The request's idempotency key.
    """
    if webhook.authentication is Authentication.SIGNATURE:
        return EventId(f"id:{proof.signature['webhook-id']}")
    if webhook.authentication is Authentication.BODY_SIGNATURE:
        return EventId(f"body:{hashlib.sha256(proof.body).hexdigest()}")
    if key is not None:
        return EventId(f"key:{key}", compares=True)
    delivery = proof.signature.get("webhook-id")
    return None if delivery is None else EventId(f"id:{delivery}")


def _parsed(org_id: str, webhook_id: str) -> tuple[OrgId, WebhookId] | None:
    try:
        return parse_org_id(org_id), parse_webhook_id(webhook_id)
    except Invalid:
        return None


def _is_allowed(address: str | None, networks: tuple[str, ...]) -> bool:
    if not networks:
        return True
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in ip_network(network) for network in networks)


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MAX_KEPT:
        kept.popitem(last=False)
