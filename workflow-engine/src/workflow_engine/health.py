"""How the engine is: storage, runners, workflow files."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Literal

from msp_core.models import Model
from msp_core.storage import ComponentStatus, Storage
from workflow_engine.runners.models import PoolStatus
from workflow_engine.runners.pool import Runners

Health = Literal["ok", "degraded", "down"]

_KEPT_SECONDS: Final = 2.0
_CHECK_SECONDS: Final = 4.0
_NEEDED_TO_RUN: Final = frozenset({"tables"})


class ComponentAnswer(Model):
    """One part the engine stands on."""

    name: str
    status: Literal["ok", "down"]
    duration_ms: float | None = None
    message: str | None = None


class RunnersAnswer(Model):
    """The runner processes."""

    status: Health
    ready: int
    wanted: int
    maximum: int
    in_flight: int
    generation: int


class HealthAnswer(Model):
    """The engine's health at this moment."""

    status: Health
    components: list[ComponentAnswer]
    discovery_errors: int
    runners: RunnersAnswer


class HealthCheck:
    """Asks every part; asked often, it answers from what it found at most two seconds ago."""

    def __init__(self, storage: Storage, pool: Runners) -> None:
        self._storage = storage
        self._pool = pool
        self._asking: asyncio.Task[list[ComponentAnswer]] | None = None
        self._asked_at = 0.0

    async def check(self) -> HealthAnswer:
        """The health now; never raises for a part that is away."""
        if self._asking is None or self._asked_at + _KEPT_SECONDS < time.monotonic():
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._components())
        components = await asyncio.shield(self._asking)
        runners = _runners(self._pool.status())
        errors = len(self._pool.catalog.errors)
        return HealthAnswer(
            status=_overall(components, runners, errors),
            components=components,
            discovery_errors=errors,
            runners=runners,
        )

    async def _components(self) -> list[ComponentAnswer]:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                return [_component(status) for status in await self._storage.check()]
        except TimeoutError:
            message = f"Storage did not answer within {_CHECK_SECONDS:g} s."
            return [ComponentAnswer(name="tables", status="down", message=message)]


def _component(status: ComponentStatus) -> ComponentAnswer:
    return ComponentAnswer(
        name=status.name,
        status="ok" if status.is_available else "down",
        duration_ms=status.duration_ms,
        message=status.message,
    )


def _runners(status: PoolStatus) -> RunnersAnswer:
    health: Health = "ok" if status.ready >= status.wanted else "degraded" if status.ready else "down"
    return RunnersAnswer(
        status=health,
        ready=status.ready,
        wanted=status.wanted,
        maximum=status.maximum,
        in_flight=sum(runner.in_flight for runner in status.runners),
        generation=status.generation,
    )


def _overall(components: list[ComponentAnswer], runners: RunnersAnswer, discovery_errors: int) -> Health:
    away = {component.name for component in components if component.status == "down"}
    if away & _NEEDED_TO_RUN or runners.status == "down":
        return "down"
    return "degraded" if away or discovery_errors or runners.status == "degraded" else "ok"
