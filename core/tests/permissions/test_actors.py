"""Schedules and webhooks as starters of runs: one permission, one organization."""

from __future__ import annotations

from uuid import uuid4

import pytest

from msp_core.errors import Forbidden
from msp_core.ids import GLOBAL, OrgId, UserId
from msp_core.organizations.testing import Platform
from msp_core.permissions.actors import Actor, ActorKind, find_actor
from msp_core.permissions.models import Permission

NIGHTLY = Actor(ActorKind.SCHEDULE, "licence_report.nightly", "Schedule nightly of licence_report")
EXECUTE = Permission.CAN_EXECUTE_WORKFLOWS


async def test_an_actor_may_do_one_thing_in_one_organization(msp: Platform) -> None:
    organization = await msp.organization()

    scope = await msp.scopes.resolve_actor(NIGHTLY, organization.id, EXECUTE)

    assert scope.org_id == organization.id
    assert scope.permissions == {EXECUTE}
    assert not scope.is_admin
    assert scope.user.id == "schedule:licence_report.nightly"
    assert scope.snapshot is not None


async def test_without_organization_it_gets_what_the_msp_shares(msp: Platform) -> None:
    scope = await msp.scopes.resolve_actor(NIGHTLY, GLOBAL, EXECUTE)

    assert scope.org_id == GLOBAL
    assert scope.organization is None
    assert not scope.is_admin


async def test_an_inactive_or_unknown_organization_is_refused(msp: Platform) -> None:
    closed = await msp.organization("Closed")
    await msp.organizations.deactivate(await msp.admin_scope(), closed.id)

    for org_id in (closed.id, OrgId(str(uuid4()))):
        with pytest.raises(Forbidden):
            await msp.scopes.resolve_actor(NIGHTLY, org_id, EXECUTE)


def test_an_actor_is_found_by_its_id_and_a_person_is_not_one() -> None:
    assert find_actor(NIGHTLY.user.id, NIGHTLY.name) == NIGHTLY
    for user_id in (f"{uuid4()}.{uuid4()}", "schedule", "schedule:", "admin:x", "webhook:a/b", "webhook:a#b"):
        assert find_actor(UserId(user_id), "x") is None


@pytest.mark.parametrize("key", ["", "a/b", "a b", "a\x00", "a:b", "x" * 201])
def test_what_cannot_be_a_key_names_no_actor(key: str) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        Actor(ActorKind.WEBHOOK, key, "x")
