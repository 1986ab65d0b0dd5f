"""Bodies of the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from management_api.models.base import Answer
from msp_core.models import UtcDatetime


class AuditEntryRead(Answer):
    """One change: who changed what, when, from where; secrets by name only."""

    id: str
    at: UtcDatetime
    actor_id: str
    actor_email: str
    org_id: Annotated[str, Field(description="The organization it is about, or GLOBAL")]
    action: Annotated[str, Field(examples=["form.updated"])]
    target: Annotated[str, Field(description="What was changed: a key, a name, an id")]
    names: Annotated[
        dict[str, str] | None,
        Field(description="What its ids were called then", examples=[{"role": "Office"}]),
    ]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    request_id: str | None
