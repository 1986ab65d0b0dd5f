"""Files as blobs: there when whole, gone when given up, copied where they lie."""

from __future__ import annotations

import pytest

from msp_core.errors import NotFound, Unavailable
from msp_core.storage import FileBlob, FileContainer, Storage
from msp_core.storage.file_blobs import PIECE_BYTES
from msp_core.storage.testing import Network


async def everything(files: FileContainer) -> list[str]:
    """What storage holds, blocks that wait for a commit included."""
    client = await files._client()
    return [blob.name async for blob in client.list_blobs(include=["uncommittedblobs"])]


async def test_a_file_is_there_when_it_is_whole_and_reads_back_in_pieces(storage: Storage) -> None:
    files = storage.files("some-files")
    writer = files.writer("a/b")
    content = bytes(range(256)) * 10_000
    for start in range(0, len(content), 700_001):
        await writer.write(content[start : start + 700_001])
    assert await files.find_file("a/b") is None
    await writer.commit(name="Größe 表.bin", content_type="text/csv")
    found = await files.get_file("a/b")
    assert found == FileBlob("Größe 表.bin", "text/csv", len(content))
    assert b"".join([piece async for piece in files.iter_pieces("a/b", len(content))]) == content
    assert await files.read_piece("a/b", 5, 3) == content[5:8]
    assert await files.read_piece("a/b", len(content), 3) == b""
    assert len(await files.read_piece("a/b", 0, 10 * PIECE_BYTES)) == PIECE_BYTES


async def test_a_file_that_is_given_up_leaves_not_even_its_blocks(storage: Storage) -> None:
    files = storage.files("some-files")
    writer = files.writer("a")
    await writer.write(b"x" * (2 * PIECE_BYTES + 1))
    assert await everything(files) == ["a"]
    await writer.discard()
    assert await everything(files) == []
    await files.writer("b").discard()


async def test_a_copy_has_name_type_and_content_and_outlives_its_source(storage: Storage) -> None:
    source, target = storage.files("some-files"), storage.files("other-files")
    writer = source.writer("a")
    await writer.write(b"content")
    await writer.commit(name="ä.csv", content_type="text/csv")
    for _ in range(2):
        await target.copy_from(source, "a", "x/y")
    await source.delete("a")
    assert await target.get_file("x/y") == FileBlob("ä.csv", "text/csv", 7)
    assert await target.read_piece("x/y", 0, 100) == b"content"
    with pytest.raises(NotFound):
        await target.copy_from(source, "a", "x/z")


async def test_an_empty_file_is_a_file(storage: Storage) -> None:
    files = storage.files("some-files")
    await files.writer("a").commit(name="a", content_type="text/csv")
    assert (await files.get_file("a")).size_bytes == 0
    assert [piece async for piece in files.iter_pieces("a", 0)] == []


async def test_storage_that_is_away_is_told_as_such(storage: Storage, network: Network) -> None:
    files = storage.files("some-files")
    writer = files.writer("a")
    await writer.write(b"x" * PIECE_BYTES)
    network.crash_after(0)
    with pytest.raises(Unavailable):
        await writer.write(b"x" * PIECE_BYTES)
    await writer.discard()
    network.recover()
    await writer.discard()
    assert await everything(files) == []
