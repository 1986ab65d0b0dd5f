from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from msp_core.errors import Forbidden, Invalid
from msp_core.executions.models import (
    ExecutionFilters,
    ExecutionOutcome,
    ExecutionPage,
    ExecutionStatus,
    Trigger,
)
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import Clock, execution_id_at, make_spec
from msp_core.ids import FormId, OrgId, UserId
from msp_core.permissions.models import OrgScope
from msp_core.storage.testing import Network

MakeScope = Callable[..., OrgScope]
OTHER_ORG = "c0000000-0000-4000-8000-000000000002"


async def add(
    executions: ExecutionService,
    scope: OrgScope,
    moment: datetime,
    status: ExecutionStatus = ExecutionStatus.SUCCESS,
    number: int = 0,
    **spec: Any,
) -> str:
    made = make_spec(execution_id=execution_id_at(moment, number), **spec)
    if status is ExecutionStatus.PENDING:
        return (await executions.admit(scope, made)).execution_id
    started = await executions.start(scope, made, lease_owner="w", lease=timedelta(hours=1))
    if status.is_ended:
        await executions.finish(started, ExecutionOutcome(status=status))
    return started.execution_id


async def walk(fetch: Callable[[str | None], Awaitable[ExecutionPage]]) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    for _ in range(100):
        page = await fetch(cursor)
        ids += [item.execution_id for item in page.items]
        cursor = page.next
        if cursor is None:
            return ids
    raise AssertionError("the list does not end")


@pytest.fixture
async def mixed(executions: ExecutionService, scope: OrgScope, clock: Clock) -> list[str]:
    """Nine executions, one a minute, every third still live; newest first."""
    ids: list[str] = []
    for number in range(9):
        status = [ExecutionStatus.SUCCESS, ExecutionStatus.FAILED, ExecutionStatus.RUNNING][number % 3]
        ids.append(await add(executions, scope, clock.moment - timedelta(minutes=9 - number), status))
    await executions.drain()
    return ids[::-1]


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 50])
@pytest.mark.parametrize("page_rows", [None, 1, 2])
async def test_live_and_ended_are_one_list_newest_first(
    *,
    executions: ExecutionService,
    scope: OrgScope,
    mixed: list[str],
    network: Network,
    limit: int,
    page_rows: int | None,
) -> None:
    network.page_rows, network.has_empty_pages = page_rows, page_rows == 2
    assert await walk(lambda cursor: executions.list_page(scope, None, cursor, limit)) == mixed
    assert (
        await walk(lambda cursor: executions.list_for_user(scope.user, scope.user.id, cursor, limit)) == mixed
    )


@pytest.mark.parametrize("limit", [1, 4, 50])
async def test_the_list_of_all_organizations_is_newest_first_over_days(
    *,
    executions: ExecutionService,
    scope: OrgScope,
    admin: OrgScope,
    make_scope: MakeScope,
    clock: Clock,
    limit: int,
) -> None:
    other = make_scope(OTHER_ORG, "b2")
    ages = [0.01, 0.5, 1, 1.5, 3, 7.5, 9, 20, 21, 60, 88]
    ids = []
    for number, days in enumerate(ages):
        status = ExecutionStatus.RUNNING if number in {1, 8} else ExecutionStatus.SUCCESS
        moment = clock.moment - timedelta(days=days)
        ids.append(await add(executions, (scope, other)[number % 2], moment, status))
    assert await walk(lambda cursor: executions.list_across_organizations(admin, None, cursor, limit)) == ids
    failed = ExecutionFilters(status=ExecutionStatus.FAILED)
    assert (await executions.list_across_organizations(admin, failed)).items == []


async def test_many_old_executions_are_read_day_by_day(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, clock: Clock
) -> None:
    template = await executions.start(scope, make_spec(), lease_owner="w")
    ids = []
    for day in (40, 41):
        for number in range(550):
            moment = clock.moment - timedelta(days=day)
            ids.append(
                template.model_copy(
                    update={
                        "execution_id": execution_id_at(moment, number),
                        "status": ExecutionStatus.SUCCESS,
                    }
                )
            )
    from msp_core.executions.repository import day_of
    from msp_core.ids import execution_row_key
    from msp_core.storage import Insert

    for start in range(0, len(ids), 50):
        some = ids[start : start + 50]
        await executions.repository.ended_on(day_of(some[0].execution_id)).transact(
            [Insert(execution_row_key(each.execution_id), each.summary()) for each in some]
        )
    seen = await walk(lambda cursor: executions.list_across_organizations(admin, None, cursor, 200))
    assert seen == [template.execution_id, *[each.execution_id for each in ids]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ExecutionFilters(status=ExecutionStatus.FAILED), [1]),
        (ExecutionFilters(status=ExecutionStatus.RUNNING), [2]),
        (ExecutionFilters(status=ExecutionStatus.PENDING), [3]),
        (ExecutionFilters(workflow_name="other"), [1, 3]),
        (ExecutionFilters(form_id=FormId("f1")), [0]),
        (ExecutionFilters(user_id=UserId("a1.b2")), [2]),
        (ExecutionFilters(user_id=UserId("x' or executedBy ne 'x")), []),
        (ExecutionFilters(trigger=Trigger.SCHEDULE), [3]),
        (ExecutionFilters(workflow_name="other", status=ExecutionStatus.FAILED), [1]),
        (ExecutionFilters(workflow_name="create_user", trigger=Trigger.SCHEDULE), []),
    ],
)
async def test_filters_narrow_live_and_ended_alike(
    *,
    executions: ExecutionService,
    scope: OrgScope,
    admin: OrgScope,
    make_scope: MakeScope,
    clock: Clock,
    filters: ExecutionFilters,
    expected: list[int],
) -> None:
    second = make_scope(scope.org_id, "b2")
    start = clock.moment - timedelta(minutes=9)
    ids = [
        await add(executions, scope, start, form_id=FormId("f1"), trigger=Trigger.FORM),
        await add(
            executions, scope, start + timedelta(minutes=1), ExecutionStatus.FAILED, workflow_name="other"
        ),
        await add(executions, second, start + timedelta(minutes=2), ExecutionStatus.RUNNING),
        await add(
            executions,
            scope,
            start + timedelta(minutes=3),
            ExecutionStatus.PENDING,
            workflow_name="other",
            trigger=Trigger.SCHEDULE,
        ),
    ]
    await executions.drain()
    wanted = [ids[number] for number in reversed(expected)]
    page = await executions.list_page(scope, filters)
    assert [item.execution_id for item in page.items] == wanted
    page = await executions.list_across_organizations(admin, filters)
    assert [item.execution_id for item in page.items] == wanted


async def test_from_and_to_include_their_moments(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, clock: Clock
) -> None:
    start = (clock.moment - timedelta(days=3)).replace(microsecond=0)
    ids = [
        await add(executions, scope, start + timedelta(hours=n), ExecutionStatus(status))
        for n, status in enumerate(["Success", "Running", "Success", "Running", "Success"])
    ]
    filters = ExecutionFilters(started_from=start + timedelta(hours=1), started_to=start + timedelta(hours=3))
    wanted = [ids[3], ids[2], ids[1]]
    for limit in (1, 50):
        assert await walk(partial(executions.list_page, scope, filters, limit=limit)) == wanted
        assert (
            await walk(partial(executions.list_across_organizations, admin, filters, limit=limit)) == wanted
        )
    barely = timedelta(milliseconds=1)
    narrower = ExecutionFilters(
        started_from=start + timedelta(hours=1) + barely, started_to=start + timedelta(hours=3) - barely
    )
    assert [item.execution_id for item in (await executions.list_page(scope, narrower)).items] == [ids[2]]


async def test_an_execution_that_just_ended_is_listed_once_with_its_end(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, network: Network
) -> None:
    started = await executions.start(scope, make_spec(), lease_owner="w")
    await executions.repository.insert_ended(
        (await executions.get(scope, started.execution_id)).model_copy(
            update={"status": ExecutionStatus.FAILED}
        )
    )
    page = await executions.list_page(scope)
    assert [item.status for item in page.items] == [ExecutionStatus.FAILED]
    running = ExecutionFilters(status=ExecutionStatus.RUNNING)
    assert (await executions.list_page(scope, running)).items == []
    assert (await executions.list_across_organizations(admin, running)).items == []


async def test_lists_carry_no_input_and_no_result(
    executions: ExecutionService, scope: OrgScope, network: Network
) -> None:
    await add(executions, scope, scope.user.created_at + timedelta(days=40), input_data={"password": "x"})
    network.forget()
    page = await executions.list_page(scope)
    assert not hasattr(page.items[0], "input_data")
    reads = [request for request in network.requests if request.method == "GET"]
    assert len(reads) == 2
    assert all("inputData" not in request.query["$select"][0] for request in reads)


async def test_a_persons_list_honours_which_organizations_the_caller_sees(
    executions: ExecutionService, scope: OrgScope, make_scope: MakeScope, clock: Clock
) -> None:
    elsewhere = make_scope(OTHER_ORG, "b1")
    ids = []
    for number in range(6):
        where = (scope, elsewhere)[number % 2]
        status = ExecutionStatus.RUNNING if number >= 4 else ExecutionStatus.SUCCESS
        ids.append(await add(executions, where, clock.moment - timedelta(minutes=number + 1), status))
    seen = await walk(
        lambda cursor: executions.list_for_user(
            scope.user, scope.user.id, cursor, 1, organizations=frozenset({OrgId(OTHER_ORG)})
        )
    )
    assert seen == [ids[1], ids[3], ids[5]]


async def test_others_lists_are_for_admins(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, make_scope: MakeScope
) -> None:
    with pytest.raises(Forbidden):
        await executions.list_for_user(scope.user, UserId("a1.b2"))
    with pytest.raises(Forbidden):
        await executions.list_across_organizations(scope)
    with pytest.raises(Forbidden):
        await anext(executions.iter_since(scope.user, since=scope.user.created_at, organizations=None))
    assert (await executions.list_for_user(admin.user, UserId("a1.b2"))).items == []


@pytest.mark.parametrize("cursor", ["", "x", "1_x", "0000000000000_", "a/b", "9" * 13, "٣" * 13 + "_x"])
async def test_a_cursor_from_nowhere_is_invalid(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, cursor: str
) -> None:
    with pytest.raises(Invalid):
        await executions.list_page(scope, None, cursor)
    with pytest.raises(Invalid):
        await executions.list_across_organizations(admin, None, cursor)


@pytest.mark.parametrize("limit", [0, -5, 201])
async def test_a_limit_outside_its_range_is_invalid(
    executions: ExecutionService, scope: OrgScope, limit: int
) -> None:
    with pytest.raises(Invalid):
        await executions.list_page(scope, None, None, limit)


async def test_everything_since_a_moment_is_seen_once(
    executions: ExecutionService, scope: OrgScope, admin: OrgScope, mixed: list[str], clock: Clock
) -> None:
    since = clock.moment - timedelta(minutes=5, seconds=30)
    everything = executions.iter_since(admin.user, since=since, organizations=None)
    assert sorted([item.execution_id async for item in everything]) == sorted(mixed[:5])
    elsewhere = executions.iter_since(scope.user, since=since, organizations=frozenset({OrgId("elsewhere")}))
    assert [item async for item in elsewhere] == []
    here = executions.iter_since(scope.user, since=since, organizations=frozenset({scope.org_id}))
    assert {item.organization_id async for item in here} == {scope.org_id}
