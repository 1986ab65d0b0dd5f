"""Bodies of GDAP customers and their import."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from management_api.models.base import Answer
from management_api.models.organizations import OrganizationRead
from msp_core.gdap.models import GdapImport, ImportOutcome
from msp_core.models import UtcDatetime
from msp_http.bodies import RequestBody

_TENANT_ID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
TenantId = Annotated[str, StringConstraints(pattern=_TENANT_ID)]


class GdapRoleRead(Answer):
    """A role that a relationship gives the MSP."""

    id: str
    name: str


class GdapRelationshipRead(Answer):
    """A relationship of a customer's tenant with the MSP."""

    id: str
    display_name: str
    status: Annotated[str, Field(description="Microsoft Graph's word, such as active or expired")]
    roles: tuple[GdapRoleRead, ...]
    ends_at: UtcDatetime | None
    extends_itself: bool


class GdapCustomerRead(Answer):
    """A tenant that trusts or trusted the MSP."""

    tenant_id: str
    display_name: str
    is_active: Annotated[bool, Field(description="Whether any relationship holds; others cannot be imported")]
    roles: Annotated[tuple[str, ...], Field(description="Names of the roles that hold")]
    ends_at: Annotated[UtcDatetime | None, Field(description="When the last relationship that holds ends")]
    relationships: tuple[GdapRelationshipRead, ...]
    organization_id: Annotated[str | None, Field(description="The organization linked to it already")]
    organization_name: str | None


class GdapImportWrite(RequestBody):
    """The customers to make organizations of."""

    tenant_ids: Annotated[tuple[TenantId, ...], Field(min_length=1, max_length=200)]


class GdapImportRead(Answer):
    """What the import did about one tenant."""

    tenant_id: str
    outcome: ImportOutcome
    organization: Annotated[OrganizationRead | None, Field(description="None where it was refused")]
    reason: Annotated[str | None, Field(description="Why it was refused")]

    @classmethod
    def of(cls, one: GdapImport) -> Self:
        """What came of one tenant."""
        return cls(
            tenant_id=one.tenant_id,
            outcome=one.outcome,
            organization=None if one.organization is None else OrganizationRead.of(one.organization, None),
            reason=one.reason,
        )
