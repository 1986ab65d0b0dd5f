"""Client organizations."""

from __future__ import annotations

from fastapi import APIRouter, Response

from management_api.auditing import Audit
from management_api.dependencies import Links, Organizations, VisibleOrganization
from management_api.models.organizations import OrganizationCreate, OrganizationRead, OrganizationUpdate
from management_api.once import Once
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.ids import OrgId
from msp_core.organizations.models import Organization
from msp_core.storage import Stored
from msp_http.authentication import AdminScope, Caller, OrganizationInPath, PathAdminScope
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import refusals
from msp_http.paging import Paging

router = APIRouter(prefix="/api/organizations", tags=["organizations"])


@router.get("")
async def list_organizations(
    caller: Caller, organizations: Organizations, page: Paging, response: Response
) -> list[OrganizationRead]:
    """The organizations the caller may see, by name."""
    found = page_of(await organizations.list_stored_for(caller), page, response, key=_sort_key)
    return [OrganizationRead.of_stored(one) for one in found]


@router.post("", status_code=201, response_model=OrganizationRead)
async def create_organization(
    *,
    body: OrganizationCreate,
    scope: AdminScope,
    organizations: Organizations,
    audit: Audit,
    once: Once,
    response: Response,
) -> OrganizationRead | Response:
    """Create an organization, linked to a tenant or not."""

    async def create(org_id: str) -> OrganizationRead:
        stored = await organizations.create_once(scope, body, org_id=OrgId(org_id))
        made = stored.value
        await audit.record(scope, "organization.created", made.id, org_id=made.id, after=stored)
        response.headers["Location"] = f"/api/organizations/{made.id}"
        return _answer(stored, response)

    return await once.answer(scope, body, create)


@router.get("/{orgId}")
async def get_organization(organization: VisibleOrganization, response: Response) -> OrganizationRead:
    """One organization that the caller may see."""
    return _answer(organization, response)


@router.patch("/{orgId}", responses=refusals(409))
async def update_organization(
    *,
    org_id: OrganizationInPath,
    body: OrganizationUpdate,
    scope: AdminScope,
    organizations: Organizations,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> OrganizationRead:
    """Rename an organization, link or unlink its tenant, deactivate or activate it."""
    before = await organizations.get_any(scope, OrgId(org_id))
    require_version(if_match, before)
    stored = await organizations.update(scope, OrgId(org_id), body, etag=if_match)
    await audit.record(
        scope,
        "organization.updated",
        stored.value.id,
        org_id=stored.value.id,
        before=before,
        after=stored.value,
    )
    return _answer(stored, response)


@router.delete("/{orgId}", status_code=204)
async def deactivate_organization(
    org_id: OrganizationInPath,
    scope: AdminScope,
    organizations: Organizations,
    audit: Audit,
    if_match: IfMatch,
) -> None:
    """Deactivate an organization: nobody works in it any more, nothing is deleted."""
    before = await organizations.get_any(scope, OrgId(org_id))
    if not before.value.is_active:
        return
    require_version(if_match, before)
    after = await organizations.deactivate(scope, OrgId(org_id), etag=if_match)
    gone = before.value.id
    await audit.record(scope, "organization.deactivated", gone, org_id=gone, before=before, after=after)


@router.post("/{orgId}/tenant/verify", responses=refusals(409, 412))
async def verify_tenant(
    scope: PathAdminScope, links: Links, audit: Audit, response: Response
) -> OrganizationRead:
    """Check the tenant link with a real token and a call to Microsoft Graph, and keep what came of it."""
    before = None if scope.organization is None else scope.organization.tenant_link
    stored = await links.verify(scope)
    await audit.record(
        scope,
        "organization.verified",
        stored.value.id,
        org_id=stored.value.id,
        before=before,
        after=stored.value.tenant_link,
    )
    return _answer(stored, response)


def _answer(stored: Stored[Organization], response: Response) -> OrganizationRead:
    set_etag(response, stored.etag)
    return OrganizationRead.of_stored(stored)


def _sort_key(stored: Stored[Organization]) -> str:
    return f"{stored.value.name.casefold()}\0{stored.value.id}"
