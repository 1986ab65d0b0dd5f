"""Blobs: large values, append-only logs, files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msp_core.errors import Conflict, NotFound, TooLarge
from msp_core.storage.keys import check_blob_path, check_container

if TYPE_CHECKING:
    from azure.storage.blob.aio import ContainerClient

    from msp_core.storage.connection import Connection

T = TypeVar("T")

MAX_APPEND_BYTES: Final = 1024 * 1024
"""What is sent in one piece; more at once would hold the event loop."""

_MAX_BLOCKS: Final = 50_000
_RANGE_NOT_SATISFIABLE: Final = 416


class BlobContainer:
    """One container; it is created when the first blob is written."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.name = check_container(name)
        self._connection = connection

    async def write(
        self, path: str, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> None:
        """Store a blob, in place of one that was there. One request per MiB."""
        check_blob_path(path)
        client = await self._client()
        settings = await _content_settings(content_type)

        async def send() -> None:
            await client.upload_blob(path, content, overwrite=True, content_settings=settings)

        await self._call_creating(send, "write to")

    async def read(self, path: str, *, offset: int = 0) -> bytes:
        """A blob's content from `offset` bytes on; empty when it is not longer than that.

        Raises:
            NotFound: There is no such blob.
        """
        check_blob_path(path)
        client = await self._client()

        async def send() -> bytes:
            from azure.core.exceptions import HttpResponseError

            try:
                stream = await client.download_blob(path, offset=offset or None)
                return bytes(await stream.readall())
            except HttpResponseError as fault:
                if fault.status_code == _RANGE_NOT_SATISFIABLE:
                    return b""
                raise

        return await self._call(send, "read from")

    async def find(self, path: str) -> bytes | None:
        """A blob's content, or None."""
        try:
            return await self.read(path)
        except NotFound:
            return None

    async def delete(self, path: str) -> None:
        """Delete a blob; one that is gone already is fine."""
        check_blob_path(path)
        client = await self._client()

        async def send() -> None:
            await client.delete_blob(path)

        try:
            await self._call(send, "delete from")
        except NotFound:
            return

    async def append(self, path: str, content: bytes, *, is_new: bool = False) -> None:
        """Add to the end of an append blob; the first call creates it. One request, three for the first.

        After a fault on the way the same bytes may be there twice: readers tell by what the lines say.

        Args:
            is_new: The blob is probably not there yet, so create it first: two requests in any case.

        Raises:
            TooLarge: More than 1 MiB at once, or more than 50,000 appends.
        """
        check_blob_path(path)
        if len(content) > MAX_APPEND_BYTES:
            raise TooLarge("At most 1 MiB is appended at once.")
        if not content:
            return
        client = await self._client()
        blob = client.get_blob_client(path)

        async def send() -> None:
            await blob.append_block(content, length=len(content))

        async def create() -> None:
            from azure.core.exceptions import ResourceExistsError

            try:
                await blob.create_append_blob(if_none_match="*")
            except ResourceExistsError:
                return

        try:
            if is_new:
                await self._call_creating(create, "create blob in")
            await self._call(send, "append to")
        except NotFound:
            await self._call_creating(create, "create blob in")
            await self._call(send, "append to")
        except Conflict as fault:
            raise TooLarge(f"A log takes at most {_MAX_BLOCKS} appends.", details=fault.details) from fault

    async def size(self, path: str) -> int:
        """A blob's length in bytes.

        Raises:
            NotFound: There is no such blob.
        """
        check_blob_path(path)
        client = await self._client()

        async def send() -> int:
            return int((await client.get_blob_client(path).get_blob_properties()).size)

        return await self._call(send, "look into")

    async def modified_at(self, path: str) -> datetime:
        """When a blob was last written.

        Raises:
            NotFound: There is no such blob.
        """
        check_blob_path(path)
        client = await self._client()

        async def send() -> datetime:
            properties = await client.get_blob_client(path).get_blob_properties()
            moment: datetime = properties.last_modified
            return moment

        return await self._call(send, "look into")

    async def iter_names(self, prefix: str = "") -> AsyncIterator[str]:
        """The paths that start with `prefix`, in order."""
        from msp_core.storage.faults import ContainerMissing

        client = await self._client()
        pages = client.list_blob_names(name_starts_with=prefix or None).by_page()

        async def next_page() -> list[str] | None:
            try:
                return [name async for name in await anext(pages)]
            except StopAsyncIteration:
                return None

        while True:
            try:
                page = await self._call(next_page, "list")
            except ContainerMissing:
                return
            if page is None:
                return
            for name in page:
                yield name

    async def _client(self) -> ContainerClient:
        return (await self._connection.blobs()).get_container_client(self.name)

    async def _call(self, send: Callable[[], Awaitable[T]], verb: str) -> T:
        from msp_core.storage.faults import bounded

        return await bounded(send, self._connection.settings.bounds, what=f"{verb} {self.name}")

    async def _call_creating(self, send: Callable[[], Awaitable[T]], verb: str) -> T:
        from msp_core.storage.faults import ContainerMissing

        try:
            return await self._call(send, verb)
        except ContainerMissing:
            client = await self._client()

            async def create() -> None:
                from azure.core.exceptions import ResourceExistsError

                try:
                    await client.create_container()
                except ResourceExistsError:
                    return

            await self._call(create, "create")
            return await self._call(send, verb)


async def _content_settings(content_type: str) -> Any:
    from azure.storage.blob import ContentSettings

    return ContentSettings(content_type=content_type)
