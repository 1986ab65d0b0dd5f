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
    catalog = engine.services.pool.catalog
    return catalog if caller.is_msp_admin else _without_listed_organizations(catalog)


def _without_listed_organizations(catalog: Catalog) -> Catalog:
    """Which organizations a schedule lists is not every technician's to know."""
    workflows = [
        workflow.model_copy(
            update={"schedules": [one.model_copy(update={"organizations": []}) for one in workflow.schedules]}
        )
        for workflow in catalog.workflows
    ]
    return catalog.model_copy(update={"workflows": workflows})
