"""What goes wrong with integrations as such."""

from __future__ import annotations

from msp_core.errors import Invalid


class UnknownIntegration(Invalid):
    """There is no integration of this type."""

    def __init__(self, kind: str, known: list[str]) -> None:
        message = f"There is no integration of this type. There are: {', '.join(known)}."
        super().__init__(message, details={"fields": {"type": message}, "type": kind[:64]})
