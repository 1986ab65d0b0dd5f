"""Records of people: how they come to be, who is an admin, and who may change them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from msp_core.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from msp_core.identity.models import Principal
from msp_core.models import utc_now
from msp_core.organizations.models import OrganizationUpdate
from msp_core.organizations.testing import LISTED_ADMIN_ID, Platform
from msp_core.permissions.models import Permission
from msp_core.storage.testing import Network
from msp_core.users.errors import AccountDisabled, NoAccess
from msp_core.users.models import UserType, UserUpdate
from msp_core.users.service import MspSettings, UserService


async def test_somebody_of_the_msps_tenant_becomes_msp(msp: Platform) -> None:
    user = await msp.users.sign_in(msp.person())

    assert user.user_type is UserType.MSP
    assert user.org_id is None
    assert not user.is_msp_admin
    assert user.last_login is not None


async def test_somebody_of_a_linked_tenant_becomes_org(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)

    user = await msp.users.sign_in(msp.person(tenant_id))

    assert user.user_type is UserType.ORG
    assert user.org_id == organization.id


async def test_a_tenant_of_an_inactive_organization_is_nobodys(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    await msp.organizations.deactivate(await msp.admin_scope(), organization.id)

    with pytest.raises(NoAccess) as refused:
        await msp.users.sign_in(msp.person(tenant_id))
    assert refused.value.code == "NoAccess"


async def test_first_sign_ins_at_once_make_one_record(msp: Platform) -> None:
    person = msp.person()

    users = await asyncio.gather(*(msp.users.sign_in(person) for _ in range(12)))

    assert len({user.created_at for user in users}) == 1
    page = await msp.users.list_page(await msp.admin_scope())
    assert [stored.value.id for stored in page.items].count(person.user_id) == 1


async def test_the_same_object_id_in_another_tenant_is_another_person(msp: Platform, tenant_id: str) -> None:
    await msp.organization("Contoso", tenant_id)
    here = msp.person(is_admin=True)
    there = Principal(tenant_id=tenant_id, object_id=here.object_id, app_roles=here.app_roles)

    first, second = await msp.users.sign_in(here), await msp.users.sign_in(there)

    assert first.is_msp_admin
    assert not second.is_msp_admin
    assert first.id != second.id


async def test_admins_are_those_with_the_role_the_list_or_the_flag(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    listed = msp.person().model_copy(update={"object_id": LISTED_ADMIN_ID})
    flagged = msp.person()
    await msp.users.sign_in(flagged)
    await msp.users.update(admin, flagged.user_id, UserUpdate(is_msp_admin=True))
    await msp.organization("Contoso", tenant_id)
    foreign = listed.model_copy(update={"tenant_id": tenant_id})

    assert (await msp.users.sign_in(msp.person(is_admin=True))).is_msp_admin
    assert (await msp.users.sign_in(listed)).is_msp_admin
    assert (await msp.users.sign_in(flagged)).is_msp_admin
    assert not (await msp.users.sign_in(msp.person())).is_msp_admin
    assert not (await msp.users.sign_in(foreign)).is_msp_admin


async def test_the_role_counts_for_the_token_that_has_it_and_is_not_stored(msp: Platform) -> None:
    person = msp.person(is_admin=True)
    assert (await msp.users.sign_in(person)).is_msp_admin

    without = person.model_copy(update={"app_roles": ()})

    assert not (await msp.users.sign_in(without)).is_msp_admin
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_admin(without)
    stored = await msp.users.get(await msp.admin_scope(), person.user_id)
    assert not stored.value.is_msp_admin


async def test_a_taken_flag_is_gone_on_the_next_request(msp: Platform) -> None:
    admin = await msp.admin_scope()
    person = msp.person()
    await msp.users.sign_in(person)
    await msp.users.update(admin, person.user_id, UserUpdate(is_msp_admin=True))
    await msp.scopes.resolve_admin(person)

    await msp.users.update(admin, person.user_id, UserUpdate(is_msp_admin=False))

    with pytest.raises(Forbidden):
        await msp.scopes.resolve_admin(person)


async def test_a_client_user_moves_with_their_tenant(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    old = await msp.organization("Contoso", tenant_id)
    person = await msp.client_user(old)
    await msp.organizations.update(admin, old.id, OrganizationUpdate(tenant_id=None))
    with pytest.raises(NoAccess):
        await msp.users.sign_in(person)
    new = await msp.organization("Contoso Europe", tenant_id)
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(person, new.id)

    user = await msp.users.sign_in(person)

    assert user.org_id == new.id
    assert (await msp.scopes.resolve_member(person, new.id)).org_id == new.id
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(person, old.id)


async def test_a_record_whose_kind_contradicts_the_tenant_opens_nothing(
    msp: Platform, tenant_id: str
) -> None:
    await msp.organization("Contoso", tenant_id)
    technician = msp.person(is_admin=True)
    await msp.users.sign_in(technician)
    # The deployment's own tenant was set to another one since.
    moved = UserService(msp.user_rows, msp.organization_rows, MspSettings(tenant_id), msp.stamps)
    user = await msp.users.find(technician.user_id)
    assert user is not None

    with pytest.raises(NoAccess):
        moved.admit(user, technician)


async def test_a_disabled_person_cannot_sign_in_and_can_again_when_enabled(msp: Platform) -> None:
    admin = await msp.admin_scope()
    person = await msp.technician()
    await msp.users.update(admin, person.user_id, UserUpdate(is_active=False))
    with pytest.raises(AccountDisabled):
        await msp.users.sign_in(person)

    await msp.users.update(admin, person.user_id, UserUpdate(is_active=True))

    assert await msp.users.sign_in(person)


async def test_a_sign_in_is_noted_at_most_hourly(msp: Platform, network: Network) -> None:
    person = await msp.technician()
    network.forget()
    await msp.users.sign_in(person.model_copy(update={"email": "new@example.com"}))
    assert network.count(lambda request: request.method != "GET") == 0

    stored = await msp.user_rows.get(person.user_id)
    before = utc_now() - timedelta(hours=2)
    await msp.user_rows.replace(stored.value.model_copy(update={"last_login": before}), etag=stored.etag)
    await msp.users.sign_in(person.model_copy(update={"email": "new@example.com"}))

    user = await msp.users.find(person.user_id)
    assert user is not None
    assert user.last_login is not None
    assert user.last_login > before
    assert user.email == "new@example.com"


async def test_noting_a_sign_in_never_undoes_a_change(msp: Platform) -> None:
    """A sign-in that read the record before an admin disabled the person must not write it back."""
    admin = await msp.admin_scope()
    person = await msp.technician()
    read = await msp.user_rows.get(person.user_id)
    await msp.users.update(admin, person.user_id, UserUpdate(is_active=False))

    stale = replace(read, value=read.value.model_copy(update={"last_login": None}))
    await msp.users._record_login(stale, person, None)  # the race, played slowly

    user = await msp.users.find(person.user_id)
    assert user is not None
    assert not user.is_active


async def test_admins_cannot_lock_themselves_out(msp: Platform) -> None:
    admin = await msp.admin_scope()

    for change in (UserUpdate(is_active=False), UserUpdate(is_msp_admin=False)):
        with pytest.raises(Conflict):
            await msp.users.update(admin, admin.user.id, change)


async def test_only_admins_see_and_change_users(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    scope = await msp.scope(organization.id, *Permission)
    member = await msp.scopes.resolve_member(await msp.client_user(organization), organization.id)

    for who in (scope, member):
        with pytest.raises(Forbidden):
            await msp.users.list_page(who)
        with pytest.raises(Forbidden):
            await msp.users.get(who, who.user.id)
        with pytest.raises(Forbidden):
            await msp.users.update(who, who.user.id, UserUpdate(is_msp_admin=True))


async def test_users_are_listed_by_kind_and_page_by_page(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    admin = await msp.admin_scope()
    clients = {(await msp.client_user(organization)).user_id for _ in range(3)}

    found, after = set(), None
    while True:
        page = await msp.users.list_page(admin, limit=2, after=after, user_type=UserType.ORG)
        found |= {stored.value.id for stored in page.items}
        after = page.next
        if after is None:
            break

    assert found == clients


async def test_changes_are_refused_where_they_make_no_sense(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    admin = await msp.admin_scope()
    client = await msp.client_user(organization)

    with pytest.raises(Invalid):
        await msp.users.update(admin, client.user_id, UserUpdate(is_msp_admin=True))
    with pytest.raises(NotFound):
        await msp.users.update(admin, msp.person(str(uuid4())).user_id, UserUpdate(is_active=False))
    with pytest.raises(PreconditionFailed):
        await msp.users.update(admin, client.user_id, UserUpdate(is_active=False), etag='W/"old"')
