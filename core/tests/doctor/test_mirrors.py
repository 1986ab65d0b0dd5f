"""A crash between the two writes of a dual index is found and mended, and nobody's writes are undone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from msp_core.doctor.models import Finding, FindingKind, Outcome
from msp_core.doctor.service import Doctor
from msp_core.doctor.testing import Surgery, crash
from msp_core.forms.models import FormDraft
from msp_core.ids import FormId, OrgId, RoleId, UserId
from msp_core.models import Model
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, PermissionFlags
from msp_core.roles.models import RoleDraft
from msp_core.storage import TableName
from msp_core.storage.testing import Network

FORM = FormDraft.model_validate({"name": "F", "linkedWorkflow": "w", "formSchema": {"fields": []}})
READ = PermissionFlags(can_view_history=True)
RUN = PermissionFlags(can_execute_workflows=True)


@dataclass
class Joined:
    """One of each thing that a dual index joins."""

    msp: Platform
    admin: OrgScope
    org_id: OrgId
    technician: UserId
    client: UserId
    role: RoleId
    form: FormId

    async def rows(self, name: TableName) -> int:
        table = self.msp.storage.table(name, Model, large_values=False, select=True)
        return len([row async for row in table.iter_across_partitions()])


@pytest.fixture
async def joined(msp: Platform, tenant_id: str) -> Joined:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    return Joined(
        msp,
        admin,
        organization.id,
        (await msp.technician()).user_id,
        (await msp.client_user(organization)).user_id,
        (await msp.roles.create(admin, RoleDraft(name="Office"))).value.id,
        (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value.id,
    )


Work = Callable[[Joined], Awaitable[object]]


def grant(one: Joined, flags: PermissionFlags = READ) -> Awaitable[object]:
    return one.msp.permissions.grant(one.admin, one.technician, one.org_id, flags)


def regrant(one: Joined) -> Awaitable[object]:
    return grant(one, RUN)


def revoke(one: Joined) -> Awaitable[object]:
    return one.msp.permissions.revoke(one.admin, one.technician, one.org_id)


def add_member(one: Joined) -> Awaitable[object]:
    return one.msp.roles.add_member(one.admin, one.role, one.client)


def remove_member(one: Joined) -> Awaitable[object]:
    return one.msp.roles.remove_member(one.admin, one.role, one.client)


def grant_form(one: Joined) -> Awaitable[object]:
    return one.msp.roles.grant_form(one.admin, one.role, one.form)


def revoke_form(one: Joined) -> Awaitable[object]:
    return one.msp.roles.revoke_form(one.admin, one.role, one.form)


MISSING, OUTDATED, LEFT_OVER = (
    FindingKind.MIRROR_MISSING,
    FindingKind.MIRROR_OUTDATED,
    FindingKind.MIRROR_WITHOUT_AUTHORITY,
)
PERMISSIONS = (TableName.USER_PERMISSIONS, TableName.ORG_PERMISSIONS)
MEMBERS = (TableName.USER_ROLES, TableName.ROLE_USERS)
FORMS = (TableName.FORM_ROLES, TableName.ROLE_FORMS)


Change = tuple[Work | None, Work, FindingKind, tuple[TableName, TableName], int]


@pytest.mark.parametrize(
    "change",
    [
        (None, grant, MISSING, PERMISSIONS, 1),
        (grant, regrant, OUTDATED, PERMISSIONS, 1),
        (grant, revoke, LEFT_OVER, PERMISSIONS, 0),
        (None, add_member, MISSING, MEMBERS, 1),
        (add_member, add_member, OUTDATED, MEMBERS, 1),
        (add_member, remove_member, LEFT_OVER, MEMBERS, 0),
        (None, grant_form, MISSING, FORMS, 1),
        (grant_form, grant_form, OUTDATED, FORMS, 1),
        (grant_form, revoke_form, LEFT_OVER, FORMS, 0),
    ],
)
async def test_a_crash_between_the_two_writes_is_found_and_mended(
    joined: Joined,
    network: Network,
    surgery: Surgery,
    change: Change,
) -> None:
    before, work, kind, tables, rows = change
    if before is not None:
        await before(joined)
    assert await surgery.examine() == []
    # A table is made on its first write, which is refused first: let that be over.
    await network_warm(joined)

    await crash(network, work(joined), after_writes=1)

    [finding] = await surgery.examine()
    assert (finding.kind, finding.outcome, finding.is_repairable) == (kind, Outcome.FOUND, True)
    assert tables[1] in finding.where
    assert await surgery.mend() == [kind]
    assert [await joined.rows(name) for name in tables] == [rows, rows]


async def network_warm(joined: Joined) -> None:
    """Make all tables."""
    for name in TableName:
        table = joined.msp.storage.table(name, Model, large_values=False)
        await table.partition("warm").upsert("warm", Model())
        await table.partition("warm").delete("warm")


async def test_what_was_mended_is_what_the_authority_says(
    joined: Joined, network: Network, surgery: Surgery
) -> None:
    await grant(joined)
    await crash(network, regrant(joined), after_writes=1)
    await surgery.mend()

    [listed] = await joined.msp.permissions.list_for_organization(joined.admin, joined.org_id)
    [counts] = await joined.msp.permissions.list_for_user(joined.admin.user, joined.technician)
    assert listed == counts
    assert listed.permissions == RUN.permissions


async def test_a_permission_given_between_look_and_repair_stays(joined: Joined, surgery: Surgery) -> None:
    await grant(joined)
    await (
        joined.msp.storage.table(TableName.USER_PERMISSIONS, Model, large_values=False)
        .partition(joined.technician)
        .delete(joined.org_id)
    )
    mend = await surgery.only_mend()
    await regrant(joined)

    assert await mend() is False
    [listed] = await joined.msp.permissions.list_for_organization(joined.admin, joined.org_id)
    assert listed.permissions == RUN.permissions
    assert await surgery.examine() == []


async def test_a_permission_taken_between_look_and_repair_stays_gone(
    joined: Joined, network: Network, surgery: Surgery
) -> None:
    await network_warm(joined)
    await crash(network, grant(joined), after_writes=1)
    mend = await surgery.only_mend()
    await revoke(joined)

    assert await mend() is False
    assert [await joined.rows(name) for name in PERMISSIONS] == [0, 0]


async def test_a_permission_changed_between_look_and_repair_stays_changed(
    joined: Joined, network: Network, surgery: Surgery
) -> None:
    await grant(joined)
    await crash(network, grant(joined), after_writes=1)
    mend = await surgery.only_mend()
    await regrant(joined)

    assert await mend() is False
    [listed] = await joined.msp.permissions.list_for_organization(joined.admin, joined.org_id)
    assert listed.permissions == RUN.permissions


async def test_a_mirror_written_between_look_and_repair_is_not_overwritten(
    joined: Joined, network: Network, surgery: Surgery
) -> None:
    await network_warm(joined)
    await crash(network, grant(joined), after_writes=1)
    mend = await surgery.only_mend()
    await regrant(joined)

    assert await mend() is False
    [listed] = await joined.msp.permissions.list_for_organization(joined.admin, joined.org_id)
    assert listed.permissions == RUN.permissions


async def test_repairs_and_writers_at_once_leave_both_sides_the_same(
    joined: Joined, surgery: Surgery
) -> None:
    async def change(times: int) -> None:
        for _ in range(times):
            await grant(joined)
            await regrant(joined)
            await revoke(joined)

    async def repair(times: int) -> None:
        for _ in range(times):
            await surgery.examine(repair=True)

    await asyncio.gather(change(15), repair(4), repair(4))
    await surgery.examine(repair=True)
    assert [await joined.rows(name) for name in PERMISSIONS] == [0, 0]
    await asyncio.gather(grant(joined), repair(2))
    await surgery.examine(repair=True)
    assert [await joined.rows(name) for name in PERMISSIONS] == [1, 1]


async def test_a_write_that_is_over_at_the_second_look_is_no_finding(joined: Joined) -> None:
    permissions = joined.msp.grant_rows
    await grant(joined)
    stored = await permissions.find(joined.technician, joined.org_id)
    assert stored is not None
    mirror = permissions._by_organization.partition(joined.org_id)
    await mirror.delete(joined.technician)
    second_writes: list[asyncio.Task[object]] = []

    def second_write(_pause: timedelta) -> None:
        second_writes.append(asyncio.create_task(mirror.upsert(joined.technician, stored.value)))

    doctor = Doctor(joined.msp.storage, pause=timedelta(seconds=0.5), say=second_write)
    assert [result async for result in doctor.examine(repair=True)] == []
    assert len(second_writes) == 1


async def test_findings_explain_themselves(joined: Joined, network: Network, surgery: Surgery) -> None:
    await network_warm(joined)
    await crash(network, grant(joined), after_writes=1)
    [finding] = await surgery.examine()
    assert finding == Finding(
        kind=FindingKind.MIRROR_MISSING,
        where=f"OrgPermissions: {joined.org_id} / {joined.technician}",
        meaning="UserPermissions has a technician's permissions in an organization that its mirror "
        "OrgPermissions lacks, so lists of who may work for an organization do not show it.",
        repair="Writes the row to OrgPermissions as UserPermissions has it.",
        is_repairable=True,
    )
