"""Bodies of integrations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.config.models import Origin
from msp_core.integrations.models import IntegrationSet
from msp_core.models import UtcDatetime
from msp_http.bodies import RequestBody


class IntegrationWrite(IntegrationSet, RequestBody):
    """An integration's settings; secrets are named in them, never written."""


class IntegrationTestRead(Answer):
    """What one real call came to."""

    ok: bool
    message: str
    details: dict[str, Any]
    tested_at: UtcDatetime


class IntegrationRead(Versioned):
    """An integration as an organization sees it."""

    type: str
    label: str
    enabled: Annotated[bool, Field(description="Whether a workflow may use it")]
    own_enabled: Annotated[bool | None, Field(description="The switch made here; null without settings here")]
    settings: Annotated[dict[str, Any], Field(description="Those made here, in the scope named")]
    effective_settings: Annotated[dict[str, Any], Field(description="Those a workflow gets")]
    shared_settings: Annotated[
        dict[str, Any] | None,
        Field(description="Those all organizations share; null in their own list, and where there are none"),
    ]
    scope: Annotated[Origin, Field(description="Where the settings are made")]
    inherited: bool
    last_test: IntegrationTestRead | None
    missing_secrets: tuple[str, ...]
    problems: Annotated[dict[str, str], Field(description="What keeps it from working, by setting")]
    updated_at: UtcDatetime


class IntegrationTypeRead(Answer):
    """A kind of integration and the settings it takes."""

    type: str
    label: str
    settings_schema: Annotated[dict[str, Any], Field(description="JSON Schema of its settings")]
