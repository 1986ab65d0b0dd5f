"""Whether the platform reaches an organization's Microsoft 365 tenant."""

from __future__ import annotations

from typing import Final

from msp_core.errors import Conflict, NotFound
from msp_core.integrations.service import IntegrationService
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, TenantLink, TenantLinkStatus
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored

GRAPH: Final = "msgraph"


class TenantLinks:
    """Tries links out and keeps what came of it."""

    def __init__(self, organizations: OrganizationService, integrations: IntegrationService) -> None:
        self._organizations = organizations
        self._integrations = integrations

    async def verify(self, scope: OrgScope) -> Stored[Organization]:
        """Sign in to the tenant and call Graph there; a refusal is kept as the link's reason.

        Raises:
            Conflict: The organization is not linked to a tenant.
        """
        organization = scope.organization
        if organization is None or organization.tenant_id is None:
            raise Conflict("This organization is not linked to a tenant. Set its tenant id first.")
        link = await self._try_out(scope, organization.tenant_link)
        return await self._organizations.record_link(scope, scope.org_id, link)

    async def _try_out(self, scope: OrgScope, link: TenantLink) -> TenantLink:
        try:
            result = await self._integrations.test(scope, GRAPH)
            works, message = result.ok, result.message
        except NotFound as missing:
            works, message = False, missing.message
        return link.model_copy(
            update={
                "status": TenantLinkStatus.LINKED if works else TenantLinkStatus.FAILING,
                "verified_at": utc_now(),
                "reason": None if works else message,
            }
        )
