"""Texts too large for a table's column, kept in blobs beside it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from msp_core.storage.codec import BLOB_SUFFIX

if TYPE_CHECKING:
    from msp_core.storage.blobs import BlobContainer

_REMEMBERED: Final = 1000


class LargeValues:
    """Writes a value before the row that points to it, and deletes it after that row is gone.

    Each write has its own blob, so a writer who loses a race on the row cannot spoil the winner's value.
    Blobs of versions that an unconditional write replaced go when the row is deleted.
    """

    def __init__(self, container: BlobContainer) -> None:
        self._container = container
        self._versions: OrderedDict[tuple[str, str], list[str]] = OrderedDict()

    async def write(
        self, partition: str, table: str, row_key: str, write_id: str, texts: dict[str, str]
    ) -> dict[str, str]:
        """Store the texts; answers the columns that point to them."""
        folder = self._folder(partition, table, row_key)
        pointers = {f"{column}{BLOB_SUFFIX}": f"{folder}{column}-{write_id}" for column in texts}
        await asyncio.gather(
            *(
                self._container.write(path, text.encode("utf-8", "surrogatepass"))
                for path, text in zip(pointers.values(), texts.values(), strict=True)
            )
        )
        return pointers

    async def fetch(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with its large values in place.

        Raises:
            NotFound: A value is gone: the row was rewritten or deleted in the meantime.
        """
        pointers = {name: str(path) for name, path in row.items() if name.endswith(BLOB_SUFFIX)}
        texts = await asyncio.gather(*(self._container.read(path) for path in pointers.values()))
        filled = dict(row)
        for name, text in zip(pointers, texts, strict=True):
            filled[name.removesuffix(BLOB_SUFFIX)] = text.decode("utf-8", "surrogatepass")
        self.remember_version(filled["odata.etag"], list(pointers.values()))
        return filled

    def remember_version(self, etag: str, paths: list[str]) -> None:
        """Know which blobs belong to a version of a row, to delete them when it is replaced."""
        self._versions[paths[0].rpartition("/")[0], etag] = paths
        while len(self._versions) > _REMEMBERED:
            self._versions.popitem(last=False)

    async def forget_version(self, partition: str, table: str, row_key: str, etag: str) -> None:
        """Delete the blobs of a version that was just replaced, if this process knew it."""
        folder = self._folder(partition, table, row_key).rstrip("/")
        paths = self._versions.pop((folder, etag), [])
        await asyncio.gather(*(self._container.delete(path) for path in paths))

    async def delete_row(self, partition: str, table: str, row_key: str) -> None:
        """Delete everything that any version of the row had."""
        names = [name async for name in self._container.iter_names(self._folder(partition, table, row_key))]
        await asyncio.gather(*(self._container.delete(name) for name in names))

    @staticmethod
    def _folder(partition: str, table: str, row_key: str) -> str:
        return f"{_segment(partition)}/{table}/{_segment(row_key)}/"


def _segment(key: str) -> str:
    return quote(key, safe="").replace(".", "%2E")
