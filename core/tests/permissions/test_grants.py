"""Granting, revoking, and both directions of the index."""

from __future__ import annotations

from uuid import uuid4

import pytest

from msp_core.errors import Forbidden, Invalid, NotFound
from msp_core.ids import OrgId, UserId
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission, PermissionFlags

FLAGS = PermissionFlags(can_execute_workflows=True, can_view_history=True)


async def test_a_grant_is_found_from_both_sides(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    technician = await msp.technician()

    stored = await msp.permissions.grant(admin, technician.user_id, organization.id, FLAGS)
    grant = stored.value

    assert grant.granted_by == admin.user.id
    assert await msp.permissions.list_for_user(admin.user, technician.user_id) == [grant]
    assert await msp.permissions.list_for_organization(admin, organization.id) == [grant]
    assert await msp.permissions.find(admin, technician.user_id, organization.id) == stored


async def test_granting_again_replaces_and_revoking_again_is_fine(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()
    technician = await msp.technician()
    await msp.permissions.grant(admin, technician.user_id, organization.id, FLAGS)
    only_forms = PermissionFlags(can_manage_forms=True)
    await msp.permissions.grant(admin, technician.user_id, organization.id, only_forms)

    (grant,) = await msp.permissions.list_for_organization(admin, organization.id)
    assert grant.permissions == {Permission.CAN_MANAGE_FORMS}

    for _ in range(2):
        await msp.permissions.revoke(admin, technician.user_id, organization.id)
    assert await msp.permissions.list_for_organization(admin, organization.id) == []
    assert await msp.permissions.list_for_user(admin.user, technician.user_id) == []


async def test_only_admins_grant_revoke_and_look_at_others(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *Permission)
    other = await msp.technician()

    with pytest.raises(Forbidden):
        await msp.permissions.grant(scope, scope.user.id, organization.id, FLAGS)
    with pytest.raises(Forbidden):
        await msp.permissions.revoke(scope, other.user_id, organization.id)
    with pytest.raises(Forbidden):
        await msp.permissions.list_for_organization(scope, organization.id)
    with pytest.raises(Forbidden):
        await msp.permissions.list_for_user(scope.user, other.user_id)
    assert len(await msp.permissions.list_for_user(scope.user, scope.user.id)) == 1


async def test_grants_are_for_known_technicians_and_known_organizations(
    msp: Platform, tenant_id: str
) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    technician = await msp.technician()
    client = await msp.client_user(organization)

    with pytest.raises(NotFound):
        await msp.permissions.grant(admin, msp.person().user_id, organization.id, FLAGS)
    with pytest.raises(Forbidden):
        await msp.permissions.grant(admin, technician.user_id, OrgId(str(uuid4())), FLAGS)
    with pytest.raises(Invalid, match="roles"):
        await msp.permissions.grant(admin, client.user_id, organization.id, FLAGS)


async def test_ids_from_outside_are_checked(msp: Platform) -> None:
    admin = await msp.admin_scope()
    good_user, good_org = msp.person().user_id, OrgId(str(uuid4()))

    for bad in ["", "x", "a'b", "a/b", "a#b", "a?b", "a\x00b", "é", "x" * 1025, "..", "GLOBAL"]:
        for user_id, org_id in ((UserId(bad), good_org), (good_user, OrgId(bad))):
            with pytest.raises(Invalid):
                await msp.permissions.grant(admin, user_id, org_id, FLAGS)
            with pytest.raises(Invalid):
                await msp.permissions.revoke(admin, user_id, org_id)
        with pytest.raises(Invalid):
            await msp.permissions.list_for_user(admin.user, UserId(bad))
        with pytest.raises(Invalid):
            await msp.permissions.list_for_organization(admin, OrgId(bad))
