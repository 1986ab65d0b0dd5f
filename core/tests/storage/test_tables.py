from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from pydantic import Field

from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed, TooLarge
from msp_core.ids import OrgId
from msp_core.models import Model, UtcDatetime
from msp_core.storage import Delete, Insert, Partition, Replace, Storage, Table, TableName, Upsert, Where
from msp_core.storage.codec import UnreadableRow
from msp_core.storage.testing import Network

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Model):
    some_value: int


class Sample(Model):
    name: str = "sample"
    org_id: OrgId = OrgId("o1")
    color: Color = Color.RED
    count: int = 0
    share: float = 0.5
    is_open: bool = True
    created_at: UtcDatetime = NOW
    note: str | None = None
    ended_at: UtcDatetime | None = None
    inner: Inner | None = None
    tags: list[str] = Field(default_factory=list)
    data: dict[str, Any] = Field(default_factory=dict)
    anything: Any = None


@pytest.fixture
def table(storage: Storage) -> Table[Sample]:
    return storage.table(TableName.FORMS, Sample)


@pytest.fixture
def partition(table: Table[Sample]) -> Partition[Sample]:
    return table.partition("o1")


FULL = Sample(
    name="it's 100 % & <b>ü😀</b>",
    color=Color.BLUE,
    count=2**40,
    share=1e-9,
    is_open=False,
    note="",
    ended_at=NOW + timedelta(microseconds=1),
    inner=Inner(some_value=-1),
    tags=["a", "b"],
    data={"n": None, "nested": [1, {"x": 2.5}]},
    anything=[1, "two"],
)


@pytest.mark.parametrize(
    "value", [Sample(), FULL, Sample(count=-(2**31)), Sample(count=2**31), Sample(anything=0)]
)
async def test_a_model_comes_back_as_it_went_in(partition: Partition[Sample], value: Sample) -> None:
    written = await partition.insert("row", value)
    read = await partition.get("row")
    assert read.value == value
    assert read.etag == written.etag
    assert (read.partition_key, read.row_key) == ("o1", "row")


async def test_a_listed_row_is_equal_to_a_read_one(partition: Partition[Sample]) -> None:
    await partition.insert("row", FULL)
    assert (await partition.list_page()).items == [await partition.get("row")]


async def test_times_of_other_zones_come_back_in_utc(partition: Partition[Sample]) -> None:
    await partition.insert("row", Sample(created_at=datetime.fromisoformat("2026-03-01T14:00:00+02:00")))
    read = (await partition.get("row")).value.created_at
    assert read == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert read.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="zone"):
        Sample(created_at=datetime(2026, 3, 1))


async def test_infinity_survives(partition: Partition[Sample]) -> None:
    await partition.insert("row", Sample(share=math.inf))
    assert (await partition.get("row")).value.share == math.inf


@pytest.mark.parametrize("key", ["it's", "a b", "100%41", "ü€😀", "a&b=c+d;e", "'' or 1 eq 1", "{tid}.{oid}"])
async def test_odd_keys_are_data(table: Table[Sample], key: str) -> None:
    odd = table.partition(key)
    await odd.insert(key, Sample(name=key))
    assert (await odd.get(key)).value.name == key
    assert [row.row_key for row in (await odd.list_page(prefix=key)).items] == [key]
    assert await table.partition("other").find(key) is None
    await odd.delete(key)
    assert await odd.find(key) is None


async def test_a_row_that_is_not_there_is_not_found(partition: Partition[Sample]) -> None:
    assert await partition.find("row") is None
    with pytest.raises(NotFound):
        await partition.get("row")
    await partition.insert("other", Sample())
    assert await partition.find("row") is None


async def test_reading_a_missing_table_does_not_create_it(
    partition: Partition[Sample], network: Network
) -> None:
    assert (await partition.list_page()).items == []
    assert await partition.find("row") is None
    await partition.delete("row")
    assert network.count(lambda request: request.path.endswith("/Tables")) == 0


async def test_a_second_insert_is_a_conflict(partition: Partition[Sample]) -> None:
    await partition.insert("row", Sample(name="first"))
    with pytest.raises(Conflict) as caught:
        await partition.insert("row", Sample(name="second"))
    assert not isinstance(caught.value, PreconditionFailed)
    assert (await partition.get("row")).value.name == "first"


async def test_of_many_who_insert_one_wins(partition: Partition[Sample]) -> None:
    results = await asyncio.gather(
        *(partition.insert("row", Sample(count=n)) for n in range(12)), return_exceptions=True
    )
    assert sum(1 for result in results if not isinstance(result, Conflict)) == 1


async def test_replace_needs_the_newest_etag(partition: Partition[Sample]) -> None:
    first = await partition.insert("row", Sample())
    second = await partition.replace("row", Sample(count=1), etag=first.etag)
    with pytest.raises(PreconditionFailed) as lost:
        await partition.replace("row", Sample(count=2), etag=first.etag)
    assert lost.value.details["currentEtag"] == second.etag
    third = await partition.replace("row", Sample(count=3), etag=second.etag)
    assert (await partition.get("row")) == third


async def test_replace_of_a_deleted_row_is_not_found(partition: Partition[Sample]) -> None:
    first = await partition.insert("row", Sample())
    await partition.delete("row")
    with pytest.raises(NotFound):
        await partition.replace("row", Sample(), etag=first.etag)


async def test_replace_drops_columns_that_are_no_longer_set(partition: Partition[Sample]) -> None:
    first = await partition.insert("row", Sample(note="x"))
    await partition.replace("row", Sample(), etag=first.etag)
    assert (await partition.get("row")).value.note is None


class Marks(Model):
    """Columns that are written each by itself."""

    one: str | None = None
    two: str | None = None


async def test_merge_writes_its_own_columns_only(storage: Storage) -> None:
    partition = storage.table(TableName.STAMPS, Marks, large_values=False).partition("o1")

    await partition.merge("r", Marks(one="1"))
    seen = await partition.merge("r", Marks(two="2"))

    assert (await partition.get("r")).value == Marks(one="1", two="2")
    assert (await partition.get("r")).etag == seen.etag


async def test_merge_into_a_version_needs_the_newest_etag(storage: Storage) -> None:
    partition = storage.table(TableName.STAMPS, Marks, large_values=False).partition("o1")
    first = await partition.merge("r", Marks(one="1"))
    second = await partition.merge("r", Marks(two="2"), etag=first.etag)

    with pytest.raises(PreconditionFailed):
        await partition.merge("r", Marks(two="3"), etag=first.etag)
    assert (await partition.get("r")).value == Marks(one="1", two="2")
    with pytest.raises(NotFound):
        await partition.merge("gone", Marks(two="3"), etag=second.etag)


async def test_upsert_writes_whatever_was_there(partition: Partition[Sample]) -> None:
    await partition.upsert("row", Sample(count=1, note="x"))
    written = await partition.upsert("row", Sample(count=2))
    assert await partition.get("row") == written
    assert written.value == Sample(count=2)


async def test_delete_is_idempotent_and_honours_an_etag(partition: Partition[Sample]) -> None:
    first = await partition.insert("row", Sample())
    second = await partition.upsert("row", Sample(count=1))
    with pytest.raises(PreconditionFailed) as lost:
        await partition.delete("row", etag=first.etag)
    assert lost.value.details["currentEtag"] == second.etag
    await partition.delete("row", etag=second.etag)
    await partition.delete("row", etag=second.etag)
    await partition.delete("row")
    assert await partition.find("row") is None


async def test_a_partition_never_reaches_another_ones_rows(table: Table[Sample]) -> None:
    mine, other = table.partition("mine"), table.partition("other")
    await other.insert("row", Sample(name="secret"))
    assert await mine.find("row") is None
    assert (await mine.list_page()).items == []
    assert (await mine.list_page(prefix="r", where=Where.eq("name", "secret"))).items == []
    assert (await mine.list_page(where=Where.eq("count", 1) | Where.eq("name", "secret"))).items == []
    assert await mine.find_many(["row"]) == {}
    await mine.delete("row")
    assert (await other.get("row")).value.name == "secret"


async def test_find_many_answers_with_those_that_are_there(
    partition: Partition[Sample], network: Network
) -> None:
    for key in ("a", "b", "c"):
        await partition.insert(key, Sample(name=key))
    network.forget()
    found = await partition.find_many(["a", "c", "x"])
    assert {key: row.value.name for key, row in found.items()} == {"a": "a", "c": "c"}
    assert network.count() == 1


@pytest.mark.parametrize("key", ["", "a/b", "a#b", "a?b", "a\nb", "x" * 513])
async def test_bad_keys_never_reach_storage(partition: Partition[Sample], network: Network, key: str) -> None:
    for call in (
        lambda: partition.find(key),
        lambda: partition.insert(key, Sample()),
        lambda: partition.upsert(key, Sample()),
        lambda: partition.delete(key),
        lambda: partition.list_page(after=key),
        lambda: partition.transact([Insert(key, Sample())]),
    ):
        with pytest.raises(Invalid):
            await call()
    assert network.count() == 0


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        (Where.eq("name", "it's"), True),
        (Where.ne("name", "it's"), False),
        (Where.eq("color", Color.BLUE), True),
        (Where.eq("count", 1), True),
        (Where.eq("count", 0), False),
        (Where.gt("count", 0) & Where.le("count", 1), True),
        (Where.eq("isOpen", True), True),
        (Where.eq("isOpen", False), False),
        (Where.ge("createdAt", NOW) & Where.le("createdAt", NOW), True),
        (Where.lt("createdAt", NOW), False),
        (Where.gt("share", 0.4), True),
        (Where.eq("note", "x"), False),
        (Where.eq("name", "x' or name ne 'x"), False),
        (Where.eq("name", "nobody") | Where.eq("count", 1), True),
    ],
)
async def test_conditions_compare_columns_by_their_type(
    partition: Partition[Sample], where: Where, matches: bool
) -> None:
    await partition.insert("row", Sample(name="it's", color=Color.BLUE, count=1))
    assert len((await partition.list_page(where=where)).items) == int(matches)


def test_more_comparisons_than_azure_takes_are_refused_before_sending() -> None:
    where = Where.eq("name", "0")
    for number in range(15):
        where |= Where.eq("name", str(number))
    with pytest.raises(ValueError, match="16 comparisons"):
        where.compile()


@pytest.mark.parametrize("column", ["a b", "name eq 'x' or a", "", "1a"])
def test_a_column_name_cannot_carry_syntax(column: str) -> None:
    with pytest.raises(ValueError, match="no column name"):
        Where.eq(column, "x")


async def test_a_transaction_is_all_or_nothing(partition: Partition[Sample]) -> None:
    stored = await partition.insert("kept", Sample(name="kept"))
    gone = await partition.insert("gone", Sample())
    await partition.transact(
        [
            Insert("new", Sample(name="new")),
            Upsert("up", Sample(name="up")),
            Replace("kept", Sample(name="changed"), stored.etag),
            Delete("gone", gone.etag),
        ]
    )
    assert [row.value.name async for row in partition.iter()] == ["changed", "new", "up"]
    with pytest.raises(PreconditionFailed):
        await partition.transact([Upsert("x", Sample()), Replace("kept", Sample(), stored.etag)])
    with pytest.raises(Conflict):
        await partition.transact([Upsert("x", Sample()), Insert("new", Sample())])
    assert await partition.find("x") is None


async def test_a_transaction_creates_its_table(storage: Storage) -> None:
    fresh = storage.table(TableName.ROLES, Sample).partition("p")
    await fresh.transact([Insert("a", Sample()), Insert("b", Sample())])
    assert len((await fresh.list_page()).items) == 2


async def test_transactions_have_the_limits_of_azure(partition: Partition[Sample], network: Network) -> None:
    with pytest.raises(TooLarge, match="100"):
        await partition.transact([Upsert(f"r{n}", Sample()) for n in range(101)])
    with pytest.raises(TooLarge, match="4 MiB"):
        await partition.transact([Upsert(f"r{n}", Sample(name="x" * 30_000)) for n in range(90)])
    with pytest.raises(TooLarge):
        await partition.transact([Upsert("r", Sample(name="x" * 40_000))])
    await partition.transact([])
    assert network.count() == 0


async def test_an_entity_over_one_mebibyte_is_refused_before_sending(
    storage: Storage, network: Network
) -> None:
    class Wide(Model):
        a: list[str] = Field(default_factory=list)

    fields: dict[str, Any] = {f"c{n}": (str, "x" * 30_000) for n in range(20)}
    from pydantic import create_model

    wide = create_model("ManyColumns", __base__=Wide, **fields)
    with pytest.raises(TooLarge, match="1 MiB"):
        await storage.table(TableName.FORMS, wide).partition("p").insert("row", wide())
    assert network.count() == 0


async def test_a_row_that_does_not_fit_its_model_says_so_without_its_content(storage: Storage) -> None:
    class Other(Model):
        name: str
        count: str

    await (
        storage.table(TableName.FORMS, Other)
        .partition("p")
        .insert("row", Other(name="private", count="many"))
    )
    with pytest.raises(UnreadableRow) as caught:
        await storage.table(TableName.FORMS, Sample).partition("p").get("row")
    assert caught.value.details["fields"] == ["count"]
    assert "private" not in str(caught.value) + str(caught.value.details)


async def test_unknown_columns_are_passed_over_and_missing_ones_take_their_default(storage: Storage) -> None:
    class Newer(Model):
        name: str
        invented: str

    await storage.table(TableName.FORMS, Newer).partition("p").insert("row", Newer(name="n", invented="x"))
    assert (await storage.table(TableName.FORMS, Sample).partition("p").get("row")).value == Sample(name="n")


async def test_a_selection_reads_only_its_columns(storage: Storage, network: Network) -> None:
    class Short(Model):
        name: str

    await storage.table(TableName.FORMS, Sample).partition("p").insert("row", FULL)
    network.forget()
    short = storage.table(TableName.FORMS, Short, large_values=False, select=True).partition("p")
    page = await short.list_page()
    assert [row.value for row in page.items] == [Short(name=FULL.name)]
    assert page.items[0].etag
    assert network.requests[0].query["$select"] == ["PartitionKey,RowKey,name"]


async def test_iterating_across_partitions_sees_them_all(table: Table[Sample]) -> None:
    for key in ("b", "a", "c"):
        await table.partition(key).insert("row", Sample(name=key))
    rows = [row async for row in table.iter_across_partitions()]
    assert [row.partition_key for row in rows] == ["a", "b", "c"]
    assert [r.partition_key async for r in table.iter_across_partitions(where=Where.eq("name", "c"))] == ["c"]
    assert len([r async for r in table.iter_across_partitions(limit=2)]) == 2
