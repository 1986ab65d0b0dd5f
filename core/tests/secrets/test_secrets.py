"""Secrets: in they go; out they come for runs, and nowhere else."""

from __future__ import annotations

import pytest

from msp_core.config.models import ConfigSet, ConfigType, Origin
from msp_core.errors import Forbidden, Invalid, PreconditionFailed, TooLarge, Unavailable
from msp_core.ids import GLOBAL
from msp_core.integrations.models import IntegrationSet
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.secrets.errors import SecretInUse
from msp_core.secrets.models import SecretChange, SecretInfo, SecretRecord
from msp_core.secrets.repository import CHANGES
from msp_core.storage import Stored, TableName
from msp_core.storage.testing import Network

VALUE = "S3cr3t/+ value"


async def test_the_organizations_value_comes_before_the_global_one(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    other = await msp.organization("Fabrikam")
    await msp.secrets.set(admin, "mail", "global")
    await msp.secrets.set(await msp.admin_in(organization.id), "mail", "own")

    assert await msp.secrets.resolve_for_run(organization.id, "mail") == "own"
    assert await msp.secrets.resolve_for_run(other.id, "mail") == "global"
    assert await msp.secrets.resolve_for_run(GLOBAL, "mail") == "global"
    assert await msp.secrets.resolve_for_run(organization.id, "missing") is None


async def test_an_underscore_is_a_hyphen(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    await msp.secrets.set(admin, "graph_client_secret", VALUE)

    assert await msp.secrets.resolve_for_run(organization.id, "graph_client_secret") == VALUE
    assert await msp.secrets.resolve_for_run(organization.id, "graph-client-secret") == VALUE
    assert [entry.name for entry in await msp.secrets.list_entries(admin)] == ["graph-client-secret"]


async def test_names_are_kebab_case(msp: Platform) -> None:
    admin = await msp.admin_scope()

    for name in [
        "",
        "Mail",
        "a b",
        "a--b",
        "-a",
        "a-",
        "a/b",
        "a'b",
        "a#b",
        "a?b",
        "a.b",
        "ü",
        "a\n",
        "x" * 81,
    ]:
        with pytest.raises(Invalid):
            await msp.secrets.set(admin, name, VALUE)
        with pytest.raises(Invalid):
            await msp.secrets.delete(admin, name)
        assert await msp.secrets.resolve_for_run(GLOBAL, name) is None


async def test_no_name_reaches_another_organizations_vault_entry(msp: Platform) -> None:
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    await msp.secrets.set(await msp.admin_in(contoso.id), "mail", VALUE)

    for name in (f"{contoso.id}--mail", f"-{contoso.id}--mail", f"../{contoso.id}--mail"):
        assert await msp.secrets.resolve_for_run(fabrikam.id, name) is None
        assert await msp.secrets.resolve_for_run(GLOBAL, name) is None


async def test_lists_show_names_and_never_a_value(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    here = await msp.admin_in(organization.id)
    for scope, name in ((admin, "both"), (admin, "shared"), (here, "both"), (here, "alone")):
        await msp.secrets.set(scope, name, VALUE)
    await msp.storage.vault.set(f"{organization.id}--by-hand", VALUE)

    entries = await msp.secrets.list_entries(here)

    assert [(entry.name, entry.scope, entry.overrides, entry.inherited) for entry in entries] == [
        ("alone", Origin.ORG, False, False),
        ("both", Origin.ORG, True, False),
        ("by-hand", Origin.ORG, False, False),
        ("shared", Origin.GLOBAL, False, True),
    ]
    assert entries[0].updated_by == here.user.id
    assert entries[2].updated_at is None
    assert VALUE not in repr(entries)
    assert VALUE not in repr(vars(msp.secrets))


async def test_secrets_are_the_admins(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *Permission)

    with pytest.raises(Forbidden):
        await msp.secrets.list_entries(scope)
    with pytest.raises(Forbidden):
        await msp.secrets.set(scope, "mail", VALUE)
    with pytest.raises(Forbidden):
        await msp.secrets.delete(scope, "mail")
    with pytest.raises(Forbidden):
        await msp.secrets.list_references(scope, "mail")


async def test_a_referenced_secret_is_not_deleted_without_being_asked_twice(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    here = await msp.admin_in(organization.id)
    await msp.secrets.set(admin, "shared", VALUE)
    await msp.config.set(here, ConfigSet(key="mail.password", value="shared", type=ConfigType.SECRET_REF))
    await msp.config.set(here, ConfigSet(key="text", value="shared"))
    halo = {"baseUrl": "https://halo.example", "clientId": "c", "clientSecret": "shared"}
    await msp.integrations.set(admin, "halopsa", IntegrationSet(settings=halo))

    with pytest.raises(SecretInUse) as refused:
        await msp.secrets.delete(admin, "shared")

    references = refused.value.details["references"]
    assert references == await msp.secrets.list_references(admin, "shared")
    assert sorted((one["kind"], one["orgId"], one["key"]) for one in references) == [
        ("config", organization.id, "mail.password"),
        ("integration", "GLOBAL", "halopsa"),
    ]
    assert VALUE not in str(references)
    assert await msp.secrets.resolve_for_run(GLOBAL, "shared") == VALUE
    for _ in range(2):
        await msp.secrets.delete(admin, "shared", even_if_used=True)
    assert await msp.secrets.resolve_for_run(GLOBAL, "shared") is None
    assert await msp.secrets.list_entries(admin) == []


async def test_an_organizations_references_are_its_own_and_the_inherited_ones(msp: Platform) -> None:
    admin = await msp.admin_scope()
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    for scope, key in (
        (admin, "shared"),
        (await msp.admin_in(contoso.id), "own"),
        (await msp.admin_in(fabrikam.id), "theirs"),
    ):
        await msp.config.set(scope, ConfigSet(key=key, value="mail", type=ConfigType.SECRET_REF))

    found = await msp.secrets.list_references(await msp.admin_in(contoso.id), "mail")

    assert sorted(one["key"] for one in found) == ["own", "shared"]


async def test_a_new_value_counts_at_once_and_an_unchanged_one_is_not_fetched_again(
    msp: Platform, network: Network
) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    await msp.secrets.set(admin, "mail", "old")
    assert await msp.secrets.resolve_for_run(organization.id, "mail") == "old"
    # Changed in the vault itself: seen when the half minute is over.
    await msp.storage.vault.set("GLOBAL--mail", "by hand")
    network.forget()
    assert await msp.secrets.resolve_for_run(organization.id, "mail") == "old"
    assert network.count() == 1
    msp.clock.now += 30
    assert await msp.secrets.resolve_for_run(organization.id, "mail") == "by hand"

    other_process = Platform(msp.storage)
    await other_process.secrets.set(admin, "mail", "new")

    assert await msp.secrets.resolve_for_run(organization.id, "mail") == "new"


async def test_a_deleted_secret_can_be_set_again(msp: Platform) -> None:
    admin = await msp.admin_scope()
    await msp.secrets.set(admin, "mail", "first")
    await msp.secrets.delete(admin, "mail")

    await msp.secrets.set(admin, "mail", "second")

    assert await msp.secrets.resolve_for_run(GLOBAL, "mail") == "second"


async def test_a_secret_is_noted_with_who_set_it_before_and_its_turn_ends(msp: Platform) -> None:
    admin = await msp.admin_scope()
    noted: list[tuple[str | None, str | None]] = []

    async def note(before: Stored[SecretRecord] | None, saved: SecretInfo) -> None:
        noted.append((None if before is None else before.etag, saved.etag))

    async def fail(*_: object) -> None:
        raise Unavailable("The log is away.")

    first = await msp.secrets.set(admin, "mail", "first", note=note)
    second = await msp.secrets.set(admin, "mail", "second", etag=first.etag, note=note)
    with pytest.raises(PreconditionFailed) as lost:
        await msp.secrets.set(admin, "mail", "late", etag=first.etag, note=note)
    assert lost.value.details["currentEtag"] == second.etag
    assert await msp.secrets.resolve_for_run(GLOBAL, "mail") == "second"
    with pytest.raises(Unavailable, match="log"):
        await msp.secrets.set(admin, "mail", "third", note=fail)

    assert noted == [(None, first.etag), (first.etag, second.etag)]
    assert await msp.secrets.resolve_for_run(GLOBAL, "mail") == "third"
    turns = msp.storage.table(TableName.SECRETS, SecretChange, large_values=False).partition(CHANGES)
    assert [turn async for turn in turns.iter()] == []


async def test_values_are_neither_empty_nor_endless(msp: Platform) -> None:
    admin = await msp.admin_scope()

    with pytest.raises(Invalid):
        await msp.secrets.set(admin, "mail", "")
    with pytest.raises(Invalid):
        await msp.secrets.set(admin, "mail", "\ud800")
    with pytest.raises(TooLarge) as refused:
        await msp.secrets.set(admin, "mail", "x" * 25_001)
    assert "xxx" not in str(refused.value)
