"""Secrets: names and values go in, only names come out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from management_api.auditing import Audit
from management_api.dependencies import Secrets
from management_api.models.secrets import SecretRead, SecretWrite
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.permissions.models import OrgScope
from msp_core.secrets.models import SecretInfo, SecretRecord
from msp_core.secrets.names import parse_secret_name
from msp_core.secrets.service import SecretService
from msp_core.storage import Stored
from msp_http.authentication import AdminScope, PathAdminScope
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import refusals
from msp_http.paging import PageRequest, Paging

router = APIRouter(tags=["secrets"])

NameInPath = Annotated[str, Path(alias="name", description="Kebab-case")]
Force = Annotated[bool, Query(description="Delete it although something refers to it")]


@router.get("/api/organizations/{orgId}/secrets")
async def list_secrets(
    scope: PathAdminScope, secrets: Secrets, page: Paging, response: Response
) -> list[SecretRead]:
    """The secrets an organization has or inherits, by name."""
    return await _list(scope, secrets, page, response)


@router.put("/api/organizations/{orgId}/secrets/{name}")
async def set_secret(
    *,
    name: NameInPath,
    body: SecretWrite,
    scope: PathAdminScope,
    secrets: Secrets,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> SecretRead:
    """Set a secret of an organization; nobody sees the value again."""
    return await _set(name, body, scope, secrets, audit, if_match=if_match, response=response)


@router.delete("/api/organizations/{orgId}/secrets/{name}", status_code=204, responses=refusals(409))
async def delete_secret(
    *,
    name: NameInPath,
    scope: PathAdminScope,
    secrets: Secrets,
    audit: Audit,
    if_match: IfMatch,
    force: Force = False,
) -> None:
    """Delete a secret of an organization; refused while something refers to it."""
    await _delete(name, scope, secrets, audit, force=force, if_match=if_match)


@router.get("/api/secrets")
async def list_global_secrets(
    scope: AdminScope, secrets: Secrets, page: Paging, response: Response
) -> list[SecretRead]:
    """The secrets that all organizations share, by name."""
    return await _list(scope, secrets, page, response)


@router.put("/api/secrets/{name}")
async def set_global_secret(
    *,
    name: NameInPath,
    body: SecretWrite,
    scope: AdminScope,
    secrets: Secrets,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> SecretRead:
    """Set a secret that all organizations share; nobody sees the value again."""
    return await _set(name, body, scope, secrets, audit, if_match=if_match, response=response)


@router.delete("/api/secrets/{name}", status_code=204, responses=refusals(409))
async def delete_global_secret(
    *,
    name: NameInPath,
    scope: AdminScope,
    secrets: Secrets,
    audit: Audit,
    if_match: IfMatch,
    force: Force = False,
) -> None:
    """Delete a secret that all organizations share; refused while something refers to it."""
    await _delete(name, scope, secrets, audit, force=force, if_match=if_match)


async def _list(
    scope: OrgScope, secrets: SecretService, page: PageRequest, response: Response
) -> list[SecretRead]:
    found = page_of(await secrets.list_entries(scope), page, response, key=lambda entry: entry.name)
    return [SecretRead.of(entry, entry.etag) for entry in found]


async def _set(
    name: str,
    body: SecretWrite,
    scope: OrgScope,
    secrets: SecretService,
    audit: Audit,
    *,
    if_match: str | None,
    response: Response,
) -> SecretRead:
    async def note(before: Stored[SecretRecord] | None, saved: SecretInfo) -> None:
        await audit.record(scope, "secret.set", saved.name, before=before, after=saved)

    saved = await secrets.set(scope, name, body.value.get_secret_value(), etag=if_match, note=note)
    if saved.etag is not None:
        set_etag(response, saved.etag)
    return SecretRead.of(saved, saved.etag)


async def _delete(
    name: str, scope: OrgScope, secrets: SecretService, audit: Audit, *, force: bool, if_match: str | None
) -> None:
    name = parse_secret_name(name)
    seen = await secrets.find(scope, name)
    if seen is not None:
        require_version(if_match, seen)
    before = next(
        (one for one in await secrets.list_entries(scope) if one.name == name and not one.inherited), None
    )
    await secrets.delete(scope, name, even_if_used=force, etag=None if seen is None else if_match)
    if before is not None:
        await audit.record(scope, "secret.deleted", name, before=before)
