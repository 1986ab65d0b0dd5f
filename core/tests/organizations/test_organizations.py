"""Organizations: who sees them, how they change, and one tenant for one organization."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from msp_core.errors import Conflict, Forbidden, Invalid, MspError, PreconditionFailed
from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.organizations.models import (
    OrganizationCreate,
    OrganizationUpdate,
    TenantClaim,
    TenantLink,
    TenantLinkStatus,
)
from msp_core.organizations.repository import TenantTaken
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission, PermissionFlags
from msp_core.storage import TableName
from msp_core.storage.testing import Network
from msp_core.users.models import User


async def test_a_new_organization_is_active_and_says_who_made_it(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()

    draft = OrganizationCreate(name="  Contoso ", tenant_id=tenant_id.upper())
    made = (await msp.organizations.create(admin, draft)).value

    assert made.name == "Contoso"
    assert made.is_active
    assert made.tenant_id == tenant_id
    assert made.created_by == admin.user.id
    assert made.tenant_link.status is TenantLinkStatus.LINKED
    assert made.tenant_link.verified_at is None
    stored = await msp.organizations.get(await msp.admin_in(made.id))
    assert stored.value == made


async def test_an_import_can_give_the_id_and_repeating_it_is_a_conflict(msp: Platform) -> None:
    admin, org_id = await msp.admin_scope(), OrgId(str(uuid4()))
    draft = OrganizationCreate(name="Contoso")

    made = await msp.organizations.create(admin, draft, org_id=org_id)

    assert made.value.id == org_id
    with pytest.raises(Conflict):
        await msp.organizations.create(admin, draft, org_id=org_id)


async def test_everybody_sees_their_own_list(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    contoso = await msp.organization("Contoso", tenant_id)
    fabrikam = await msp.organization("fabrikam")
    closed = await msp.organization("Adatum")
    technician = await msp.technician(fabrikam.id, Permission.CAN_VIEW_HISTORY)
    for org_id, flags in (
        (closed.id, PermissionFlags(can_view_history=True)),
        (contoso.id, PermissionFlags()),
    ):
        await msp.permissions.grant(admin, technician.user_id, org_id, flags)
    await msp.organizations.deactivate(admin, closed.id)
    client = await msp.client_user(contoso)

    async def names(principal: object) -> list[str]:
        user = await msp.scopes.resolve_user(principal)  # type: ignore[arg-type] # a Principal in each call
        return [one.name for one in await msp.organizations.list_for(user)]

    assert await names(msp.person(is_admin=True)) == ["Adatum", "Contoso", "fabrikam"]
    assert await names(technician) == ["fabrikam"]
    assert await names(await msp.technician()) == []
    assert await names(client) == ["Contoso"]


async def test_the_list_is_read_once_and_then_checked(msp: Platform, network: Network) -> None:
    admin = await msp.admin_scope()
    await msp.organization("Contoso")
    assert [one.name for one in await msp.organizations.list_for(admin.user)] == ["Contoso"]
    network.forget()

    assert [one.name for one in await msp.organizations.list_for(admin.user)] == ["Contoso"]

    assert [request.method for request in network.requests] == ["GET"]
    assert "Stamps" in network.requests[0].path


async def test_a_kept_list_shows_what_another_process_changes(msp: Platform) -> None:
    admin = await msp.admin_scope()
    elsewhere = Platform(msp.storage)
    contoso = await msp.organization("Contoso")
    technician = await msp.scope(contoso.id, Permission.CAN_VIEW_HISTORY)

    async def names(user: User) -> list[str]:
        return [one.name for one in await msp.organizations.list_for(user)]

    assert await names(admin.user) == await names(technician.user) == ["Contoso"]
    await elsewhere.organization("Adatum")
    assert await names(admin.user) == ["Adatum", "Contoso"]
    await elsewhere.organizations.update(admin, contoso.id, OrganizationUpdate(name="Contoso Ltd"))
    assert await names(technician.user) == ["Contoso Ltd"]
    await elsewhere.organizations.deactivate(admin, contoso.id)
    assert await names(technician.user) == []


async def test_a_change_that_crashed_before_its_stamp_is_listed_after_half_a_minute(msp: Platform) -> None:
    admin = await msp.admin_scope()
    contoso = await msp.organization("Contoso")
    await msp.organizations.list_for(admin.user)
    stored = await msp.organizations.get_any(admin, contoso.id)

    await msp.organization_rows.replace(stored.value.model_copy(update={"name": "New"}), etag=stored.etag)
    msp.clock.now += 31

    assert [one.name for one in await msp.organizations.list_for(admin.user)] == ["New"]


async def test_only_admins_make_and_change_organizations(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *Permission)

    with pytest.raises(Forbidden):
        await msp.organizations.create(scope, OrganizationCreate(name="Mine"))
    with pytest.raises(Forbidden):
        await msp.organizations.update(scope, organization.id, OrganizationUpdate(name="Mine"))
    with pytest.raises(Forbidden):
        await msp.organizations.deactivate(scope, organization.id)
    with pytest.raises(Forbidden):
        await msp.organizations.get_any(scope, organization.id)


async def test_only_what_was_given_changes(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    made = await msp.organization("Contoso", tenant_id)

    renamed = await msp.organizations.update(admin, made.id, OrganizationUpdate(name="Contoso Ltd"))
    unlinked = await msp.organizations.update(admin, made.id, OrganizationUpdate(tenant_id=None))

    assert (renamed.value.name, renamed.value.tenant_id) == ("Contoso Ltd", tenant_id)
    assert (unlinked.value.name, unlinked.value.tenant_id) == ("Contoso Ltd", None)
    assert unlinked.value.tenant_link.status is TenantLinkStatus.NOT_LINKED


async def test_a_lost_race_is_told(msp: Platform) -> None:
    admin = await msp.admin_scope()
    made = await msp.organization()
    stale = (await msp.organizations.get_any(admin, made.id)).etag
    await msp.organizations.update(admin, made.id, OrganizationUpdate(name="First"), etag=stale)

    with pytest.raises(PreconditionFailed):
        await msp.organizations.update(admin, made.id, OrganizationUpdate(name="Second"), etag=stale)

    assert (await msp.organizations.get_any(admin, made.id)).value.name == "First"


async def test_unknown_organizations_get_the_resolvers_answer(msp: Platform) -> None:
    admin = await msp.admin_scope()
    unknown = OrgId(str(uuid4()))
    with pytest.raises(Forbidden) as resolved:
        await msp.scopes.resolve(msp.person(is_admin=True), unknown)

    answers: list[MspError] = []
    for attempt in (
        msp.organizations.get_any(admin, unknown),
        msp.organizations.update(admin, unknown, OrganizationUpdate(name="x")),
        msp.organizations.deactivate(admin, unknown),
        msp.organizations.get(admin),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        answers.append(refused.value)
    assert {answer.message for answer in answers} == {resolved.value.message}


async def test_a_tenant_is_named_by_its_id(msp: Platform) -> None:
    admin = await msp.admin_scope()

    for bad in ["contoso.example", "x' or '1' eq '1", "", "a/b", "\x00", "g" * 36]:
        with pytest.raises(Invalid):
            await msp.organizations.create(admin, OrganizationCreate(name="Contoso", tenant_id=bad))


async def test_names_are_text(msp: Platform) -> None:
    admin = await msp.admin_scope()
    odd = "O'Neil & Søns <b>#1?/</b> 株式会社"

    assert (await msp.organizations.create(admin, OrganizationCreate(name=odd))).value.name == odd
    for bad in ("", "  ", "a\x00b", "a\nb", "\ud800", "x" * 201):
        with pytest.raises(ValidationError):
            OrganizationCreate(name=bad)


async def test_a_tenant_belongs_to_one_active_organization(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    first = await msp.organization("First", tenant_id)
    second = await msp.organization("Second")

    with pytest.raises(TenantTaken):
        await msp.organization("Third", tenant_id)
    with pytest.raises(TenantTaken):
        await msp.organizations.update(admin, second.id, OrganizationUpdate(tenant_id=tenant_id))

    await msp.organizations.deactivate(admin, first.id)
    await msp.organizations.update(admin, second.id, OrganizationUpdate(tenant_id=tenant_id))
    with pytest.raises(TenantTaken):
        await msp.organizations.update(admin, first.id, OrganizationUpdate(is_active=True))
    user = await msp.users.sign_in(msp.person(tenant_id))
    assert user.org_id == second.id


async def test_of_many_that_want_one_tenant_at_once_one_gets_it(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()

    async def attempt(number: int) -> bool:
        try:
            await msp.organizations.create(
                admin, OrganizationCreate(name=f"Contoso {number}", tenant_id=tenant_id)
            )
        except TenantTaken:
            return False
        return True

    assert sorted(await asyncio.gather(*(attempt(n) for n in range(8)))) == [False] * 7 + [True]


async def test_a_claim_left_by_a_crash_is_void_after_a_minute(msp: Platform, tenant_id: str) -> None:
    claims = msp.storage.table(TableName.ORGANIZATIONS, TenantClaim).partition("TENANT")
    gone = OrgId(str(uuid4()))
    await claims.upsert(tenant_id, TenantClaim(org_id=gone, claimed_at=utc_now()))
    with pytest.raises(TenantTaken):
        await msp.organization("Contoso", tenant_id)

    old = utc_now() - timedelta(minutes=2)
    await claims.upsert(tenant_id, TenantClaim(org_id=gone, claimed_at=old))

    assert (await msp.organization("Contoso", tenant_id)).tenant_id == tenant_id


async def test_what_a_link_check_found_is_kept(msp: Platform, tenant_id: str) -> None:
    admin = await msp.admin_scope()
    made = await msp.organization("Contoso", tenant_id)
    link = TenantLink(status=TenantLinkStatus.FAILING, verified_at=utc_now(), reason="AADSTS700016")

    await msp.organizations.record_link(admin, made.id, link)

    stored = (await msp.organizations.get_any(admin, made.id)).value
    assert stored.tenant_link == link
    assert stored.name == "Contoso"
