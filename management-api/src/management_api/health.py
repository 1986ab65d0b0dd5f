"""How the service is: it stands on storage alone."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from management_api.models.health import ComponentRead, HealthRead
from msp_core.storage import ComponentStatus, Storage

_KEPT_SECONDS: Final = 2.0
_CHECK_SECONDS: Final = 4.0
_NEEDED: Final = frozenset({"tables"})


class HealthCheck:
    """Asks every part; asked often, it answers from what it found at most two seconds ago."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._asking: asyncio.Task[tuple[ComponentRead, ...]] | None = None
        self._asked_at = 0.0

    async def check(self) -> HealthRead:
        """The health now; never raises for a part that is away."""
        if self._asking is None or self._asked_at + _KEPT_SECONDS < time.monotonic():
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._components())
        components = await asyncio.shield(self._asking)
        away = {component.name for component in components if component.status == "down"}
        status = "down" if away & _NEEDED else "degraded" if away else "ok"
        return HealthRead(status=status, components=components)

    async def _components(self) -> tuple[ComponentRead, ...]:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                return tuple(_component(status) for status in await self._storage.check())
        except TimeoutError:
            message = f"Storage did not answer within {_CHECK_SECONDS:g} s."
            return (ComponentRead(name="tables", status="down", duration_ms=None, message=message),)


def _component(status: ComponentStatus) -> ComponentRead:
    return ComponentRead(
        name=status.name,
        status="ok" if status.is_available else "down",
        duration_ms=status.duration_ms,
        message=status.message,
    )
