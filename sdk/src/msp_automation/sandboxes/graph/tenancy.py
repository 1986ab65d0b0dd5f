"""`/organization` and the MSP's view of the tenants that trust it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_ORGANIZATION, READ_RELATIONSHIPS
from msp_automation.sandboxes.graph.state import Json, Tenant
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_CUSTOMER = ("id", "tenantId", "displayName")
CUSTOMERS = Collection("delegatedAdminCustomers", frozenset(_CUSTOMER), _CUSTOMER)
_RELATIONSHIP = (
    "id", "displayName", "duration", "autoExtendDuration", "customer", "accessDetails", "status",
    "createdDateTime", "activatedDateTime", "lastModifiedDateTime", "endDateTime",
)  # fmt: skip
RELATIONSHIPS = Collection(
    "delegatedAdminRelationships", frozenset(_RELATIONSHIP), _RELATIONSHIP, largest_page=300
)


class TenancyRoutes:
    """Who a tenant is, and who trusts the MSP."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def organization(self, request: Request) -> Response:
        """GET `/organization`: one entry, the token's tenant."""
        tenant = self._tokens.require(request, READ_ORGANIZATION)
        return JSONResponse({"value": [_organization(tenant)]})

    async def customers(self, request: Request) -> Response:
        """GET `/tenantRelationships/delegatedAdminCustomers`."""
        self._tokens.require(request, READ_RELATIONSHIPS)
        found = {entry["customer"]["tenantId"]: entry["customer"] for entry in self._active()}
        items = [{"id": key, "tenantId": key, "displayName": v["displayName"]} for key, v in found.items()]
        return JSONResponse(CUSTOMERS.page(request, items, page_size=self._store.directory.page_size))

    async def relationships(self, request: Request) -> Response:
        """GET `/tenantRelationships/delegatedAdminRelationships`."""
        self._tokens.require(request, READ_RELATIONSHIPS)
        items = self._store.directory.relationships
        return JSONResponse(RELATIONSHIPS.page(request, items, page_size=self._store.directory.page_size))

    def _active(self) -> list[Json]:
        return [entry for entry in self._store.directory.relationships if entry["status"] == "active"]


def _organization(tenant: Tenant) -> Json:
    domain = {
        "name": tenant.domain,
        "type": "Managed",
        "isDefault": True,
        "isInitial": False,
        "capabilities": "Email, OfficeCommunicationsOnline",
    }
    return {
        "id": tenant.id,
        "displayName": tenant.name,
        "tenantType": "AAD",
        "countryLetterCode": tenant.country,
        "createdDateTime": "2020-01-06T08:00:00Z",
        "technicalNotificationMails": [f"it@{tenant.domain}"],
        "verifiedDomains": [domain],
    }
