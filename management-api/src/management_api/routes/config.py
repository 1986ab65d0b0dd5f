"""Configuration: the MSP's values, and each organization's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from management_api.auditing import Audit
from management_api.dependencies import Config
from management_api.models.config import ConfigOverrideRead, ConfigRead, ConfigWrite
from management_api.once import Once
from management_api.paging import page_of
from management_api.versions import require_version
from msp_core.config.models import ConfigItem
from msp_core.config.service import ConfigService
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored
from msp_http.authentication import AdminScope, PathConfigScope
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import refusals
from msp_http.paging import PageRequest, Paging

router = APIRouter(tags=["config"])

KeyInPath = Annotated[str, Path(alias="key", description="The value's key")]


@router.get("/api/organizations/{orgId}/config")
async def list_config(
    scope: PathConfigScope, config: Config, page: Paging, response: Response
) -> list[ConfigRead]:
    """The values that count for an organization, by key, its own and the global ones."""
    return await _list(scope, config, page, response)


@router.post(
    "/api/organizations/{orgId}/config", status_code=201, response_model=ConfigRead, responses=refusals(404)
)
async def set_config(
    *,
    body: ConfigWrite,
    scope: PathConfigScope,
    config: Config,
    audit: Audit,
    if_match: IfMatch,
    once: Once,
    response: Response,
) -> ConfigRead | Response:
    """Set a value of an organization."""

    async def save(_: str) -> ConfigRead:
        return await _set(body, scope, config, audit, if_match=if_match, response=response)

    return await once.answer(scope, body, save)


@router.delete("/api/organizations/{orgId}/config/{key}", status_code=204)
async def delete_config(
    key: KeyInPath, scope: PathConfigScope, config: Config, audit: Audit, if_match: IfMatch
) -> None:
    """Delete an organization's own value; a global one shows through again."""
    await _delete(key, scope, config, audit, if_match)


@router.get("/api/config")
async def list_global_config(
    scope: AdminScope, config: Config, page: Paging, response: Response
) -> list[ConfigRead]:
    """The values that all organizations share, by key."""
    return await _list(scope, config, page, response)


@router.get("/api/config/overrides")
async def list_config_overrides(
    scope: AdminScope, config: Config, page: Paging, response: Response
) -> list[ConfigOverrideRead]:
    """Which organizations have their own value of a shared key, by key and organization."""
    found = await config.list_overrides(scope)
    part = page_of(found, page, response, key=lambda one: f"{one.key}\0{one.org_id}")
    return [ConfigOverrideRead.model_validate(one) for one in part]


@router.post("/api/config", status_code=201, response_model=ConfigRead, responses=refusals(404))
async def set_global_config(
    *,
    body: ConfigWrite,
    scope: AdminScope,
    config: Config,
    audit: Audit,
    if_match: IfMatch,
    once: Once,
    response: Response,
) -> ConfigRead | Response:
    """Set a value that all organizations share."""

    async def save(_: str) -> ConfigRead:
        return await _set(body, scope, config, audit, if_match=if_match, response=response)

    return await once.answer(scope, body, save)


@router.delete("/api/config/{key}", status_code=204)
async def delete_global_config(
    key: KeyInPath, scope: AdminScope, config: Config, audit: Audit, if_match: IfMatch
) -> None:
    """Delete a value that all organizations share."""
    await _delete(key, scope, config, audit, if_match)


async def _list(
    scope: OrgScope, config: ConfigService, page: PageRequest, response: Response
) -> list[ConfigRead]:
    found = page_of(await config.list_entries(scope), page, response, key=lambda entry: entry.key)
    return [ConfigRead.of(entry, entry.etag) for entry in found]


async def _set(
    body: ConfigWrite,
    scope: OrgScope,
    config: ConfigService,
    audit: Audit,
    *,
    if_match: str | None,
    response: Response,
) -> ConfigRead:
    async def note(before: Stored[ConfigItem] | None, stored: Stored[ConfigItem]) -> None:
        await audit.record(scope, "config.set", stored.value.key, before=before, after=stored)

    entry = await config.set(scope, body, etag=if_match, note=note)
    assert entry.etag is not None
    set_etag(response, entry.etag)
    return ConfigRead.of(entry, entry.etag)


async def _delete(
    key: str, scope: OrgScope, config: ConfigService, audit: Audit, if_match: str | None
) -> None:
    before = await config.find(scope, key)
    if before is not None:
        require_version(if_match, before)
        await config.delete(scope, key, etag=if_match)
        await audit.record(scope, "config.deleted", before.value.key, before=before)
