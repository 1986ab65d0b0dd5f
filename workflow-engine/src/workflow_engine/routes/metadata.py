"""What the author files declare."""

from __future__ import annotations

from fastapi import APIRouter

from msp_automation.metadata import Catalog
from msp_core.errors import Forbidden
from msp_core.users.models import UserType
from msp_http.authentication import Caller
from workflow_engine.dependencies import Engine

router = APIRouter(prefix="/api/admin", tags=["catalog"])


@router.get("/metadata")
async def get_metadata(caller: Caller, engine: Engine) -> Catalog:
    """List workflows, data providers, their parameters, and files that failed to import."""
    if caller.user_type is not UserType.MSP:
        raise Forbidden("Only the MSP's own people may read the catalog.")
    return engine.services.pool.catalog
