"""Whether the platform reaches an organization's Microsoft 365 tenant, with which roles, until when."""

from __future__ import annotations

import asyncio

from msp_core.errors import Conflict, NotFound, UpstreamFailed
from msp_core.gdap.service import GRAPH, GdapService, checked_link, link_by_trust
from msp_core.integrations.service import IntegrationService
from msp_core.organizations.models import Organization, TenantLink
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored


class TenantLinks:
    """Tries links out and keeps what came of it."""

    def __init__(
        self, organizations: OrganizationService, integrations: IntegrationService, gdap: GdapService
    ) -> None:
        self._organizations = organizations
        self._integrations = integrations
        self._gdap = gdap

    async def verify(self, scope: OrgScope) -> Stored[Organization]:
        """Sign in to the tenant and call Graph there; a refusal is kept as the link's reason.

        Roles and end come from the GDAP relationship. Where Graph does not tell, as for an application
        that may not read relationships, they stay as they were known.

        Raises:
            Conflict: The organization is not linked to a tenant.
        """
        organization = scope.organization
        if organization is None or organization.tenant_id is None:
            raise Conflict("This organization is not linked to a tenant. Set its tenant id first.")
        (works, message), link = await asyncio.gather(
            self._try_out(scope), self._ask_graph(scope, organization.tenant_id, organization.tenant_link)
        )
        link = checked_link(link, works=works, message=message)
        return await self._organizations.record_link(scope, scope.org_id, link)

    async def _try_out(self, scope: OrgScope) -> tuple[bool, str]:
        try:
            result = await self._integrations.test(scope, GRAPH)
        except NotFound as missing:
            return False, missing.message
        return result.ok, result.message

    async def _ask_graph(self, scope: OrgScope, tenant_id: str, link: TenantLink) -> TenantLink:
        try:
            return link_by_trust(link, await self._gdap.find_customer(scope, tenant_id))
        except (Conflict, UpstreamFailed):
            return link
