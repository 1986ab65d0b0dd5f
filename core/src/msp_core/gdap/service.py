"""The MSP's customers in Microsoft Graph: list them, and make organizations of some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from msp_automation.capabilities import OrganizationInfo
from msp_automation.errors import ConfigurationError, IntegrationError
from msp_core.errors import Conflict, UpstreamFailed
from msp_core.gdap.models import GdapCustomer, GdapImport, ImportOutcome
from msp_core.gdap.reading import read_customers
from msp_core.ids import GLOBAL
from msp_core.integrations.service import IntegrationService
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, OrganizationCreate, TenantLink, TenantLinkStatus
from msp_core.organizations.repository import TenantTaken
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.models import OrgScope

GRAPH: Final = "msgraph"
_RELATIONSHIPS: Final = "/tenantRelationships/delegatedAdminRelationships"
_CUSTOMERS: Final = "/tenantRelationships/delegatedAdminCustomers"


class GdapService:
    """Reads Graph in the MSP's own tenant, with the settings that all organizations share.

    Args:
        msp_tenant_id: The MSP's own tenant.
    """

    def __init__(
        self, organizations: OrganizationService, integrations: IntegrationService, *, msp_tenant_id: str
    ) -> None:
        self._organizations = organizations
        self._integrations = integrations
        self._msp = OrganizationInfo(id=GLOBAL, name="the MSP", tenant_id=msp_tenant_id.lower())

    async def list_customers(self, scope: OrgScope) -> list[GdapCustomer]:
        """Every tenant that trusts or trusted the MSP, by name, with the organization linked to it.

        Raises:
            Forbidden: The caller is no admin.
            Conflict: Microsoft Graph is not set up for all organizations, or a secret is missing.
            UpstreamFailed: Entra or Graph refused, or did not answer.
        """
        scope.require_admin()
        customers, linked = await asyncio.gather(self._read(scope), self._linked(scope))
        return [_with_organization(one, linked.get(one.tenant_id)) for one in customers]

    async def find_customer(self, scope: OrgScope, tenant_id: str) -> GdapCustomer | None:
        """One tenant as Graph knows it, or None if it never trusted the MSP; raises as `list_customers`."""
        scope.require_admin()
        return next((one for one in await self._read(scope) if one.tenant_id == tenant_id.lower()), None)

    async def import_customers(self, scope: OrgScope, tenant_ids: Iterable[str]) -> AsyncIterator[GdapImport]:
        """Make an organization of each tenant that has none, one after the other.

        A repetition makes nothing twice: what is linked already is handed out as it is.

        Args:
            tenant_ids: In the order of the outcomes; a tenant named twice counts once.

        Raises:
            The same as `list_customers`, before anything is made.
        """
        customers = {one.tenant_id: one for one in await self.list_customers(scope)}
        linked = await self._linked(scope)
        for tenant_id in dict.fromkeys(one.lower() for one in tenant_ids):
            customer, organization = customers.get(tenant_id), linked.get(tenant_id)
            if organization is not None:
                yield GdapImport(
                    tenant_id=tenant_id, outcome=ImportOutcome.ALREADY_LINKED, organization=organization
                )
            elif customer is None or not customer.is_active:
                reason = "This tenant has no active GDAP relationship with the MSP."
                yield GdapImport(tenant_id=tenant_id, outcome=ImportOutcome.REFUSED, reason=reason)
            else:
                yield await self._make(scope, customer)

    async def _make(self, scope: OrgScope, customer: GdapCustomer) -> GdapImport:
        tenant_id = customer.tenant_id
        draft = OrganizationCreate(name=customer.display_name, tenant_id=tenant_id)
        try:
            made = (await self._organizations.create(scope, draft)).value
        except TenantTaken as taken:
            # Somebody else imports the same customer at this moment.
            other = (await self._linked(scope)).get(tenant_id)
            outcome = ImportOutcome.REFUSED if other is None else ImportOutcome.ALREADY_LINKED
            reason = taken.message if other is None else None
            return GdapImport(tenant_id=tenant_id, outcome=outcome, organization=other, reason=reason)
        link = link_by_trust(made.tenant_link, customer)
        stored = await self._organizations.record_link(scope, made.id, link)
        return GdapImport(tenant_id=tenant_id, outcome=ImportOutcome.CREATED, organization=stored.value)

    async def _read(self, scope: OrgScope) -> list[GdapCustomer]:
        try:
            graph = await self._integrations.connect_shared(scope, GRAPH, self._msp)
            # One after the other: they share one sign-in.
            relationships: list[Any] = await graph.get_all(_RELATIONSHIPS)
            return read_customers(relationships, await graph.get_all(_CUSTOMERS))
        except ConfigurationError as error:
            raise Conflict(error.message, details=error.details) from error
        except IntegrationError as error:
            raise UpstreamFailed(error.message, details=error.details, retry_after_seconds=30) from error

    async def _linked(self, scope: OrgScope) -> dict[str, Organization]:
        every = await self._organizations.list_for(scope.user)
        return {one.tenant_id: one for one in every if one.tenant_id is not None and one.is_active}


def link_by_trust(link: TenantLink, customer: GdapCustomer | None) -> TenantLink:
    """The link with what Graph says of the relationship; whether the link works is not Graph's to say."""
    trusted = link.model_copy(
        update={
            "roles": () if customer is None else customer.roles,
            "ends_at": None if customer is None else customer.ends_at,
            "extends_itself": customer is not None and customer.extends_itself,
        }
    )
    return trusted.model_copy(update={"status": trusted.current_status})


def checked_link(link: TenantLink, *, works: bool, message: str) -> TenantLink:
    """The link after a real call was tried."""
    checked = link.model_copy(
        update={
            "status": TenantLinkStatus.LINKED if works else TenantLinkStatus.FAILING,
            "verified_at": utc_now(),
            "reason": None if works else message,
        }
    )
    return checked.model_copy(update={"status": checked.current_status})


def _with_organization(customer: GdapCustomer, organization: Organization | None) -> GdapCustomer:
    if organization is None:
        return customer
    return customer.model_copy(
        update={"organization_id": organization.id, "organization_name": organization.name}
    )
