"""Bodies of organizations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.models import UtcDatetime
from msp_core.organizations import models as core
from msp_core.organizations.models import TenantLinkStatus
from msp_http.bodies import RequestBody


class OrganizationCreate(core.OrganizationCreate, RequestBody):
    """A client company to look after."""


class OrganizationUpdate(core.OrganizationUpdate, RequestBody):
    """What to change; what is left out stays. A null tenant id takes the link away."""


class TenantLinkRead(Answer):
    """Whether the platform reaches the organization's Microsoft 365 tenant."""

    status: Annotated[TenantLinkStatus, Field(validation_alias="current_status")]
    verified_at: UtcDatetime | None
    reason: Annotated[str | None, Field(validation_alias="current_reason")]
    roles: tuple[str, ...]
    ends_at: UtcDatetime | None


class OrganizationRead(Versioned):
    """A client company."""

    id: str
    name: str
    tenant_id: str | None
    is_active: bool
    tags: Annotated[tuple[str, ...], Field(description="Words that schedules may name, by alphabet")]
    created_at: UtcDatetime
    created_by: str
    updated_at: UtcDatetime
    tenant_link: TenantLinkRead
