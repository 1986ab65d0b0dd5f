from __future__ import annotations

import asyncio

import pytest

from msp_core.errors import Invalid, NotFound, TooLarge
from msp_core.storage import BlobContainer, Storage
from msp_core.storage.testing import AnswerLost, Network, Refused, Status


@pytest.fixture
def container(storage: Storage) -> BlobContainer:
    return storage.blobs("files")


async def test_a_blob_comes_back_as_written(container: BlobContainer) -> None:
    content = bytes(range(256)) * 100
    await container.write("org/a file.bin", content)
    assert await container.read("org/a file.bin") == content
    assert await container.size("org/a file.bin") == len(content)
    await container.write("org/a file.bin", b"new")
    assert await container.find("org/a file.bin") == b"new"
    await container.write("empty", b"")
    assert await container.read("empty") == b""


async def test_a_missing_blob_and_a_missing_container_are_not_found(container: BlobContainer) -> None:
    for _ in range(2):
        assert await container.find("x") is None
        with pytest.raises(NotFound):
            await container.read("x")
        with pytest.raises(NotFound):
            await container.size("x")
        await container.delete("x")
        assert [name async for name in container.iter_names()] == ["y"] * _
        await container.write("y", b"")


async def test_names_are_listed_by_prefix(container: BlobContainer) -> None:
    for name in ("a/1", "a/2", "b/1"):
        await container.write(name, b"x")
    assert [name async for name in container.iter_names("a/")] == ["a/1", "a/2"]


async def test_appends_add_up_and_are_readable_from_any_offset(container: BlobContainer) -> None:
    for part in (b"one\n", b"two\n", b"three\n"):
        await container.append("log", part)
    assert await container.read("log") == b"one\ntwo\nthree\n"
    assert await container.read("log", offset=4) == b"two\nthree\n"
    assert await container.read("log", offset=14) == b""
    assert await container.read("log", offset=1000) == b""


async def test_two_who_append_first_at_once_lose_nothing(container: BlobContainer) -> None:
    await asyncio.gather(*(container.append("log", f"{n}\n".encode()) for n in range(8)))
    assert sorted((await container.read("log")).split()) == [str(n).encode() for n in range(8)]


async def test_an_append_has_a_limit(container: BlobContainer, network: Network) -> None:
    with pytest.raises(TooLarge):
        await container.append("log", b"x" * (1024 * 1024 + 1))
    await container.append("log", b"")
    assert network.count() == 0


@pytest.mark.parametrize("fault", [Refused(), Status(503), AnswerLost()], ids=str)
async def test_a_passing_fault_is_not_noticed(
    container: BlobContainer, network: Network, fault: Refused | Status | AnswerLost
) -> None:
    await container.write("x", b"1")
    for work in (container.write("x", b"2"), container.read("x"), container.delete("x")):
        network.fail(fault)
        await work
    assert await container.find("x") is None


async def test_a_path_that_steps_upwards_is_refused(container: BlobContainer) -> None:
    with pytest.raises(Invalid):
        await container.write("../other/x", b"")
