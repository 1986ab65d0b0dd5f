"""Configuration out of warm copies: what that saves, and that nothing stale or lost comes of it."""

from __future__ import annotations

from msp_core.config.models import ConfigItem, ConfigSet
from msp_core.ids import GLOBAL, OrgId, UserId
from msp_core.models import utc_now
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Stored
from msp_core.storage.testing import Meanwhile, Network

MANAGE = Permission.CAN_MANAGE_CONFIG


async def values(msp: Platform, scope: OrgScope) -> dict[str, str]:
    """What the person's next request lists."""
    return {one.key: one.value for one in await msp.config.list_entries(await msp.again(scope))}


async def set_value(msp: Platform, scope: OrgScope, key: str, value: str) -> None:
    """The person's next request sets a value."""
    await msp.config.set(await msp.again(scope), ConfigSet(key=key, value=value))


async def behind_our_back(msp: Platform, org_id: OrgId, key: str, value: str) -> None:
    """Another process writes, and has not come to its stamp."""
    item = ConfigItem(key=key, value=value, updated_at=utc_now(), updated_by=UserId("t.o"))
    await msp.config_rows.upsert(org_id, item)


async def test_warm_a_list_reads_nothing_but_the_stamps(msp: Platform, network: Network) -> None:
    technician = await msp.scope((await msp.organization()).id, MANAGE)
    await set_value(msp, technician, "k", "1")
    await values(msp, technician)
    network.forget()

    assert await values(msp, technician) == {"k": "1"}

    assert network.count() == 1


async def test_setting_a_value_reads_nothing_and_the_copy_goes_on(msp: Platform, network: Network) -> None:
    technician = await msp.scope((await msp.organization()).id, MANAGE)
    await set_value(msp, technician, "k", "1")
    await values(msp, technician)
    for key, value in (("k", "2"), ("new", "3")):
        network.forget()

        await set_value(msp, technician, key, value)

        # The stamps; the value and the new stamp.
        assert network.count() == 3
        assert (await values(msp, technician))[key] == value
        assert network.count() == 4
    await msp.config.delete(await msp.again(technician), "k")
    network.forget()
    assert await values(msp, technician) == {"new": "3"}
    assert network.count() == 1


async def test_a_shared_value_is_read_once_for_all_organizations(msp: Platform, network: Network) -> None:
    admin = await msp.admin_scope()
    here = await msp.scope((await msp.organization("Contoso")).id, MANAGE)
    there = await msp.scope((await msp.organization("Fabrikam")).id, MANAGE)
    await values(msp, here)
    await values(msp, there)
    await msp.config.set(admin, ConfigSet(key="k", value="shared"))
    network.forget()

    assert await values(msp, here) == {"k": "shared"}
    # The stamps; the MSP's values and its integrations.
    assert network.count() == 3
    network.forget()

    assert await values(msp, there) == {"k": "shared"}
    assert network.count() == 1


async def test_who_was_quicker_is_what_was_there_before(msp: Platform, network: Network) -> None:
    technician = await msp.scope((await msp.organization()).id, MANAGE)
    await set_value(msp, technician, "k", "1")
    await values(msp, technician)
    scope = await msp.again(technician)
    noted: list[tuple[str | None, str]] = []

    async def other() -> None:
        await behind_our_back(msp, technician.org_id, "k", "theirs")
        await behind_our_back(msp, technician.org_id, "their-own", "x")
        await msp.stamps.bump(technician.org_id)

    async def note(before: Stored[ConfigItem] | None, stored: Stored[ConfigItem]) -> None:
        noted.append((None if before is None else before.value.value, stored.value.value))

    network.fail(Meanwhile(other))
    await msp.config.set(scope, ConfigSet(key="k", value="ours"), note=note)

    assert noted == [("theirs", "ours")]
    assert await values(msp, technician) == {"k": "ours", "their-own": "x"}


async def test_what_a_crashed_writer_left_is_seen_when_the_first_copy_is_old(msp: Platform) -> None:
    technician = await msp.scope((await msp.organization()).id, MANAGE)
    await values(msp, technician)
    await behind_our_back(msp, technician.org_id, "crashed", "x")
    msp.clock.now += 20
    await set_value(msp, technician, "k", "1")
    assert await values(msp, technician) == {"k": "1"}

    msp.clock.now += 10

    assert await values(msp, technician) == {"k": "1", "crashed": "x"}


async def test_a_copy_that_goes_on_is_the_organizations_own(msp: Platform) -> None:
    here = await msp.scope((await msp.organization("Contoso")).id, MANAGE)
    there = await msp.scope((await msp.organization("Fabrikam")).id, MANAGE)
    await values(msp, here)
    await values(msp, there)

    await set_value(msp, here, "k", "contoso")

    assert await values(msp, there) == {}
    shared = await msp.snapshots.get(GLOBAL)
    assert shared is not None
    assert dict(shared.config) == {}
