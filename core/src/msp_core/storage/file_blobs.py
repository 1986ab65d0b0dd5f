"""Files as blobs: written block by block and there only when whole, read in pieces, copied in storage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from msp_core.errors import MspError, NotFound, Unavailable
from msp_core.storage.blobs import BlobContainer, _content_settings
from msp_core.storage.keys import check_blob_path

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

PIECE_BYTES: Final = 1024 * 1024
"""One block, and what is read at once."""

_NAME: Final = "filename"
_COPY_PAUSES: Final = 40
_COPY_PAUSE_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class FileBlob:
    """A file without its content."""

    name: str
    content_type: str
    size_bytes: int


class FileContainer(BlobContainer):
    """A container whose blobs carry their file's name and type, so that no row has to."""

    def writer(self, path: str) -> FileWriter:
        """Writes a new blob."""
        return FileWriter(self, check_blob_path(path))

    async def find_file(self, path: str) -> FileBlob | None:
        """What is known of a file, or None. One request."""
        try:
            return await self.get_file(path)
        except NotFound:
            return None

    async def get_file(self, path: str) -> FileBlob:
        """The same.

        Raises:
            NotFound: There is no such blob.
        """
        blob = await self.blob(check_blob_path(path))

        async def send() -> FileBlob:
            found = await blob.get_blob_properties()
            name = unquote((found.metadata or {}).get(_NAME, ""))
            return FileBlob(name, str(found.content_settings.content_type), int(found.size))

        return await self._call(send, "look into")

    async def read_piece(self, path: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` on; empty at the end. One request for up to 1 MiB.

        Raises:
            NotFound: There is no such blob.
        """
        blob = await self.blob(check_blob_path(path))

        async def send() -> bytes:
            from azure.core.exceptions import HttpResponseError

            try:
                stream = await blob.download_blob(offset=offset, length=min(length, PIECE_BYTES))
                return bytes(await stream.readall())
            except HttpResponseError as fault:
                if fault.status_code == 416:  # noqa: PLR2004 - range not satisfiable: nothing is left
                    return b""
                raise

        return await self._call(send, "read from")

    async def iter_pieces(self, path: str, size_bytes: int) -> AsyncIterator[bytes]:
        """The content, a piece at a time."""
        offset = 0
        while offset < size_bytes:
            piece = await self.read_piece(path, offset, PIECE_BYTES)
            if not piece:
                raise NotFound("The file is gone.")
            offset += len(piece)
            yield piece

    async def copy_from(self, source: FileContainer, source_path: str, path: str) -> None:
        """Copy a blob of the same account, name and type included; the bytes never come here.

        Raises:
            NotFound: There is no such blob.
            Unavailable: Storage did not finish in time; it is safe to repeat.
        """
        origin, blob = await source.blob(source_path), await self.blob(check_blob_path(path))

        async def send() -> str:
            return str((await blob.start_copy_from_url(origin.url))["copy_status"])

        async def look() -> str:
            return str((await blob.get_blob_properties()).copy.status)

        status = await self._call_creating(send, "copy to")
        for _ in range(_COPY_PAUSES):
            if status != "pending":
                break
            await asyncio.sleep(_COPY_PAUSE_SECONDS)
            status = await self._call(look, "look into")
        if status != "success":
            raise Unavailable("Storage did not finish copying a file. Try again.", details={"status": status})

    async def delete_all(self, prefix: str) -> None:
        """Delete every blob whose path starts so."""
        for path in [path async for path in self.iter_names(prefix)]:
            await self.delete(path)

    async def blob(self, path: str) -> BlobClient:
        """The SDK's client of one blob."""
        return (await self._client()).get_blob_client(path)

    async def write_to(self, send: Callable[[], Awaitable[Any]]) -> None:
        """One request of a writer; the container is created on the way."""
        await self._call_creating(send, "write to")


class FileWriter:
    """Collects a file; `commit` makes it be there, whole, and until then nobody sees it.

    Holds at most one piece in memory.
    """

    def __init__(self, container: FileContainer, path: str) -> None:
        self.size_bytes = 0
        self._container = container
        self._path = path
        self._rest = bytearray()
        self._blocks: list[str] = []

    async def write(self, content: bytes) -> None:
        """Add to the end. One request for each full piece."""
        self.size_bytes += len(content)
        view = memoryview(content)
        while view:
            taken = PIECE_BYTES - len(self._rest)
            self._rest += view[:taken]
            view = view[taken:]
            if len(self._rest) == PIECE_BYTES:
                await self._stage()

    async def commit(self, *, name: str, content_type: str) -> None:
        """Make the file be there. Two requests."""
        from azure.storage.blob import BlobBlock

        if self._rest:
            await self._stage()
        blob, settings = await self._container.blob(self._path), await _content_settings(content_type)
        blocks = [BlobBlock(block_id=block_id) for block_id in self._blocks]

        async def send() -> None:
            await blob.commit_block_list(blocks, content_settings=settings, metadata={_NAME: quote(name)})

        await self._container.write_to(send)

    async def discard(self) -> None:
        """Leave nothing behind; what cannot be removed now, storage drops after a week."""
        self._rest.clear()
        if not self._blocks:
            return
        # An empty blob in its place drops the blocks that wait for a commit.
        with suppress(MspError):
            await self._container.write(self._path, b"")
            await self._container.delete(self._path)

    async def _stage(self) -> None:
        block_id, content = f"{len(self._blocks):06d}", bytes(self._rest)
        blob = await self._container.blob(self._path)

        async def send() -> None:
            await blob.stage_block(block_id, content, length=len(content))

        self._blocks.append(block_id)
        await self._container.write_to(send)
        self._rest.clear()
