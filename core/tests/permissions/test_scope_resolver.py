"""Who gets into which organization: the attacks, and the cost."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

import msp_core
from msp_core.errors import Forbidden, Invalid, MspError
from msp_core.identity.models import Principal
from msp_core.ids import GLOBAL, OrgId, parse_org_id
from msp_core.models import utc_now
from msp_core.organizations.models import OrganizationUpdate
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import ALL_PERMISSIONS, Permission, PermissionFlags, PermissionGrant
from msp_core.storage import Storage, StorageSettings
from msp_core.storage.testing import Network
from msp_core.users.errors import AccountDisabled, NoAccess
from msp_core.users.models import UserUpdate

EXECUTE = Permission.CAN_EXECUTE_WORKFLOWS
HISTORY = Permission.CAN_VIEW_HISTORY


async def refusal(
    msp: Platform, principal: Principal, org_id: str, needs: Permission | None = None
) -> MspError:
    """How `resolve` refuses; `resolve_member` must refuse the same way where it refuses."""
    with pytest.raises(Forbidden) as refused:
        await msp.scopes.resolve(principal, org_id, needs)
    return refused.value


def looks(error: MspError) -> tuple[type[MspError], str, str, dict[str, object]]:
    return type(error), error.code, error.message, error.details


async def test_a_technician_gets_exactly_the_granted_permissions(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE, HISTORY)

    scope = await msp.scopes.resolve(technician, organization.id, EXECUTE)

    assert scope.org_id == organization.id
    assert scope.organization == organization
    assert scope.permissions == {EXECUTE, HISTORY}
    assert not scope.is_admin
    with pytest.raises(Forbidden):
        scope.require(Permission.CAN_MANAGE_CONFIG)
    with pytest.raises(Forbidden):
        scope.require_admin()


async def test_warm_it_costs_one_read(msp: Platform, network: Network) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    await msp.scopes.resolve(technician, organization.id)
    network.forget()

    scope = await msp.scopes.resolve(technician, organization.id, EXECUTE)

    assert [request.method for request in network.requests] == ["GET"]
    assert "Stamps" in network.requests[0].path
    assert scope.snapshot is not None
    assert scope.snapshot.organization == organization


async def test_what_another_process_revokes_or_disables_counts_from_the_next_request(msp: Platform) -> None:
    organization = await msp.organization()
    revoked, disabled = [await msp.technician(organization.id, EXECUTE) for _ in range(2)]
    elsewhere = Platform(msp.storage)
    for person in (revoked, disabled):
        await msp.scopes.resolve(person, organization.id, EXECUTE)
        await elsewhere.scopes.resolve(person, organization.id, EXECUTE)

    admin = await elsewhere.admin_scope()
    await elsewhere.permissions.revoke(admin, revoked.user_id, organization.id)
    await elsewhere.users.update(admin, disabled.user_id, UserUpdate(is_active=False))

    for platform in (msp, elsewhere):
        with pytest.raises(Forbidden):
            await platform.scopes.resolve(revoked, organization.id, EXECUTE)
        with pytest.raises(AccountDisabled):
            await platform.scopes.resolve(disabled, organization.id, EXECUTE)


async def test_a_revocation_that_crashed_before_its_stamp_counts_after_half_a_minute(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    await msp.scopes.resolve(technician, organization.id, EXECUTE)

    await msp.grant_rows.delete(technician.user_id, organization.id)
    msp.clock.now += 31

    with pytest.raises(Forbidden):
        await msp.scopes.resolve(technician, organization.id, EXECUTE)


async def test_a_revocation_after_a_reading_is_not_hidden_by_it(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    admin = await msp.admin_scope()
    person_stamp = (await msp.stamps.read_all(organization.id, technician.user_id)).person
    now = msp.access.now()
    old = await msp.access.get(technician.user_id, organization.id, stamp=person_stamp, now=now)
    assert old is not None
    assert old.grant is not None

    await msp.permissions.revoke(admin, technician.user_id, organization.id)

    with pytest.raises(Forbidden):
        await msp.scopes.resolve(technician, organization.id, EXECUTE)


async def test_all_kinds_of_no_get_the_same_answer(msp: Platform, tenant_id: str) -> None:
    theirs = await msp.organization("Contoso", tenant_id)
    other = await msp.organization("Fabrikam")
    closed = await msp.organization("Closed")
    technician = await msp.technician(theirs.id, EXECUTE)
    admin_scope = await msp.admin_scope()
    await msp.permissions.grant(
        admin_scope, technician.user_id, closed.id, PermissionFlags(can_execute_workflows=True)
    )
    await msp.organizations.deactivate(admin_scope, closed.id)
    client = await msp.client_user(theirs)

    answers = [
        await refusal(msp, technician, str(uuid4())),
        await refusal(msp, technician, "00000000-0000-0000-0000-000000000000"),
        await refusal(msp, technician, other.id),
        await refusal(msp, technician, closed.id),
        await refusal(msp, technician, theirs.id, Permission.CAN_MANAGE_CONFIG),
        await refusal(msp, msp.person(is_admin=True), str(uuid4())),
        await refusal(msp, msp.person(is_admin=True), closed.id),
        await refusal(msp, client, other.id),
        await refusal(msp, client, theirs.id),
    ]

    assert len({str(looks(answer)) for answer in answers}) == 1
    assert answers[0].code == "Forbidden"
    assert answers[0].details == {}


@pytest.mark.parametrize(
    "org_id",
    [
        None,
        "",
        "  ",
        "GLOBAL",
        "STAMP",
        "*",
        "contoso",
        "c0000000-0000-4000-8000-00000000000",
        "c0000000000040008000000000000001",
        "{c0000000-0000-4000-8000-000000000001}",
        "c0000000-0000-4000-8000-000000000001 ",
        "c0000000-0000-4000-8000-000000000001\n",
        "c0000000-0000-4000-8000-00000000000'",
        "c0000000-0000-4000-8000-000000000001' or RowKey ne '",
        "../c0000000-0000-4000-8000-000000000001",
        "c0000000/0000-4000-8000-000000000001",
        "c0000000#0000-4000-8000-000000000001",
        "c0000000?0000-4000-8000-000000000001",
        "c0000000-0000-4000-8000-00000000000\x00",
        "c0000000-0000-4000-8000-00000000000\uff11",
        "x" * 1025,
    ],
)
async def test_what_is_no_organization_id_reaches_no_storage(
    msp: Platform, network: Network, org_id: str | None
) -> None:
    admin = msp.person(is_admin=True)

    with pytest.raises(Invalid):
        await msp.scopes.resolve(admin, org_id)
    with pytest.raises(Invalid):
        await msp.scopes.resolve_member(admin, org_id)
    assert network.requests == []


async def test_an_id_in_upper_case_is_the_same_organization(msp: Platform) -> None:
    organization = await msp.organization()

    scope = await msp.scopes.resolve(msp.person(is_admin=True), organization.id.upper())

    assert scope.org_id == organization.id


async def test_a_revoked_permission_is_gone_on_the_next_request(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    await msp.scopes.resolve(technician, organization.id)

    await msp.permissions.revoke(await msp.admin_scope(), technician.user_id, organization.id)

    await refusal(msp, technician, organization.id)
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(technician, organization.id)


async def test_switches_that_are_all_off_open_nothing(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id)

    await refusal(msp, technician, organization.id)


async def test_a_disabled_person_is_refused_on_the_next_request_even_an_admin(msp: Platform) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    admin = msp.person(is_admin=True)
    await msp.scopes.resolve(technician, organization.id)
    await msp.scopes.resolve_admin(admin)

    boss = await msp.admin_scope()
    for person in (technician, admin):
        await msp.users.update(boss, person.user_id, UserUpdate(is_active=False))

    for person in (technician, admin):
        for org_id in (organization.id, str(uuid4())):
            with pytest.raises(AccountDisabled):
                await msp.scopes.resolve(person, org_id)
            with pytest.raises(AccountDisabled):
                await msp.scopes.resolve_member(person, org_id)
        with pytest.raises(AccountDisabled):
            await msp.scopes.resolve_admin(person)
        with pytest.raises(AccountDisabled):
            await msp.scopes.resolve_user(person)


async def test_a_deactivated_organization_is_closed_on_the_next_request(
    msp: Platform, tenant_id: str
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    technician = await msp.technician(organization.id, EXECUTE)
    client = await msp.client_user(organization)
    await msp.scopes.resolve(technician, organization.id)
    await msp.scopes.resolve_member(client, organization.id)

    await msp.organizations.deactivate(await msp.admin_scope(), organization.id)

    await refusal(msp, technician, organization.id)
    await refusal(msp, msp.person(is_admin=True), organization.id)
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(client, organization.id)


async def test_another_process_sees_the_deactivation_at_once(msp: Platform, storage_account: str) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    storage = Storage(StorageSettings(connection_string=storage_account))
    other = Platform(storage)
    await other.scopes.resolve(technician, organization.id)

    await msp.organizations.deactivate(await msp.admin_scope(), organization.id)

    await refusal(other, technician, organization.id)
    await storage.close()


async def test_admins_have_every_permission_in_every_active_organization(msp: Platform) -> None:
    organization = await msp.organization()

    scope = await msp.scopes.resolve(msp.person(is_admin=True), organization.id, Permission.CAN_MANAGE_FORMS)

    assert scope.is_admin
    assert scope.permissions == ALL_PERMISSIONS


async def test_the_platform_wide_scope_is_for_admins_only(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    technician = await msp.technician(organization.id, *Permission)
    client = await msp.client_user(organization)

    scope = await msp.scopes.resolve_admin(msp.person(is_admin=True))

    assert scope.org_id == GLOBAL
    assert scope.organization is None
    for person in (technician, client):
        with pytest.raises(Forbidden):
            await msp.scopes.resolve_admin(person)


async def test_a_client_user_is_a_member_of_their_own_organization_without_permissions(
    msp: Platform, tenant_id: str
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    other = await msp.organization("Fabrikam", str(uuid4()))
    client = await msp.client_user(organization)

    scope = await msp.scopes.resolve_member(client, organization.id)

    assert scope.is_client_user
    assert scope.permissions == frozenset()
    assert not scope.is_admin
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(client, other.id)


async def test_the_admin_role_of_a_foreign_tenant_means_nothing(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    client = msp.person(tenant_id, is_admin=True)

    user = await msp.scopes.resolve_user(client)

    assert not user.is_msp_admin
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_admin(client)
    await refusal(msp, client, organization.id)


async def test_a_grant_smuggled_in_for_a_client_user_opens_nothing(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    other = await msp.organization("Fabrikam")
    client = await msp.client_user(organization)
    for org_id in (organization.id, other.id):
        await msp.grant_rows.write(
            PermissionGrant(
                user_id=client.user_id,
                org_id=org_id,
                granted_by=client.user_id,
                granted_at=utc_now(),
                can_execute_workflows=True,
            )
        )

    await refusal(msp, client, organization.id)
    await refusal(msp, client, other.id)
    assert (await msp.scopes.resolve_member(client, organization.id)).permissions == frozenset()
    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(client, other.id)


async def test_client_users_are_out_once_their_tenant_is_unlinked(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    await msp.scopes.resolve_member(client, organization.id)

    await msp.organizations.update(
        await msp.admin_scope(), organization.id, OrganizationUpdate(tenant_id=str(uuid4()))
    )

    with pytest.raises(Forbidden):
        await msp.scopes.resolve_member(client, organization.id)
    with pytest.raises(NoAccess):
        await msp.scopes.resolve_user(client)


async def test_a_stranger_gets_nowhere_and_leaves_no_record(msp: Platform) -> None:
    organization = await msp.organization()
    stranger = msp.person(str(uuid4()), is_admin=True)

    for attempt in (
        msp.scopes.resolve(stranger, organization.id),
        msp.scopes.resolve_member(stranger, organization.id),
        msp.scopes.resolve_admin(stranger),
        msp.scopes.resolve_user(stranger),
    ):
        with pytest.raises(NoAccess):
            await attempt
    assert await msp.users.find(stranger.user_id) is None


async def test_a_first_request_makes_the_record_too(msp: Platform) -> None:
    organization = await msp.organization()
    admin = msp.person(is_admin=True)

    await msp.scopes.resolve(admin, organization.id)

    assert await msp.users.find(admin.user_id) is not None


async def test_many_first_requests_at_once_share_one_reading(msp: Platform, network: Network) -> None:
    organization = await msp.organization()
    technician = await msp.technician(organization.id, EXECUTE)
    network.forget()

    scopes = await asyncio.gather(*(msp.scopes.resolve(technician, organization.id) for _ in range(20)))

    assert {scope.org_id for scope in scopes} == {organization.id}
    # 20 times three reads, and the copy's five readings once (twice if two bursts met).
    assert network.count() <= 20 * 3 + 10


async def test_only_the_resolver_makes_scopes() -> None:
    makers = set()
    for root in (Path(msp_core.__file__).parent, Path(msp_core.__file__).parent.parent / "msp_http"):
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "OrgScope":
                    makers.add(path.relative_to(root.parent).as_posix())
    assert makers == {"msp_core/permissions/scopes.py"}


def test_global_is_no_organization_id_from_outside() -> None:
    with pytest.raises(Invalid):
        parse_org_id(OrgId("GLOBAL"))
