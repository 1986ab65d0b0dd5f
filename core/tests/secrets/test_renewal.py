"""Secrets that change as they are used: the newer value stays, and no run ever reads them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from msp_core.errors import Forbidden, Invalid
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.models import EffectiveIntegration, IntegrationSet
from msp_core.models import utc_now
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.secrets.models import SecretChange
from msp_core.storage import TableName

DELEGATED = {
    "mode": "delegated",
    "clientId": "6a000000-0000-4000-8000-000000000001",
    "clientSecret": "graph",
    "refreshToken": "refresh",
}
ENTRY = "GLOBAL--refresh"


async def set_up(msp: Platform) -> OrgId:
    admin = await msp.admin_scope()
    await msp.secrets.set(admin, "graph", "client secret")
    await msp.secrets.set(admin, "refresh", "first")
    await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=DELEGATED))
    return (await msp.organization()).id


async def graph_of(msp: Platform, org_id: OrgId) -> EffectiveIntegration:
    snapshot = await msp.snapshots.get(org_id)
    assert snapshot is not None
    return snapshot.integrations["msgraph"]


async def test_a_renewed_value_is_a_new_version_that_is_read_at_once_everywhere(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    other_process = Platform(msp.storage)
    assert await other_process.secrets.resolve_for_integration(graph, "refresh") == "first"

    assert await msp.secrets.store_for_integration(graph, "refresh", "second", replaces="first")

    for process in (msp, other_process):
        assert await process.secrets.resolve_for_integration(graph, "refresh") == "second"


async def test_a_value_that_somebody_stored_meanwhile_stays(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    await msp.secrets.set(await msp.admin_scope(), "refresh", "connected again")

    assert not await msp.secrets.store_for_integration(graph, "refresh", "stale", replaces="first")

    assert await msp.storage.vault.get(ENTRY) == "connected again"


async def test_a_deleted_secret_does_not_come_back(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    await msp.secrets.delete(await msp.admin_scope(), "refresh", even_if_used=True)

    assert not await msp.secrets.store_for_integration(graph, "refresh", "second", replaces="first")

    assert await msp.storage.vault.get(ENTRY) is None


async def test_of_many_processes_that_renew_one_value_exactly_one_does(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    processes = [Platform(msp.storage) for _ in range(6)]

    stored = await asyncio.gather(
        *(
            process.secrets.store_for_integration(graph, "refresh", f"by {number}", replaces="first")
            for number, process in enumerate(processes)
        )
    )

    assert stored.count(True) == 1
    assert await msp.storage.vault.get(ENTRY) == f"by {stored.index(True)}"


async def test_a_change_that_crashed_holds_nobody_up_for_long(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    rows = msp.storage.table(TableName.SECRETS, SecretChange).partition("CHANGING")
    await rows.insert(ENTRY, SecretChange(id="crashed", began_at=utc_now() - timedelta(seconds=31)))

    assert await msp.secrets.store_for_integration(graph, "refresh", "second", replaces="first")

    assert await rows.find(ENTRY) is None


async def test_a_change_under_way_is_waited_for(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    rows = msp.storage.table(TableName.SECRETS, SecretChange).partition("CHANGING")
    other = await rows.insert(ENTRY, SecretChange(id="other", began_at=utc_now()))
    waiting = asyncio.create_task(
        msp.secrets.store_for_integration(graph, "refresh", "second", replaces="first")
    )
    await asyncio.sleep(0.15)
    assert not waiting.done()
    await rows.delete(ENTRY, etag=other.etag)
    assert await waiting


async def test_only_the_refresh_token_is_renewed(msp: Platform) -> None:
    graph = await graph_of(msp, await set_up(msp))
    for name in ("graph", "other"):
        with pytest.raises(Forbidden):
            await msp.secrets.store_for_integration(graph, name, "x", replaces="client secret")


async def test_an_organizations_secret_of_the_same_name_is_never_used_or_changed(msp: Platform) -> None:
    org_id = await set_up(msp)
    await msp.secrets.set(await msp.admin_in(org_id), "refresh", "the organization's own")
    graph = await graph_of(msp, org_id)

    assert await msp.secrets.resolve_for_integration(graph, "refresh") == "first"
    assert await msp.secrets.store_for_integration(graph, "refresh", "second", replaces="first")

    assert await msp.storage.vault.get(f"{org_id}--refresh") == "the organization's own"


async def test_no_run_reads_the_refresh_token_of_all_tenants(msp: Platform) -> None:
    org_id = await set_up(msp)
    for home in (org_id, GLOBAL):
        snapshot = await msp.snapshots.get(home)
        assert snapshot is not None
        assert snapshot.kept_secrets == {"refresh"}
        for name in ("refresh", "REFRESH"):
            assert await msp.secrets.resolve_for_run(home, name, kept=snapshot.kept_secrets) is None
        assert await msp.secrets.resolve_for_run(home, "graph", kept=snapshot.kept_secrets) == "client secret"
    await msp.secrets.set(await msp.admin_in(org_id), "refresh", "own")
    assert await msp.secrets.resolve_for_run(org_id, "refresh", kept=frozenset({"refresh"})) == "own"


async def test_an_organization_cannot_name_a_refresh_token(msp: Platform) -> None:
    org_id = await set_up(msp)
    here = await msp.scope(org_id, Permission.CAN_MANAGE_CONFIG)
    for settings in (DELEGATED, {"refreshToken": "refresh"}):
        with pytest.raises(Invalid) as refused:
            await msp.integrations.set(here, "msgraph", IntegrationSet(settings=settings))
        assert "settings.refreshToken" in refused.value.details["fields"]


async def test_a_row_spoiled_behind_our_back_gets_no_refresh_token_either(msp: Platform) -> None:
    org_id = await set_up(msp)
    here = await msp.scope(org_id, Permission.CAN_MANAGE_CONFIG)
    own = {name: value for name, value in DELEGATED.items() if name in {"clientId", "clientSecret"}}
    stored = await msp.integrations.set(here, "msgraph", IntegrationSet(settings=own))
    spoiled = {**stored.value.settings, "mode": "delegated", "refresh_token": "refresh"}
    await msp.integration_rows.write(org_id, stored.value.model_copy(update={"settings": spoiled}))
    await msp.stamps.bump(org_id)

    graph = await graph_of(msp, org_id)

    assert not graph.is_usable
    assert await msp.secrets.resolve_for_integration(graph, "refresh") is None
