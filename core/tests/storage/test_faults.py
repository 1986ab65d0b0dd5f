from __future__ import annotations

import asyncio
import time

import pytest

from msp_core.errors import Conflict, NotFound, PreconditionFailed, Unavailable
from msp_core.models import Model
from msp_core.storage import Bounds, Delete, Insert, Partition, Replace, Storage, StorageSettings, TableName
from msp_core.storage.testing import AnswerLost, Fault, Network, Refused, Stalled, Status
from msp_devstack.azurite import Azurite, free_port


class Item(Model):
    owner: str


TRANSIENT: list[Fault] = [
    Refused(),
    AnswerLost(),
    Status(500),
    Status(502),
    Status(503),
    Status(504),
    Status(429),
]


@pytest.fixture
async def partition(storage: Storage, network: Network) -> Partition[Item]:
    opened = storage.table(TableName.FORMS, Item).partition("p")
    await opened.insert("row", Item(owner="first"))
    network.forget()
    return opened


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
async def test_a_passing_fault_is_not_noticed_by_a_reader(
    partition: Partition[Item], network: Network, fault: Fault
) -> None:
    network.fail(fault, fault)
    assert (await partition.get("row")).value.owner == "first"
    assert network.count() == 3


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
async def test_a_passing_fault_is_not_noticed_by_writers(
    partition: Partition[Item], network: Network, fault: Fault
) -> None:
    network.fail(fault)
    inserted = await partition.insert("new", Item(owner="me"))
    network.fail(fault)
    replaced = await partition.replace("new", Item(owner="me again"), etag=inserted.etag)
    assert await partition.get("new") == replaced
    network.fail(fault)
    await partition.delete("new", etag=replaced.etag)
    assert await partition.find("new") is None
    network.fail(fault)
    assert (await partition.upsert("row", Item(owner="up"))).etag == (await partition.get("row")).etag


async def test_a_stalled_attempt_is_given_up_and_repeated(
    partition: Partition[Item], network: Network
) -> None:
    network.fail(Stalled(30))
    started = time.monotonic()
    assert (await partition.get("row")).value.owner == "first"
    assert 0.9 < time.monotonic() - started < 1.9


async def test_an_insert_whose_answer_was_lost_is_told_from_another_ones(
    partition: Partition[Item], network: Network
) -> None:
    network.fail(AnswerLost())
    mine = await partition.insert("new", Item(owner="me"))
    assert await partition.get("new") == mine
    network.fail(Refused())
    with pytest.raises(Conflict):
        await partition.insert("new", Item(owner="me"))


async def test_a_lost_race_stays_lost_after_a_fault(partition: Partition[Item], network: Network) -> None:
    first = await partition.get("row")
    other = await partition.replace("row", Item(owner="other"), etag=first.etag)
    network.fail(Refused())
    with pytest.raises(PreconditionFailed):
        await partition.replace("row", Item(owner="me"), etag=first.etag)
    assert await partition.get("row") == other


async def test_a_row_deleted_behind_a_fault_is_not_found(
    partition: Partition[Item], network: Network
) -> None:
    first = await partition.get("row")
    await partition.delete("row")
    network.fail(Refused())
    with pytest.raises(NotFound):
        await partition.replace("row", Item(owner="me"), etag=first.etag)


async def test_a_transaction_whose_answer_was_lost_counts_as_done(
    partition: Partition[Item], network: Network
) -> None:
    first = await partition.get("row")
    network.fail(AnswerLost())
    await partition.transact([Delete("row", first.etag), Insert("new", Item(owner="me"))])
    assert [row.row_key async for row in partition.iter()] == ["new"]
    network.fail(Refused())
    with pytest.raises(Conflict):
        await partition.transact([Insert("new", Item(owner="somebody else"))])
    with pytest.raises((NotFound, PreconditionFailed)):
        await partition.transact([Replace("row", Item(owner="me"), first.etag)])


@pytest.mark.parametrize("fault", [Refused(), Status(503)], ids=str)
async def test_a_lasting_fault_becomes_unavailable_after_a_few_tries(
    partition: Partition[Item], network: Network, fault: Fault
) -> None:
    network.fail(*[fault] * 50)
    with pytest.raises(Unavailable) as caught:
        await partition.get("row")
    assert caught.value.retry_after_seconds > 0
    assert caught.value.details["operation"] == "read from Forms"
    assert network.count() == 5


async def test_a_call_ends_within_its_bounds_however_storage_stalls(
    partition: Partition[Item], network: Network
) -> None:
    network.fail(*[Stalled(30)] * 10)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await partition.upsert("row", Item(owner="x"))
    assert time.monotonic() - started < 2.2


async def test_a_cancelled_caller_is_not_held(partition: Partition[Item], network: Network) -> None:
    network.fail(Stalled(30))
    task = asyncio.create_task(partition.get("row"))
    await asyncio.sleep(0.05)
    task.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 0.5


async def test_a_wrong_account_key_is_told_at_once(azurite: Azurite, storage_account: str) -> None:
    wrong = storage_account.replace("AccountKey=", "AccountKey=AAAA")
    storage = Storage(StorageSettings(connection_string=wrong))
    started = time.monotonic()
    with pytest.raises(Unavailable, match="key"):
        await storage.table(TableName.FORMS, Item).partition("p").find("row")
    assert time.monotonic() - started < 2
    await storage.close()


def test_the_default_bounds_are_below_eight_seconds() -> None:
    assert Bounds().call_seconds < 8


async def test_storage_that_is_away_is_unavailable_and_comes_back_without_restart() -> None:
    blob_port, queue_port, table_port = free_port(), free_port(), free_port()
    first, second = (
        Azurite(blob_port=blob_port, queue_port=queue_port, table_port=table_port) for _ in range(2)
    )
    storage = Storage(StorageSettings(connection_string=first.connection_string()))
    partition = storage.table(TableName.FORMS, Item).partition("p")
    try:
        first.start()
        await partition.insert("row", Item(owner="x"))
        first.stop()
        started = time.monotonic()
        calls = [
            partition.get("row"),
            storage.blobs("files").read("x"),
            storage.queue("jobs").send({"a": 1}),
        ]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * 3
        assert time.monotonic() - started < 8
        second.start()
        try:
            await partition.insert("row", Item(owner="back"))
            assert (await partition.get("row")).value.owner == "back"
            await storage.queue("jobs").send({"a": 1})
        finally:
            second.stop()
    finally:
        first.stop()
        await storage.close()
