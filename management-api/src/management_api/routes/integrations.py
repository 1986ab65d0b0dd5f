"""Integrations: where and as whom workflows connect."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from management_api.auditing import Audit
from management_api.dependencies import Integrations
from management_api.models.integrations import (
    IntegrationRead,
    IntegrationTestRead,
    IntegrationTypeRead,
    IntegrationWrite,
)
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.integrations.service import IntegrationService
from msp_core.permissions.models import OrgScope
from msp_http.authentication import AdminScope, Caller, PathConfigScope
from msp_http.etags import IfMatch, set_etag
from msp_http.paging import PageRequest, Paging

router = APIRouter(tags=["integrations"])

TypeInPath = Annotated[str, Path(alias="type", description="Such as msgraph")]


@router.get("/api/integration-types")
async def list_integration_types(
    caller: Caller, integrations: Integrations, page: Paging, response: Response
) -> list[IntegrationTypeRead]:
    """The kinds of integrations there are, by type, with the settings each takes."""
    found = page_of(integrations.list_types(), page, response, key=lambda one: one.type)
    return [IntegrationTypeRead.model_validate(one) for one in found]


@router.get("/api/organizations/{orgId}/integrations")
async def list_integrations(
    scope: PathConfigScope, integrations: Integrations, page: Paging, response: Response
) -> list[IntegrationRead]:
    """The integrations of an organization, by type, its own and the global ones."""
    return await _list(scope, integrations, page, response)


@router.put("/api/organizations/{orgId}/integrations/{type}")
async def save_integration(
    *,
    kind: TypeInPath,
    body: IntegrationWrite,
    scope: PathConfigScope,
    integrations: Integrations,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> IntegrationRead:
    """Save an organization's settings of an integration."""
    return await _save(kind, body, scope, integrations, audit, if_match=if_match, response=response)


@router.delete("/api/organizations/{orgId}/integrations/{type}", status_code=204)
async def delete_integration(
    kind: TypeInPath, scope: PathConfigScope, integrations: Integrations, audit: Audit, if_match: IfMatch
) -> None:
    """Delete an organization's settings of an integration; the global ones show through again."""
    await _delete(kind, scope, integrations, audit, if_match)


@router.post("/api/organizations/{orgId}/integrations/{type}/test")
async def test_integration(
    kind: TypeInPath, scope: PathConfigScope, integrations: Integrations, audit: Audit
) -> IntegrationTestRead:
    """Try an integration with one real call, and keep what came of it."""
    return await _test(kind, scope, integrations, audit)


@router.get("/api/integrations")
async def list_global_integrations(
    scope: AdminScope, integrations: Integrations, page: Paging, response: Response
) -> list[IntegrationRead]:
    """The integrations that all organizations share, by type."""
    return await _list(scope, integrations, page, response)


@router.put("/api/integrations/{type}")
async def save_global_integration(
    *,
    kind: TypeInPath,
    body: IntegrationWrite,
    scope: AdminScope,
    integrations: Integrations,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> IntegrationRead:
    """Save the settings of an integration that all organizations share."""
    return await _save(kind, body, scope, integrations, audit, if_match=if_match, response=response)


@router.delete("/api/integrations/{type}", status_code=204)
async def delete_global_integration(
    kind: TypeInPath, scope: AdminScope, integrations: Integrations, audit: Audit, if_match: IfMatch
) -> None:
    """Delete the settings of an integration that all organizations share."""
    await _delete(kind, scope, integrations, audit, if_match)


@router.post("/api/integrations/{type}/test")
async def test_global_integration(
    kind: TypeInPath, scope: AdminScope, integrations: Integrations, audit: Audit
) -> IntegrationTestRead:
    """Try the shared settings of an integration with one real call, without an organization."""
    return await _test(kind, scope, integrations, audit)


async def _list(
    scope: OrgScope, integrations: IntegrationService, page: PageRequest, response: Response
) -> list[IntegrationRead]:
    found = page_of(await integrations.list_entries(scope), page, response, key=lambda entry: entry.type)
    return [IntegrationRead.of(entry, entry.etag) for entry in found]


async def _save(
    kind: str,
    body: IntegrationWrite,
    scope: OrgScope,
    integrations: IntegrationService,
    audit: Audit,
    *,
    if_match: str | None,
    response: Response,
) -> IntegrationRead:
    before = await integrations.find(scope, kind)
    require_version(if_match, before)
    stored = await integrations.set(scope, kind, body, etag=if_match)
    await audit.record(scope, "integration.set", kind, before=before, after=stored)
    set_etag(response, stored.etag)
    return IntegrationRead.of(await integrations.get_entry(scope, kind), stored.etag)


async def _delete(
    kind: str, scope: OrgScope, integrations: IntegrationService, audit: Audit, if_match: str | None
) -> None:
    before = await integrations.find(scope, kind)
    if before is not None:
        require_version(if_match, before)
        await integrations.delete(scope, kind, etag=if_match)
        await audit.record(scope, "integration.deleted", kind, before=before)


async def _test(
    kind: str, scope: OrgScope, integrations: IntegrationService, audit: Audit
) -> IntegrationTestRead:
    result = await integrations.test(scope, kind)
    await audit.record(scope, "integration.tested", kind, after=result)
    return IntegrationTestRead.model_validate(result)
