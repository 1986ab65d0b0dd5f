"""Executions over a real storage account, with a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock
from msp_core.ids import OrgId, UserId
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Storage
from msp_core.users.models import User, UserType


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def executions(storage: Storage, clock: Clock) -> AsyncIterator[ExecutionService]:
    service = ExecutionService(storage, now=clock)
    yield service
    await service.drain()


def make_scope(
    org: str = "c0000000-0000-4000-8000-000000000001",
    person: str = "b1",
    *permissions: Permission,
    is_admin: bool = False,
) -> OrgScope:
    user = User(
        id=UserId(f"a1.{person}"),
        display_name=f"Person {person}",
        user_type=UserType.MSP,
        is_msp_admin=is_admin,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return OrgScope(
        org_id=OrgId(org),
        organization=None,
        user=user,
        permissions=frozenset(permissions),
        is_admin=is_admin,
    )


MakeScope = Callable[..., OrgScope]


@pytest.fixture(name="make_scope")
def make_scope_fixture() -> MakeScope:
    return make_scope


@pytest.fixture
def scope() -> OrgScope:
    """A technician who may execute and see."""
    return make_scope("c0000000-0000-4000-8000-000000000001", "b1", *Permission)


@pytest.fixture
def admin() -> OrgScope:
    return make_scope("GLOBAL", "admin", is_admin=True)
