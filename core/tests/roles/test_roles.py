"""Roles: who has them, what they open, and both directions of the index."""

from __future__ import annotations

from uuid import uuid4

import pytest

from msp_core.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from msp_core.forms.models import FormDraft
from msp_core.ids import FormId, RoleId, UserId
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.roles.access import RoleAccess
from msp_core.roles.models import RoleDraft

FORM = FormDraft.model_validate({"name": "F", "linkedWorkflow": "w", "formSchema": {"fields": []}})


async def test_a_role_joins_people_and_forms_from_both_sides(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    form = (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value

    for _ in range(2):
        member = (await msp.roles.add_member(admin, role.id, client.user_id)).value
        grant = (await msp.roles.grant_form(admin, role.id, form.id)).value

    assert [one.user_id for one in await msp.roles.list_members(admin, role.id)] == [member.user_id]
    assert [one.form_id for one in await msp.roles.list_forms(admin, role.id)] == [grant.form_id]
    assert await msp.roles.list_for_user(client.user_id) == [role]
    assert await RoleAccess(msp.role_rows).opens(client.user_id, form.id)


async def test_what_is_taken_away_is_gone_at_once(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    form = (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value
    access = RoleAccess(msp.role_rows)
    await msp.roles.add_member(admin, role.id, client.user_id)
    await msp.roles.grant_form(admin, role.id, form.id)

    await msp.roles.remove_member(admin, role.id, client.user_id)
    assert not await access.opens(client.user_id, form.id)
    await msp.roles.add_member(admin, role.id, client.user_id)
    await msp.roles.revoke_form(admin, role.id, form.id)
    assert not await access.opens(client.user_id, form.id)
    await msp.roles.grant_form(admin, role.id, form.id)
    assert await access.opens(client.user_id, form.id)
    await msp.roles.delete(admin, role.id)

    assert not await access.opens(client.user_id, form.id)
    assert await msp.roles.list_all(admin) == []
    assert await msp.roles.list_for_user(client.user_id) == []


async def test_a_mirror_left_by_a_crash_opens_nothing(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    member = await msp.member(organization)
    form = (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value
    await msp.roles.add_member(admin, role.id, member.user.id)
    grant = (await msp.roles.grant_form(admin, role.id, form.id)).value
    await msp.roles.revoke_form(admin, role.id, form.id)
    # The authority is gone, the mirror is still there.
    await msp.role_rows._forms_of.partition(role.id).upsert(form.id, grant)

    assert await msp.forms.list_for(member) == []


async def test_a_role_that_is_gone_opens_nothing_whatever_its_deletion_left(
    msp: Platform, tenant_id: str
) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    member = await msp.member(organization)
    form = (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value
    await msp.roles.add_member(admin, role.id, member.user.id)
    await msp.roles.grant_form(admin, role.id, form.id)
    assert [one.id for one in await msp.forms.list_for(member)] == [form.id]

    # Only the role's own row goes: what counts of its memberships and grants is still there.
    await msp.role_rows.delete(role.id)
    msp.clock.now += 31

    assert await msp.forms.list_for(member) == []
    assert not await RoleAccess(msp.role_rows).opens(member.user.id, form.id)


async def test_roles_are_for_known_client_users_and_known_forms(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    technician = await msp.technician()
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value

    with pytest.raises(Invalid, match="permissions"):
        await msp.roles.add_member(admin, role.id, technician.user_id)
    with pytest.raises(NotFound):
        await msp.roles.add_member(admin, role.id, msp.person().user_id)
    with pytest.raises(NotFound):
        await msp.roles.add_member(admin, RoleId(str(uuid4())), client.user_id)
    with pytest.raises(NotFound):
        await msp.roles.grant_form(admin, role.id, FormId(str(uuid4())))


async def test_roles_are_renamed_and_a_lost_race_is_told(msp: Platform) -> None:
    admin = await msp.admin_scope()
    made = await msp.roles.create(admin, RoleDraft(name="Office"))
    changed = await msp.roles.update(admin, made.value.id, RoleDraft(name="Reception"), etag=made.etag)

    assert changed.value.name == "Reception"
    with pytest.raises(PreconditionFailed):
        await msp.roles.update(admin, made.value.id, RoleDraft(name="Again"), etag=made.etag)


async def test_roles_are_the_admins(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *Permission)
    role = (await msp.roles.create(await msp.admin_scope(), RoleDraft(name="Office"))).value

    for attempt in (
        msp.roles.list_all(scope),
        msp.roles.get(scope, role.id),
        msp.roles.update(scope, role.id, RoleDraft(name="Mine")),
        msp.roles.list_members(scope, role.id),
        msp.roles.list_forms(scope, role.id),
        msp.roles.add_member(scope, role.id, scope.user.id),
        msp.roles.grant_form(scope, role.id, FormId(str(uuid4()))),
        msp.roles.create(scope, RoleDraft(name="Mine")),
    ):
        with pytest.raises(Forbidden):
            await attempt
    for quiet in (
        msp.roles.delete(scope, role.id),
        msp.roles.remove_member(scope, role.id, scope.user.id),
        msp.roles.revoke_form(scope, role.id, FormId(str(uuid4()))),
    ):
        with pytest.raises(Forbidden):
            await quiet


async def test_ids_are_checked(msp: Platform) -> None:
    admin = await msp.admin_scope()
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value

    for bad in ["", "x", "a'b", "a/b", "a#b", "a?b", "a\x00", "ROLE", "x" * 1025]:
        with pytest.raises(Invalid):
            await msp.roles.get(admin, RoleId(bad))
        with pytest.raises(Invalid):
            await msp.roles.delete(admin, RoleId(bad))
        with pytest.raises(Invalid):
            await msp.roles.add_member(admin, role.id, UserId(bad))
        with pytest.raises(Invalid):
            await msp.roles.grant_form(admin, role.id, FormId(bad))
