"""Whether the engine and what it stands on answer."""

from __future__ import annotations

from fastapi import APIRouter

from workflow_engine.dependencies import AnyEngine
from workflow_engine.health import HealthAnswer

router = APIRouter(prefix="/api", tags=["health"])


@router.get("/health")
async def get_health(engine: AnyEngine) -> HealthAnswer:
    """Tell whether the engine, its storage and its runners answer.

    The answer is 200 whenever the engine itself answers; `status` says the rest: `ok`; `degraded` when
    workflow files have errors, runners are fewer than wanted or a part is away; `down` when nothing can run.
    """
    return await engine.services.health.check()
