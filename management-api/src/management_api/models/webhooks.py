"""Bodies of webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field

from management_api.models.base import Versioned
from msp_core.models import UtcDatetime
from msp_core.storage import Stored
from msp_core.webhooks import models as core
from msp_core.webhooks.models import MAX_OVERLAP_SECONDS, Authentication, Webhook, WebhookUse
from msp_http.bodies import RequestBody
from msp_http.etags import etag_header


class WebhookCreate(core.WebhookDraft, RequestBody):
    """A webhook that runs one workflow for this organization.

    `parameters` are fixed values: an event cannot change them. `payloadParameter` names the parameter that
    gets the whole event; without it the event's top-level properties are the parameters.
    """


class WebhookUpdate(core.WebhookUpdate, RequestBody):
    """What to change; what is left out stays. A null `payloadParameter` takes it away."""


class WebhookRotate(RequestBody):
    """How long the old key or signing secret holds beside the new one; 0 ends it at once."""

    overlap_seconds: Annotated[int, Field(ge=0, le=MAX_OVERLAP_SECONDS)] = 0


class WebhookRead(Versioned):
    """A webhook; its key is never in here.

    `path` is where events go, at the engine's address. `keyHint` is the end of the key or signing secret.
    `lastUsedAt` is exact to the minute.
    """

    id: str
    organization_id: str
    name: str
    workflow_name: str
    path: str
    authentication: Authentication
    parameters: dict[str, Any]
    payload_parameter: str | None
    allowed_addresses: tuple[str, ...]
    is_active: bool
    created_at: UtcDatetime
    created_by: str
    updated_at: UtcDatetime
    key_hint: str
    key_created_at: UtcDatetime
    previous_key_hint: str | None
    previous_key_valid_until: UtcDatetime | None
    last_used_at: UtcDatetime | None

    @classmethod
    def of_used(cls, stored: Stored[Webhook], use: WebhookUse | None) -> Self:
        """The webhook without anything that helps to get in.

        Args:
            use: None if it never was used.
        """
        return cls.model_validate(_shown(stored, use))


class WebhookCreated(WebhookRead):
    """A webhook with its new key or signing secret, which is shown this once.

    Null in the answer to a repeated request: nobody has the key any more, rotate it to get one.
    """

    key: Annotated[str | None, Field(repr=False)]

    @classmethod
    def with_key(cls, stored: Stored[Webhook], key: str | None, use: WebhookUse | None = None) -> Self:
        """The one answer that has the key."""
        return cls.model_validate(_shown(stored, use) | {"key": key})


def _shown(stored: Stored[Webhook], use: WebhookUse | None) -> dict[str, Any]:
    webhook, previous = stored.value, stored.value.previous
    same = {name: getattr(webhook, name) for name in WebhookRead.model_fields if hasattr(webhook, name)}
    return same | {
        "etag": etag_header(stored.etag),
        "path": f"/api/webhooks/{webhook.organization_id}/{webhook.id}",
        "key_hint": webhook.credential.hint,
        "key_created_at": webhook.credential.created_at,
        "previous_key_hint": None if previous is None else previous.hint,
        "previous_key_valid_until": webhook.previous_valid_until,
        "last_used_at": None if use is None else use.last_used_at,
    }
