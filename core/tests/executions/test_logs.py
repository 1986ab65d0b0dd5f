from __future__ import annotations

from datetime import UTC, datetime

import pytest

from msp_automation.capabilities import LogLine
from msp_core.errors import Invalid, TooLarge
from msp_core.executions.logs import ExecutionLogStore
from msp_core.ids import ExecutionId, OrgId, new_execution_id
from msp_core.storage import Storage
from msp_core.storage.testing import AnswerLost, Network

ORG = OrgId("c0000000-0000-4000-8000-000000000001")


def lines(first: int, last: int, text: str = "line") -> list[LogLine]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        LogLine(sequence=n, timestamp=now, level="info", message=f"{text} {n}\nü", data={"n": n})
        for n in range(first, last + 1)
    ]


@pytest.fixture
def logs(storage: Storage) -> ExecutionLogStore:
    return ExecutionLogStore(storage)


async def test_lines_come_back_in_order_after_a_sequence(logs: ExecutionLogStore) -> None:
    execution_id = new_execution_id()
    await logs.append(ORG, execution_id, lines(1, 3))
    await logs.append(ORG, execution_id, lines(4, 7))
    assert (await logs.read(ORG, execution_id)).items == lines(1, 7)
    page = await logs.read(ORG, execution_id, after=2, limit=3)
    assert (page.items, page.next) == (lines(3, 5), 5)
    page = await logs.read(ORG, execution_id, after=page.next)
    assert (page.items, page.next) == (lines(6, 7), 7)
    page = await logs.read(ORG, execution_id, after=7)
    assert (page.items, page.next) == ([], 7)
    assert (await logs.read(ORG, execution_id, after=0)).items == lines(1, 7)
    assert await logs.last_sequence(ORG, execution_id) == 7


async def test_a_follower_sees_each_line_once_and_reads_each_byte_once(
    logs: ExecutionLogStore, storage: Storage, network: Network
) -> None:
    execution_id = new_execution_id()
    writer = ExecutionLogStore(storage)
    after, seen = 0, []
    for first in range(1, 30, 3):
        await writer.append(ORG, execution_id, lines(first, first + 2))
        while True:
            page = await logs.read(ORG, execution_id, after, limit=2)
            if not page.items:
                break
            seen += page.items
            after = page.next
    assert seen == lines(1, 30)


async def test_two_readers_at_different_places_do_not_disturb_each_other(logs: ExecutionLogStore) -> None:
    execution_id = new_execution_id()
    await logs.append(ORG, execution_id, lines(1, 9))
    assert (await logs.read(ORG, execution_id, after=6)).items == lines(7, 9)
    assert (await logs.read(ORG, execution_id, after=2, limit=2)).items == lines(3, 4)
    assert (await logs.read(ORG, execution_id, after=6)).items == lines(7, 9)
    assert (await logs.read(ORG, execution_id, after=4)).items == lines(5, 9)


async def test_an_append_that_happened_twice_shows_once(logs: ExecutionLogStore, network: Network) -> None:
    execution_id = new_execution_id()
    await logs.append(ORG, execution_id, lines(1, 2))
    network.fail(AnswerLost())
    await logs.append(ORG, execution_id, lines(3, 4))
    await logs.append(ORG, execution_id, lines(5, 5))
    assert (await logs.read(ORG, execution_id)).items == lines(1, 5)


async def test_a_half_written_line_is_not_shown_yet(logs: ExecutionLogStore, storage: Storage) -> None:
    execution_id = new_execution_id()
    await logs.append(ORG, execution_id, lines(1, 2))
    rest = lines(3, 3)[0].model_dump_json().encode() + b"\n"
    blobs = storage.blobs("execution-logs")
    await blobs.append(f"{ORG}/{execution_id}.jsonl", rest[:10])
    page = await logs.read(ORG, execution_id)
    assert page.items == lines(1, 2)
    await blobs.append(f"{ORG}/{execution_id}.jsonl", rest[10:])
    assert (await logs.read(ORG, execution_id, page.next)).items == lines(3, 3)


async def test_another_organization_reads_nothing(logs: ExecutionLogStore) -> None:
    execution_id = new_execution_id()
    await logs.append(ORG, execution_id, lines(1, 2))
    other = OrgId("c0000000-0000-4000-8000-000000000002")
    assert (await logs.read(other, execution_id)).items == []
    assert (await logs.read(other, ExecutionId(f"../{ORG}/{execution_id}"))).items == []


async def test_an_execution_without_log_has_an_empty_one(logs: ExecutionLogStore) -> None:
    page = await logs.read(ORG, new_execution_id(), after=3)
    assert (page.items, page.next) == ([], 3)
    assert await logs.last_sequence(ORG, new_execution_id()) == 0
    await logs.delete(ORG, new_execution_id())


async def test_many_large_lines_are_split_over_appends(logs: ExecutionLogStore, network: Network) -> None:
    execution_id = new_execution_id()
    some = lines(1, 5, "x" * 400_000)
    await logs.append(ORG, execution_id, some)
    assert (await logs.read(ORG, execution_id)).items == some
    with pytest.raises(TooLarge):
        await logs.append(ORG, execution_id, lines(6, 6, "x" * 1_100_000))


@pytest.mark.parametrize("limit", [0, 5001])
async def test_a_limit_outside_its_range_is_invalid(logs: ExecutionLogStore, limit: int) -> None:
    with pytest.raises(Invalid):
        await logs.read(ORG, new_execution_id(), limit=limit)
