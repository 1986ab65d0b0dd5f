from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import Field

from msp_core.errors import Conflict, PreconditionFailed, TooLarge
from msp_core.models import Model
from msp_core.storage import Partition, Storage, TableName
from msp_core.storage.testing import Network


class Document(Model):
    title: str = ""
    text: str = ""
    data: dict[str, Any] = Field(default_factory=dict)


@pytest.fixture
def partition(storage: Storage) -> Partition[Document]:
    return storage.table(TableName.FORMS, Document).partition("org.1")


async def blobs(storage: Storage) -> list[str]:
    return [name async for name in storage.blobs("large-values").iter_names()]


@pytest.mark.parametrize("text", ["x" * 32_768, "ü" * 32_768, "😀" * 16_384])
async def test_the_largest_text_of_a_column_stays_in_its_row(
    storage: Storage, partition: Partition[Document], text: str
) -> None:
    await partition.insert("row", Document(text=text))
    assert (await partition.get("row")).value.text == text
    assert await blobs(storage) == []


@pytest.mark.parametrize("text", ["x" * 32_769, "ü" * 40_000, "😀" * 16_385, "y" * 2_000_000])
async def test_a_larger_text_lies_in_a_blob_and_nobody_notices(
    storage: Storage, partition: Partition[Document], text: str
) -> None:
    value = Document(title="t", text=text, data={"big": text})
    written = await partition.insert("row.1", value)
    assert (await partition.get("row.1")) == written
    assert (await partition.list_page()).items == [written]
    assert [row async for row in partition.iter()] == [written]
    assert len(await blobs(storage)) == 2
    assert all(name.startswith("org%2E1/Forms/row%2E1/") for name in await blobs(storage))


async def test_deleting_the_row_deletes_its_blobs(storage: Storage, partition: Partition[Document]) -> None:
    await partition.upsert("row", Document(text="a" * 40_000))
    await partition.upsert("row", Document(text="b" * 40_000))
    await partition.upsert("row.other", Document(text="c" * 40_000))
    assert (await partition.get("row")).value.text == "b" * 40_000
    await partition.delete("row")
    assert len(await blobs(storage)) == 1
    assert (await partition.get("row.other")).value.text == "c" * 40_000


async def test_replacing_a_row_deletes_the_blobs_of_the_version_before(
    storage: Storage, partition: Partition[Document]
) -> None:
    first = await partition.insert("row", Document(text="a" * 40_000))
    second = await partition.replace("row", Document(text="b" * 40_000), etag=first.etag)
    assert (await partition.get("row")).value.text == "b" * 40_000
    assert len(await blobs(storage)) == 1
    await partition.replace("row", Document(text="small"), etag=second.etag)
    assert await blobs(storage) == []
    assert (await partition.get("row")).value.text == "small"


async def test_a_loser_does_not_spoil_the_winners_value(partition: Partition[Document]) -> None:
    first = await partition.insert("row", Document(text="a" * 40_000))
    await partition.replace("row", Document(text="winner" * 10_000), etag=first.etag)
    with pytest.raises(PreconditionFailed):
        await partition.replace("row", Document(text="loser" * 10_000), etag=first.etag)
    with pytest.raises(Conflict):
        await partition.insert("row", Document(text="loser" * 10_000))
    assert (await partition.get("row")).value.text == "winner" * 10_000


async def test_readers_beside_a_writer_always_see_a_whole_version(partition: Partition[Document]) -> None:
    stored = await partition.insert("row", Document(title="0", text="0" * 40_000))

    async def write() -> None:
        nonlocal stored
        for number in range(1, 8):
            stored = await partition.replace(
                "row", Document(title=str(number), text=str(number) * 40_000), etag=stored.etag
            )

    writing = asyncio.create_task(write())
    while not writing.done():
        value = (await partition.get("row")).value
        assert value.text == value.title * 40_000
    await writing


async def test_a_table_without_large_values_refuses_them_before_sending(
    storage: Storage, network: Network
) -> None:
    partition = storage.table(TableName.FORMS, Document, large_values=False).partition("p")
    with pytest.raises(TooLarge):
        await partition.insert("row", Document(text="x" * 40_000))
    assert network.count() == 0
    await partition.insert("row", Document())
    network.forget()
    await partition.delete("row")
    assert network.count() == 1
