"""Keys and signing secrets: how they are made, kept and compared."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, WebhookVerificationError
from standardwebhooks.webhooks import Webhook as StandardWebhook

from msp_core.ids import OrgId
from msp_core.webhooks.models import Authentication, Credential, Proof, WebhookId

KEY_PREFIX: Final = "mspk_"
"""Begins every API key, so that scanners of code and logs know one: `mspk_[0-9a-f]{64}`."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what Standard Webhooks begins secrets with
VAULT_PREFIX: Final = "WEBHOOK--"
"""Begins the vault's entries of signing secrets. No organization's names begin so: no run can ask for one."""

_BYTES: Final = 32
_HINT_CHARACTERS: Final = 4
_NO_HASH: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh credential, and the text that is shown once."""

    credential: Credential
    text: str = field(repr=False)


def issue(authentication: Authentication, now: datetime) -> Issued:
    """A fresh key or signing secret of 256 random bits.

    A key is stored as its plain SHA-256: slow hashes are there for secrets that people choose; 256 random
    bits cannot be guessed from a hash.

    Source: NIST SP 800-63B, 5.1.2.2: look-up secrets of at least 112 bits need no salt or slow hash.
    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: a
        signing secret has 24 to 64 bytes.
    """
    credential_id = secrets.token_hex(8)
    if authentication is Authentication.API_KEY:
        text = KEY_PREFIX + secrets.token_hex(_BYTES)
        key_hash = hash_key(text)
    else:
        text = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
        key_hash = None
    hint = text.rstrip("=")[-_HINT_CHARACTERS:]
    return Issued(Credential(id=credential_id, hint=hint, key_hash=key_hash, created_at=now), text)


def vault_entry(org_id: OrgId, webhook_id: WebhookId, credential: Credential) -> str:
    """Where a signing secret lies in the vault; each has a name of its own and is never overwritten."""
    return f"{VAULT_PREFIX}{org_id}--{webhook_id}--{credential.id}"


def hash_key(key: str) -> str:
    """An API key as it is stored."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def is_key(key: str | None, credentials: Iterable[Credential]) -> bool:
    """Whether the key is one of these; takes as long whether it is, is not, or there are none."""
    digest = hash_key(key or "")
    hashes = [one.key_hash or _NO_HASH for one in credentials] or [_NO_HASH]
    matches = [hmac.compare_digest(digest, stored) for stored in hashes]
    return any(matches)


def is_signed(proof: Proof, secret: str) -> bool:
    """Whether the request is signed with this secret as Standard Webhooks says, within five minutes of now.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    # `id.time.body` is what is signed: with a dot in the id, one signature would fit several requests.
    if "." in proof.signature.get("webhook-id", ""):
        return False
    try:
        StandardWebhook(secret).verify(proof.body, dict(proof.signature), json_parse=False)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
        # ValueError: a signature or body that cannot even be read.
        return False
    return True


def is_body_signed(proof: Proof, secret: str) -> bool:
    """Whether the body is signed with this secret: `sha256=` and the HMAC in hex, as GitHub writes it.

    Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    """
    given = (proof.body_signature or "").strip().lower().removeprefix("sha256=")
    expected = hmac.new(secret.encode(), proof.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
