"""Licences: what a tenant bought, who holds what, assigning and taking."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.bodies import json_object
from msp_automation.sandboxes.graph.errors import bad_request
from msp_automation.sandboxes.graph.permissions import ASSIGN_LICENCES, READ_ORGANIZATION, READ_USERS
from msp_automation.sandboxes.graph.skus import BY_ID, service_plans
from msp_automation.sandboxes.graph.state import Json, Tenant
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens
from msp_automation.sandboxes.graph.users import USERS


class LicenceRoutes:
    """`/subscribedSkus`, `assignLicense` and `licenseDetails`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def subscribed_skus(self, request: Request) -> Response:
        """GET `/subscribedSkus`; Graph does not page this list."""
        tenant = self._tokens.require(request, READ_ORGANIZATION)
        context = f"{request.url.scheme}://{request.url.netloc}/v1.0/$metadata#subscribedSkus"
        value = [_subscribed(tenant, sku_id) for sku_id in tenant.seats]
        return JSONResponse({"@odata.context": context, "value": value})

    async def details(self, request: Request) -> Response:
        """GET `/users/{user}/licenseDetails`."""
        tenant = self._tokens.require(request, READ_USERS)
        user = tenant.user(request.path_params["user"])
        value = [_detail(user, licence["skuId"]) for licence in user["assignedLicenses"]]
        return JSONResponse({"value": value})

    async def assign(self, request: Request) -> Response:
        """POST `/users/{user}/assignLicense`."""
        tenant = self._tokens.require(request, ASSIGN_LICENCES)
        user = tenant.user(request.path_params["user"])
        body = await json_object(request)
        missing = [name for name in ("addLicenses", "removeLicenses") if not isinstance(body.get(name), list)]
        if missing:
            raise bad_request(
                "One or more parameters of the operation 'assignLicense' are missing from the request "
                f"payload. The missing parameters are: {', '.join(missing)}."
            )
        add = [_wanted(entry) for entry in body["addLicenses"]]
        tenant.change_licences(user, add, [_guid(entry) for entry in body["removeLicenses"]])
        self._store.save()
        return JSONResponse({**USERS.select(user, request), "assignedLicenses": user["assignedLicenses"]})


def _wanted(entry: object) -> Json:
    if not isinstance(entry, dict):
        raise bad_request("Cannot convert a primitive value to the expected type 'AssignedLicense'.")
    plans = entry.get("disabledPlans", [])
    if not isinstance(plans, list):
        raise bad_request("Cannot convert a value to the expected type 'Collection(Edm.Guid)'.")
    return {"skuId": _guid(entry.get("skuId")), "disabledPlans": [_guid(plan) for plan in plans]}


def _guid(value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise bad_request(f"Cannot convert the literal '{value}' to the expected type 'Edm.Guid'.") from error


def _subscribed(tenant: Tenant, sku_id: str) -> Json:
    sku = BY_ID[sku_id]
    return {
        "id": f"{tenant.id}_{sku_id}",
        "accountId": tenant.id,
        "accountName": tenant.name,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": tenant.consumed(sku_id),
        "prepaidUnits": {"enabled": tenant.seats[sku_id], "suspended": 0, "warning": 0, "lockedOut": 0},
        "skuId": sku_id,
        "skuPartNumber": sku.part_number,
        "subscriptionIds": [],
        "servicePlans": service_plans(sku),
    }


def _detail(user: Json, sku_id: str) -> Json:
    sku = BY_ID[sku_id]
    return {
        "id": f"{user['id']}_{sku_id}",
        "skuId": sku_id,
        "skuPartNumber": sku.part_number,
        "servicePlans": service_plans(sku),
    }
