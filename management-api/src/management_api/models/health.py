"""The body of the health answer."""

from __future__ import annotations

from typing import Literal

from management_api.models.base import Answer


class ComponentRead(Answer):
    """One part the service stands on."""

    name: str
    status: Literal["ok", "down"]
    duration_ms: float | None
    message: str | None


class HealthRead(Answer):
    """The service's health at this moment."""

    status: Literal["ok", "degraded", "down"]
    components: tuple[ComponentRead, ...]
