"""Configuration values: what they may be, and what overrides what."""

from __future__ import annotations

import pytest

from msp_core.config.models import ConfigItem, ConfigSet, ConfigType, Origin
from msp_core.config.values import checked, typed
from msp_core.errors import Forbidden, Invalid, PreconditionFailed, Unavailable
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.storage import Stored

MANAGE = Permission.CAN_MANAGE_CONFIG


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ConfigType.STRING, "", ""),
        (ConfigType.STRING, " it's <b> ünï ", " it's <b> ünï "),
        (ConfigType.INT, "42", 42),
        (ConfigType.INT, " -7 ", -7),
        (ConfigType.BOOL, "true", True),
        (ConfigType.BOOL, "FALSE", False),
        (ConfigType.JSON, '{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        (ConfigType.JSON, '"text"', "text"),
        (ConfigType.SECRET_REF, "graph_secret", {"secretRef": "graph-secret"}),
    ],
)
def test_values_become_what_their_type_says(kind: ConfigType, text: str, value: object) -> None:
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ConfigType.INT, ""),
        (ConfigType.INT, "4.0"),
        (ConfigType.INT, "1_000"),
        (ConfigType.INT, "٤"),
        (ConfigType.INT, "9" * 19),
        (ConfigType.INT, "0x10"),
        (ConfigType.BOOL, "yes"),
        (ConfigType.BOOL, "1"),
        (ConfigType.JSON, ""),
        (ConfigType.JSON, "{a: 1}"),
        (ConfigType.JSON, "NaN"),
        (ConfigType.JSON, "[Infinity]"),
        (ConfigType.JSON, "1e999"),
        (ConfigType.JSON, '"\\ud800"'),
        (ConfigType.JSON, "[" * 5000),
        (ConfigType.JSON, "1" * 5000),
        (ConfigType.SECRET_REF, ""),
        (ConfigType.SECRET_REF, "Graph Secret"),
        (ConfigType.SECRET_REF, "graph--secret"),
        (ConfigType.SECRET_REF, "-graph"),
        (ConfigType.SECRET_REF, "x" * 81),
        (ConfigType.SECRET_REF, "../other"),
    ],
)
def test_values_that_are_not_of_their_type_are_refused(kind: ConfigType, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(ConfigSet(key="k", value=text, type=kind))

    assert set(refused.value.details["fields"]) == {"value"}


async def test_what_is_refused_is_not_stored(msp: Platform) -> None:
    admin = await msp.admin_scope()
    await msp.config.set(admin, ConfigSet(key="k", value="1", type=ConfigType.INT))

    with pytest.raises(Invalid):
        await msp.config.set(admin, ConfigSet(key="k", value="one", type=ConfigType.INT))

    (entry,) = await msp.config.list_entries(admin)
    assert entry.value == "1"


async def test_keys_are_plain(msp: Platform) -> None:
    admin = await msp.admin_scope()

    for key in ["", "a b", "a/b", "a'b", "a#b", "a?b", "a\\b", "a\n", "a\x00", "ü", "x" * 101, "x" * 1025]:
        with pytest.raises(Invalid):
            await msp.config.set(admin, ConfigSet(key=key, value="v"))
        with pytest.raises(Invalid):
            await msp.config.delete(admin, key)
        with pytest.raises(Invalid):
            await msp.config.find(admin, key)


async def test_a_value_has_at_most_ten_kilobytes(msp: Platform) -> None:
    admin = await msp.admin_scope()

    await msp.config.set(admin, ConfigSet(key="k", value="é" * 5120))

    for value in ("é" * 5121, "a\x00b", "\ud800"):
        with pytest.raises(Invalid):
            await msp.config.set(admin, ConfigSet(key="k", value=value))


async def test_the_list_says_whose_value_counts_and_what_it_hides(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    here = await msp.scope(organization.id, MANAGE)
    await msp.config.set(admin, ConfigSet(key="both", value="7", type=ConfigType.INT))
    await msp.config.set(admin, ConfigSet(key="shared", value="s"))
    await msp.config.set(here, ConfigSet(key="both", value="own", description="Ours"))
    await msp.config.set(here, ConfigSet(key="alone", value="true", type=ConfigType.BOOL))

    entries = {entry.key: entry for entry in await msp.config.list_entries(here)}

    assert list(entries) == ["alone", "both", "shared"]
    alone, both, shared = entries.values()
    assert (alone.scope, alone.overrides, alone.inherited) == (Origin.ORG, False, False)
    assert (both.scope, both.overrides, both.inherited) == (Origin.ORG, True, False)
    assert (both.value, both.global_value, both.global_type) == ("own", "7", ConfigType.INT)
    assert (shared.scope, shared.overrides, shared.inherited) == (Origin.GLOBAL, False, True)
    assert both.updated_by == here.user.id
    globals_ = await msp.config.list_entries(admin)
    assert [(entry.key, entry.scope, entry.inherited) for entry in globals_] == [
        ("both", Origin.GLOBAL, False),
        ("shared", Origin.GLOBAL, False),
    ]


async def test_deleting_shows_the_global_value_again_and_repeats_well(msp: Platform) -> None:
    admin = await msp.admin_scope()
    here = await msp.scope((await msp.organization()).id, MANAGE)
    await msp.config.set(admin, ConfigSet(key="k", value="global"))
    await msp.config.set(here, ConfigSet(key="k", value="own"))

    for _ in range(2):
        await msp.config.delete(here, "k")

    (entry,) = await msp.config.list_entries(here)
    assert (entry.value, entry.inherited) == ("global", True)


async def test_config_needs_its_permission(msp: Platform) -> None:
    organization = await msp.organization()
    others = set(Permission) - {MANAGE}
    scope = await msp.scope(organization.id, *others)

    with pytest.raises(Forbidden):
        await msp.config.list_entries(scope)
    with pytest.raises(Forbidden):
        await msp.config.set(scope, ConfigSet(key="k", value="v"))
    with pytest.raises(Forbidden):
        await msp.config.delete(scope, "k")
    with pytest.raises(Forbidden):
        await msp.config.find(scope, "k")


async def test_one_organizations_values_are_not_anothers(msp: Platform) -> None:
    contoso = await msp.scope((await msp.organization("Contoso")).id, MANAGE)
    fabrikam = await msp.scope((await msp.organization("Fabrikam")).id, MANAGE)
    await msp.config.set(contoso, ConfigSet(key="k", value="contoso"))

    assert await msp.config.list_entries(fabrikam) == []
    assert await msp.config.find(fabrikam, "k") is None
    await msp.config.delete(fabrikam, "k")
    assert await msp.config.find(contoso, "k") is not None


async def test_a_lost_race_is_told(msp: Platform) -> None:
    here = await msp.scope((await msp.organization()).id, MANAGE)
    first = await msp.config.set(here, ConfigSet(key="k", value="1"))
    await msp.config.set(here, ConfigSet(key="k", value="2"), etag=first.etag)

    with pytest.raises(PreconditionFailed):
        await msp.config.set(here, ConfigSet(key="k", value="3"), etag=first.etag)
    with pytest.raises(PreconditionFailed):
        await msp.config.delete(here, "k", etag=first.etag)
    found = await msp.config.find(here, "k")
    assert found is not None
    assert found.value.value == "2"


async def test_a_value_is_noted_once_it_is_set_and_counts_even_if_it_cannot_be(msp: Platform) -> None:
    here = await msp.scope((await msp.organization()).id, MANAGE)
    noted: list[tuple[str | None, str]] = []

    async def note(before: Stored[ConfigItem] | None, stored: Stored[ConfigItem]) -> None:
        assert await msp.config.find(here, "k") == stored
        noted.append((None if before is None else before.value.value, stored.value.value))
        if stored.value.value == "2":
            raise Unavailable("The log is away.")

    first = await msp.config.set(here, ConfigSet(key="k", value="1"), note=note)
    with pytest.raises(Unavailable, match="log"):
        await msp.config.set(here, ConfigSet(key="k", value="2"), note=note)
    with pytest.raises(PreconditionFailed):
        await msp.config.set(here, ConfigSet(key="k", value="3"), etag=first.etag, note=note)

    assert noted == [(None, "1"), ("1", "2")]
    snapshot = await msp.snapshots.get(here.org_id)
    assert snapshot is not None
    assert snapshot.config["k"].value == "2"
