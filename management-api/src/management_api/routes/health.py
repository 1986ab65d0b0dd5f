"""How the service is."""

from __future__ import annotations

from fastapi import APIRouter, Response

from management_api.dependencies import Health
from management_api.models.health import HealthRead

router = APIRouter(prefix="/api/health", tags=["health"])


@router.get("", responses={503: {"model": HealthRead, "description": "Storage is away"}})
async def get_health(health: Health, response: Response) -> HealthRead:
    """Whether the service and what it stands on answer; for an uptime monitor too."""
    answer = await health.check()
    if answer.status == "down":
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return answer
