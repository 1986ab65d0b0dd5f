from __future__ import annotations

import pytest

from msp_core.models import Model
from msp_core.storage import Insert, Partition, Storage, TableName, Where
from msp_core.storage.testing import Network


class Item(Model):
    number: int


ROWS = 23


@pytest.fixture
async def partition(storage: Storage) -> Partition[Item]:
    table = storage.table(TableName.FORMS, Item)
    for name in ("a-before", "p", "z-behind"):
        await table.partition(name).transact([Insert(f"{n:03d}", Item(number=n)) for n in range(ROWS)])
    return table.partition("p")


@pytest.fixture(params=["whole", "short", "empty", "short and empty"])
def pages(request: pytest.FixtureRequest, network: Network, partition: Partition[Item]) -> str:
    """Azure may end a page early or send an empty one with a continuation; Azurite never does."""
    kind: str = request.param
    network.page_rows = 2 if "short" in kind else None
    network.has_empty_pages = "empty" in kind
    network.forget()
    return kind


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("limit", [1, 5, 22, 23, 24, 200])
async def test_pages_join_without_gap_or_repetition(partition: Partition[Item], limit: int) -> None:
    numbers: list[int] = []
    after: str | None = None
    while True:
        page = await partition.list_page(limit=limit, after=after)
        assert len(page.items) == min(limit, ROWS - len(numbers))
        numbers += [row.value.number for row in page.items]
        after = page.next
        if after is None:
            break
    assert numbers == list(range(ROWS))


async def test_the_faker_does_make_short_and_empty_pages(
    partition: Partition[Item], pages: str, network: Network
) -> None:
    assert [row.value.number async for row in partition.iter()] == list(range(ROWS))
    minimum = {"whole": 1, "short": 12, "empty": 2, "short and empty": 24}[pages]
    assert network.count() >= minimum


@pytest.mark.usefixtures("pages")
async def test_a_filter_that_few_rows_pass_fills_its_page(partition: Partition[Item]) -> None:
    where = Where.eq("number", 3) | Where.eq("number", 20)
    page = await partition.list_page(limit=1, where=where)
    assert [row.value.number for row in page.items] == [3]
    page = await partition.list_page(limit=1, where=where, after=page.next)
    assert [row.value.number for row in page.items] == [20]
    assert page.next is None


@pytest.mark.usefixtures("pages")
async def test_a_filter_that_no_row_passes_ends(partition: Partition[Item]) -> None:
    page = await partition.list_page(where=Where.eq("number", -1))
    assert (page.items, page.next) == ([], None)


@pytest.mark.usefixtures("pages")
async def test_ranges_are_exclusive_at_both_ends(partition: Partition[Item]) -> None:
    page = await partition.list_page(after="004", until="008")
    assert [row.row_key for row in page.items] == ["005", "006", "007"]
    page = await partition.list_page(prefix="01")
    assert [row.row_key for row in page.items] == [f"01{n}" for n in range(10)]


async def test_a_cursor_holds_when_its_row_was_deleted(partition: Partition[Item]) -> None:
    page = await partition.list_page(limit=5)
    assert page.next is not None
    await partition.delete(page.next)
    rest = await partition.list_page(limit=200, after=page.next)
    assert [row.value.number for row in rest.items] == list(range(5, ROWS))


async def test_a_fault_between_two_pages_does_not_lose_or_repeat_rows(
    partition: Partition[Item], network: Network
) -> None:
    from msp_core.storage.testing import AnswerLost, Status

    network.page_rows = 5
    seen: list[int] = []
    async for row in partition.iter():
        seen.append(row.value.number)
        if len(seen) % 5 == 0:
            network.fail(AnswerLost(), Status(503))
    assert seen == list(range(ROWS))


@pytest.mark.parametrize("limit", [0, -1, 1000])
async def test_a_limit_outside_a_page_is_a_defect(partition: Partition[Item], limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        await partition.list_page(limit=limit)
