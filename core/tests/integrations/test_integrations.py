"""Integration settings: what may be set, what is inherited, and where secrets may go."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from msp_core.config.models import Origin
from msp_core.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from msp_core.ids import OrgId
from msp_core.integrations.errors import UnknownIntegration
from msp_core.integrations.models import EffectiveIntegration, IntegrationSet
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission

MANAGE = Permission.CAN_MANAGE_CONFIG
GRAPH = {"clientId": "6a000000-0000-4000-8000-000000000001", "clientSecret": "graph"}
HALO = {"baseUrl": "https://halo.example", "clientId": "client", "clientSecret": "halo"}


async def effective(msp: Platform, org_id: OrgId, kind: str) -> EffectiveIntegration:
    snapshot = await msp.snapshots.get(org_id)
    assert snapshot is not None
    return snapshot.integrations[kind]


async def manager(msp: Platform) -> OrgScope:
    return await msp.scope((await msp.organization("Contoso", str(uuid4()))).id, MANAGE)


def fields_of(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.details["fields"])


async def test_an_organization_adds_its_own_part_to_the_msps_connection(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "halo", "the value")
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    await msp.integrations.set(
        await msp.admin_in(here.org_id), "halopsa", IntegrationSet(settings={"clientRef": 101})
    )

    got = await effective(msp, here.org_id, "halopsa")

    assert got.is_usable
    assert got.settings == {
        "base_url": "https://halo.example",
        "client_id": "client",
        "client_secret": "halo",
        "client_ref": 101,
    }
    assert got.secrets_from_global
    assert await msp.secrets.resolve_for_integration(got, "halo") == "the value"


async def test_only_an_admin_says_which_client_of_the_shared_sign_in_an_organization_is(
    msp: Platform,
) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    with pytest.raises(Forbidden, match="clientRef"):
        await msp.integrations.set(here, "halopsa", IntegrationSet(settings={"clientRef": 102}))
    await msp.integrations.set(
        await msp.admin_in(here.org_id), "halopsa", IntegrationSet(settings={"clientRef": 101})
    )

    # What stands may be saved again beside other changes, and be taken away; another number may not be set.
    kept = IntegrationSet(settings={"clientRef": 101, "ticketTypeId": 7})
    await msp.integrations.set(here, "halopsa", kept)
    with pytest.raises(Forbidden, match="clientRef"):
        await msp.integrations.set(here, "halopsa", IntegrationSet(settings={"clientRef": 102}))
    assert (await effective(msp, here.org_id, "halopsa")).settings["client_ref"] == 101


async def test_an_organizations_own_address_cannot_make_a_global_secret_leave(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "halo", "the MSP's value")
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))

    # One field alone does not mix with the MSP's connection ...
    for field in ("baseUrl", "clientId", "clientSecret"):
        with pytest.raises(Invalid):
            await msp.integrations.set(
                here, "halopsa", IntegrationSet(settings={field: "https://evil.example"})
            )
    # ... and a whole connection of its own resolves secrets at home only.
    evil = {**HALO, "baseUrl": "https://evil.example"}
    await msp.integrations.set(here, "halopsa", IntegrationSet(settings=evil))

    got = await effective(msp, here.org_id, "halopsa")
    assert got.settings["base_url"] == "https://evil.example"
    assert not got.secrets_from_global
    assert await msp.secrets.resolve_for_integration(got, "halo") is None
    (entry,) = await msp.integrations.list_entries(here)
    assert entry.missing_secrets == ("halo",)
    tested = await msp.integrations.test(here, "halopsa")
    assert not tested.ok
    assert "MSP's value" not in repr(tested)

    await msp.secrets.set(await msp.admin_in(here.org_id), "halo", "their own value")
    assert await msp.secrets.resolve_for_integration(got, "halo") == "their own value"


async def test_a_row_spoiled_behind_our_back_mixes_nothing_either(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "halo", "the MSP's value")
    stored = await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    row = stored.value.model_copy(update={"settings": {"base_url": "https://evil.example"}})
    await msp.integration_rows.write(here.org_id, row)
    await msp.stamps.bump(here.org_id)

    got = await effective(msp, here.org_id, "halopsa")

    assert not got.is_usable
    assert "client_secret" not in got.settings
    assert await msp.secrets.resolve_for_integration(got, "halo") is None


async def test_only_secrets_that_the_settings_name_resolve(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "halo", "v")
    await msp.secrets.set(admin, "other", "v")
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))

    got = await effective(msp, here.org_id, "halopsa")

    assert await msp.secrets.resolve_for_integration(got, "halo") == "v"
    assert await msp.secrets.resolve_for_integration(got, "other") is None


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "settings.clientId"),
        ({**GRAPH, "clientId": "not-a-uuid"}, "settings.clientId"),
        ({**GRAPH, "tenant": "x"}, "settings.tenant"),
        ({**GRAPH, "clientSecret": "Not A Name"}, "settings.clientSecret"),
        ({**GRAPH, "clientSecret": 7}, "settings.clientSecret"),
        ({**GRAPH, "clientSecret": ["graph"]}, "settings.clientSecret"),
        ({**GRAPH, "authority": "https://evil.example"}, "settings.authority"),
        ({**GRAPH, "baseUrl": "https://evil.example"}, "settings.baseUrl"),
        ({**GRAPH, "base_url": "https://evil.example"}, "settings.baseUrl"),
        ({**GRAPH, "client_id": GRAPH["clientId"]}, "settings.client_id"),
    ],
)
async def test_settings_that_do_not_hold_are_refused_by_field(
    msp: Platform, settings: dict[str, Any], field: str
) -> None:
    admin = await msp.admin_scope()

    with pytest.raises(Invalid) as refused:
        await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))

    assert field in fields_of(refused)
    assert await msp.integrations.list_entries(admin) == []


@pytest.mark.parametrize(
    "address", ["http://halo.example", "ftp://halo.example", "https://u:p@halo.example", "halo", "https://"]
)
async def test_addresses_are_https(msp: Platform, address: str) -> None:
    admin = await msp.admin_scope()

    with pytest.raises(Invalid) as refused:
        await msp.integrations.set(admin, "halopsa", IntegrationSet(settings={**HALO, "baseUrl": address}))
    assert fields_of(refused) == {"settings.baseUrl"}


async def test_settings_that_cannot_be_stored_are_refused(msp: Platform) -> None:
    admin = await msp.admin_scope()
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]

    for value in ("x" * 16_001, "\ud800", float("nan"), deep, "a\x00b"):
        with pytest.raises(Invalid):
            await msp.integrations.set(admin, "msgraph", IntegrationSet(settings={**GRAPH, "x": value}))
        with pytest.raises(Invalid):
            await msp.integrations.set(admin, "halopsa", IntegrationSet(settings={**HALO, "clientId": value}))


async def test_an_unknown_type_is_refused(msp: Platform) -> None:
    admin = await msp.admin_scope()

    for kind in ("", "slack", "msgraph/../x", "'", "GLOBAL"):
        with pytest.raises(UnknownIntegration):
            await msp.integrations.set(admin, kind, IntegrationSet())
        with pytest.raises(UnknownIntegration):
            await msp.integrations.delete(admin, kind)
        with pytest.raises(UnknownIntegration):
            await msp.integrations.test(admin, kind)


async def test_the_list_shows_own_and_inherited_and_what_is_missing(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "graph", "v")
    await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=GRAPH))
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    await msp.integrations.set(
        await msp.admin_in(here.org_id), "halopsa", IntegrationSet(settings={"clientRef": 5})
    )

    halo, graph = await msp.integrations.list_entries(here)

    assert (halo.type, halo.scope, halo.inherited) == ("halopsa", Origin.ORG, False)
    assert halo.settings == {"clientRef": 5}
    assert halo.effective_settings == {**HALO, "clientRef": 5}
    assert halo.missing_secrets == ("halo",)
    assert (halo.own_enabled, halo.shared_settings) == (True, HALO)
    assert (graph.own_enabled, graph.shared_settings) == (None, GRAPH)
    assert (graph.type, graph.scope, graph.inherited) == ("msgraph", Origin.GLOBAL, True)
    assert graph.settings == {}
    assert graph.effective_settings == GRAPH
    assert graph.missing_secrets == ()
    shared = await msp.integrations.list_entries(admin)
    assert [(one.type, one.scope, one.inherited) for one in shared] == [
        ("halopsa", Origin.GLOBAL, False),
        ("msgraph", Origin.GLOBAL, False),
    ]
    assert [(one.own_enabled, one.shared_settings) for one in shared] == [(True, None), (True, None)]


async def test_an_own_switch_is_told_apart_from_the_shared_one(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.integrations.set(admin, "halopsa", IntegrationSet(enabled=False, settings=HALO))
    await msp.integrations.set(here, "halopsa", IntegrationSet(enabled=True))

    (halo,) = await msp.integrations.list_entries(here)

    assert (halo.enabled, halo.own_enabled) == (False, True)


async def test_switching_off_works_from_both_sides(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))

    await msp.integrations.set(here, "halopsa", IntegrationSet(enabled=False))
    assert not (await effective(msp, here.org_id, "halopsa")).enabled
    await msp.integrations.set(
        await msp.admin_in(here.org_id), "halopsa", IntegrationSet(settings={"clientRef": 1})
    )
    assert (await effective(msp, here.org_id, "halopsa")).enabled
    await msp.integrations.set(admin, "halopsa", IntegrationSet(enabled=False, settings=HALO))
    assert not (await effective(msp, here.org_id, "halopsa")).enabled
    own = {**HALO, "baseUrl": "https://own.example"}
    await msp.integrations.set(here, "halopsa", IntegrationSet(settings=own))
    assert (await effective(msp, here.org_id, "halopsa")).enabled


async def test_what_loses_the_global_part_is_not_usable_and_says_why(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    await msp.integrations.set(
        await msp.admin_in(here.org_id), "halopsa", IntegrationSet(settings={"clientRef": 1})
    )

    await msp.integrations.delete(admin, "halopsa")

    (entry,) = await msp.integrations.list_entries(here)
    assert set(entry.problems) == {"baseUrl", "clientId", "clientSecret"}
    tested = await msp.integrations.test(here, "halopsa")
    assert not tested.ok
    assert "baseUrl" in tested.message


async def test_a_test_makes_a_real_call_and_its_result_is_kept(msp: Platform) -> None:
    admin, here = await msp.admin_scope(), await manager(msp)
    await msp.secrets.set(admin, "halo", "never shown")
    # Nothing listens on port 9 of the loopback: a real attempt, and a real refusal.
    closed = {**HALO, "baseUrl": "http://127.0.0.1:9"}
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=closed))

    tested = await msp.integrations.test(here, "halopsa")

    assert not tested.ok
    assert tested.message
    assert tested.tested_by == here.user.id
    assert "never shown" not in repr(tested)
    (entry,) = await msp.integrations.list_entries(here)
    assert entry.last_test == tested
    assert entry.inherited
    (shared,) = await msp.integrations.list_entries(admin)
    assert shared.last_test is None


async def test_integrations_need_the_config_permission(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *(set(Permission) - {MANAGE}))

    with pytest.raises(Forbidden):
        await msp.integrations.list_entries(scope)
    with pytest.raises(Forbidden):
        await msp.integrations.set(scope, "halopsa", IntegrationSet(settings=HALO))
    with pytest.raises(Forbidden):
        await msp.integrations.delete(scope, "halopsa")
    with pytest.raises(Forbidden):
        await msp.integrations.test(scope, "halopsa")


async def test_what_is_not_set_up_is_not_found(msp: Platform) -> None:
    here = await manager(msp)

    with pytest.raises(NotFound):
        await msp.integrations.test(here, "halopsa")
    with pytest.raises(NotFound):
        await msp.integrations.get_entry(here, "halopsa")
    await msp.integrations.delete(here, "halopsa")


async def test_a_lost_race_is_told(msp: Platform) -> None:
    admin = await msp.admin_scope()
    first = await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO))
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO), etag=first.etag)

    with pytest.raises(PreconditionFailed):
        await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=HALO), etag=first.etag)


def test_types_come_with_a_schema_in_the_words_of_the_api(msp: Platform) -> None:
    types = {one.type: one for one in msp.integrations.list_types()}

    assert set(types) == {"halopsa", "msgraph"}
    graph = types["msgraph"].settings_schema
    assert set(graph["properties"]) == {"mode", "clientId", "clientSecret", "refreshToken"}
    assert set(graph["required"]) == {"clientId", "clientSecret"}
