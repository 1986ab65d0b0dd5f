"""A webhook, what an admin gives to make one, and what a request brings to prove itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Any, Final, NewType

from pydantic import AfterValidator, Field, StringConstraints

from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime

WebhookId = NewType("WebhookId", str)

MAX_OVERLAP_SECONDS: Final = 7 * 24 * 3600
_MAX_ADDRESSES: Final = 50
_MAX_PARAMETER_CHARACTERS: Final = 16_000


class Authentication(StrEnum):
    """How a request proves that it comes from whom the webhook was made for.

    `apiKey`: it brings the key. `signature`: it is signed as Standard Webhooks says, with id and time.
    `bodySignature`: its body alone is signed, for senders that can do no better.
    """

    API_KEY = "apiKey"
    SIGNATURE = "signature"
    BODY_SIGNATURE = "bodySignature"

    @property
    def is_signed(self) -> bool:
        """Whether there is a signing secret, in the vault, instead of a key."""
        return self is not Authentication.API_KEY


class Credential(Model):
    """A key or signing secret, without the means to use it.

    Args:
        id: Names the signing secret's entry in the vault.
        hint: Its last characters, to tell which one a sender has.
        key_hash: SHA-256 of an API key, in hex; None for a signing secret, which lies in the vault.
    """

    id: str
    hint: str
    key_hash: str | None = None
    created_at: UtcDatetime


def _networks(addresses: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(address.strip(), strict=False)) for address in addresses)
    except ValueError as error:
        raise ValueError("must be addresses or networks such as 203.0.113.7 or 2001:db8::/32") from error


def _small(parameters: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(parameters)) > _MAX_PARAMETER_CHARACTERS:
        raise ValueError(f"must have at most {_MAX_PARAMETER_CHARACTERS} characters as JSON")
    return parameters


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
WorkflowName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Parameters = Annotated[dict[str, Any], AfterValidator(_small)]
ParameterName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Networks = Annotated[tuple[str, ...], Field(max_length=_MAX_ADDRESSES), AfterValidator(_networks)]


class WebhookDraft(Model):
    """What an admin gives to make a webhook.

    Args:
        parameters: Fixed values of the workflow's parameters; an event cannot change them.
        payload_parameter: The parameter that gets the whole event. Without it, the event's top-level
            properties are the parameters.
        allowed_addresses: Addresses and networks that may call; empty: any.
    """

    name: Name
    workflow_name: WorkflowName
    authentication: Authentication = Authentication.API_KEY
    parameters: Parameters = Field(default_factory=dict)
    payload_parameter: ParameterName | None = None
    allowed_addresses: Networks = ()
    is_active: bool = True


class WebhookUpdate(Model):
    """What to change; what is left out stays. A null `payload_parameter` takes it away."""

    name: Name | None = None
    workflow_name: WorkflowName | None = None
    parameters: Parameters | None = None
    payload_parameter: ParameterName | None = None
    allowed_addresses: Networks | None = None
    is_active: bool | None = None


class Webhook(Model):
    """A webhook as it is stored.

    Args:
        previous: The credential before the last rotation; it holds until `previous_valid_until`.
    """

    id: WebhookId
    organization_id: OrgId
    name: str
    workflow_name: str
    authentication: Authentication
    parameters: dict[str, Any] = Field(default_factory=dict)
    payload_parameter: str | None = None
    allowed_addresses: tuple[str, ...] = ()
    is_active: bool = True
    created_at: UtcDatetime
    created_by: UserId
    updated_at: UtcDatetime
    credential: Credential
    previous: Credential | None = None
    previous_valid_until: UtcDatetime | None = None

    def credentials_at(self, now: datetime) -> tuple[Credential, ...]:
        """Those that hold at this moment."""
        if self.previous is None or self.previous_valid_until is None or self.previous_valid_until <= now:
            return (self.credential,)
        return (self.credential, self.previous)

    def parameters_for(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """What the workflow gets of an event. Fixed values win: the sender is trusted less than the admin."""
        given = dict(event) if self.payload_parameter is None else {self.payload_parameter: dict(event)}
        return given | self.parameters


class WebhookUse(Model):
    """When a webhook was used last, to the minute; apart from the webhook, so that use changes no ETag."""

    last_used_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request brings to prove where it comes from.

    Args:
        key: An API key.
        signature: The headers of Standard Webhooks, by lower-case name.
        body_signature: A signature of the body alone.
        address: The IP address it came from, as far as it can be believed.
    """

    body: bytes = b""
    key: str | None = None
    signature: Mapping[str, str] = field(default_factory=dict)
    body_signature: str | None = None
    address: str | None = None

    def __repr__(self) -> str:
        return "Proof(…)"
