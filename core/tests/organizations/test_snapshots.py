"""Warm copies: never older than the stamp says, and never older than half a minute."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from msp_core.config.models import ConfigItem, ConfigSet, ConfigType, Origin
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.models import IntegrationSet
from msp_core.models import utc_now
from msp_core.organizations.models import OrganizationUpdate
from msp_core.organizations.run_parts import build_run_snapshot_parts
from msp_core.organizations.testing import Platform
from msp_core.storage.testing import Network

GRAPH_CLIENT = "6a000000-0000-4000-8000-000000000001"


async def value_of(msp: Platform, org_id: OrgId, key: str) -> object:
    snapshot = await msp.snapshots.get(org_id)
    assert snapshot is not None
    return snapshot.config[key].value if key in snapshot.config else None


async def test_values_are_typed_and_the_organizations_own_come_first(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    here = await msp.admin_in(organization.id)
    for scope, key, value, kind in (
        (admin, "seats", "5", ConfigType.INT),
        (admin, "greeting", "Hello", ConfigType.STRING),
        (here, "seats", "7", ConfigType.INT),
        (here, "strict", "True", ConfigType.BOOL),
        (here, "tags", '["a", 1]', ConfigType.JSON),
        (here, "password", "mail_password", ConfigType.SECRET_REF),
    ):
        await msp.config.set(scope, ConfigSet(key=key, value=value, type=kind))

    snapshot = await msp.snapshots.get(organization.id)

    assert snapshot is not None
    assert {key: (one.value, one.origin) for key, one in snapshot.config.items()} == {
        "seats": (7, Origin.ORG),
        "greeting": ("Hello", Origin.GLOBAL),
        "strict": (True, Origin.ORG),
        "tags": (["a", 1], Origin.ORG),
        "password": ({"secretRef": "mail-password"}, Origin.ORG),
    }


async def test_warm_it_costs_one_request(msp: Platform, network: Network) -> None:
    organization = await msp.organization()
    await msp.snapshots.get(organization.id)
    network.forget()

    await msp.snapshots.get(organization.id)

    assert network.count() == 1


async def test_every_kind_of_change_is_seen_at_once(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    here = await msp.admin_in(organization.id)
    assert await value_of(msp, organization.id, "k") is None

    await msp.config.set(admin, ConfigSet(key="k", value="global"))
    assert await value_of(msp, organization.id, "k") == "global"
    await msp.config.set(here, ConfigSet(key="k", value="own"))
    assert await value_of(msp, organization.id, "k") == "own"
    await msp.config.delete(here, "k")
    assert await value_of(msp, organization.id, "k") == "global"

    settings = {"clientId": GRAPH_CLIENT, "clientSecret": "graph"}
    await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))
    snapshot = await msp.snapshots.get(organization.id)
    assert snapshot is not None
    assert snapshot.integrations["msgraph"].is_usable

    await msp.integrations.delete(admin, "msgraph")
    snapshot = await msp.snapshots.get(organization.id)
    assert snapshot is not None
    assert "msgraph" not in snapshot.integrations

    await msp.organizations.update(admin, organization.id, OrganizationUpdate(name="Contoso Ltd"))
    snapshot = await msp.snapshots.get(organization.id)
    assert snapshot is not None
    assert snapshot.organization is not None
    assert snapshot.organization.name == "Contoso Ltd"


async def test_a_change_whose_stamp_was_lost_is_seen_within_half_a_minute(msp: Platform) -> None:
    organization = await msp.organization()
    await msp.snapshots.get(organization.id)
    item = ConfigItem(key="k", value="new", updated_at=utc_now(), updated_by=organization.created_by)
    await msp.config_rows.upsert(organization.id, item)
    assert await value_of(msp, organization.id, "k") is None

    msp.clock.now += 30

    assert await value_of(msp, organization.id, "k") == "new"


async def test_an_unknown_organization_has_no_copy(msp: Platform) -> None:
    assert await msp.snapshots.get(OrgId(str(uuid4()))) is None


async def test_global_has_a_copy_without_organization(msp: Platform) -> None:
    organization = await msp.organization()
    await msp.config.set(await msp.admin_scope(), ConfigSet(key="k", value="global"))
    await msp.config.set(await msp.admin_in(organization.id), ConfigSet(key="k", value="own"))

    snapshot = await msp.snapshots.get(GLOBAL)

    assert snapshot is not None
    assert snapshot.organization is None
    assert snapshot.config["k"].value == "global"


async def test_one_organization_sees_nothing_of_another(msp: Platform) -> None:
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    await msp.config.set(await msp.admin_in(contoso.id), ConfigSet(key="k", value="contoso"))
    halo = {"baseUrl": "https://halo.example", "clientId": "c", "clientSecret": "s"}
    await msp.integrations.set(await msp.admin_in(contoso.id), "halopsa", IntegrationSet(settings=halo))

    snapshot = await msp.snapshots.get(fabrikam.id)

    assert snapshot is not None
    assert dict(snapshot.config) == {}
    assert dict(snapshot.integrations) == {}


async def test_a_caller_that_goes_away_does_not_take_the_copy_from_others(msp: Platform) -> None:
    organization = await msp.organization()
    impatient = asyncio.create_task(msp.snapshots.get(organization.id))
    patient = asyncio.create_task(msp.snapshots.get(organization.id))
    await asyncio.sleep(0.005)
    impatient.cancel()

    snapshot = await patient

    assert snapshot is not None


async def test_a_value_spoiled_behind_our_back_counts_as_absent(msp: Platform) -> None:
    organization = await msp.organization()
    good = ConfigItem(
        key="n", value="1", type=ConfigType.INT, updated_at=utc_now(), updated_by=organization.created_by
    )
    await msp.config_rows.upsert(GLOBAL, good)
    await msp.config_rows.upsert(organization.id, good.model_copy(update={"value": "one"}))

    assert await value_of(msp, organization.id, "n") is None
    assert await value_of(msp, GLOBAL, "n") == 1


async def test_a_run_starts_from_names_of_secrets_and_the_deployments_addresses(
    msp: Platform, tenant_id: str
) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    await msp.secrets.set(admin, "graph", "s3cr3t-value")
    await msp.config.set(admin, ConfigSet(key="pw", value="graph", type=ConfigType.SECRET_REF))
    settings = {"clientId": GRAPH_CLIENT, "clientSecret": "graph"}
    await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))
    halo = {"baseUrl": "https://halo.example", "clientId": "c", "clientSecret": "s"}
    await msp.integrations.set(admin, "halopsa", IntegrationSet(enabled=False, settings=halo))
    snapshot = await msp.snapshots.get(organization.id)
    assert snapshot is not None
    endpoints = {"msgraph": {"authority": "http://localhost:9201", "base_url": "http://localhost:9201/v1.0"}}

    parts = build_run_snapshot_parts(snapshot, endpoints)

    assert parts.org is not None
    assert (parts.org.id, parts.org.tenant_id) == (organization.id, tenant_id)
    assert parts.config == {"pw": {"secretRef": "graph"}}
    assert parts.integrations == {
        "msgraph": {"client_id": GRAPH_CLIENT, "client_secret": "graph", **endpoints["msgraph"]}
    }
    assert "s3cr3t-value" not in repr(parts)
