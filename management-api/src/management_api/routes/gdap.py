"""The MSP's customers in Microsoft Graph."""

from __future__ import annotations

from fastapi import APIRouter, Response

from management_api.auditing import Audit
from management_api.dependencies import Gdap
from management_api.models.gdap import GdapCustomerRead, GdapImportRead, GdapImportWrite
from management_api.paging import page_of
from msp_core.gdap.models import GdapCustomer, ImportOutcome
from msp_http.authentication import AdminScope
from msp_http.openapi import refusals
from msp_http.paging import Paging

router = APIRouter(prefix="/api/gdap", tags=["gdap"])


@router.get("/customers", responses=refusals(409, 502))
async def list_gdap_customers(
    scope: AdminScope, gdap: Gdap, page: Paging, response: Response
) -> list[GdapCustomerRead]:
    """The tenants that trust or trusted the MSP, by name, with roles, end and linked organization."""
    found = page_of(await gdap.list_customers(scope), page, response, key=_sort_key)
    return [GdapCustomerRead.model_validate(one) for one in found]


@router.post("/import", responses=refusals(409, 502))
async def import_gdap_customers(
    body: GdapImportWrite, scope: AdminScope, gdap: Gdap, audit: Audit
) -> list[GdapImportRead]:
    """Make organizations of customers; those that are linked already stay as they are."""
    done: list[GdapImportRead] = []
    async for one in gdap.import_customers(scope, body.tenant_ids):
        if one.outcome is ImportOutcome.CREATED and one.organization is not None:
            made = one.organization
            await audit.record(scope, "organization.imported", made.id, org_id=made.id, after=made)
        done.append(GdapImportRead.of(one))
    return done


def _sort_key(customer: GdapCustomer) -> str:
    return f"{customer.display_name.casefold()}\0{customer.tenant_id}"
