"""Files that go into a run and come out of it: references, read and written in pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_serializer, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from msp_automation.errors import WorkflowError
from msp_automation.file_names import safe_file_name

if TYPE_CHECKING:
    from mimetypes import MimeTypes

    from msp_automation.capabilities import Capabilities

PIECE_BYTES: Final = 1024 * 1024
"""What is read or written at once; more would hold up the runs beside this one."""

UNKNOWN_TYPE: Final = "application/octet-stream"

ReadPiece = Callable[[str, int, int], Awaitable[bytes]]
"""Reads (file id, offset, length)."""


class FileReference(BaseModel):
    """A file that somebody gave to the run, or that the run saved; its content is read when asked for.

    As a parameter's annotation it makes a file field. It may be put into the result: people then
    download the file from there. A plain `def` reads with `context.wait(file.read())`.

    Attributes:
        name: Without a path, at most 200 characters.
        content_type: By the name's ending, not by what a sender claimed.
        size_bytes: The content's length.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True)

    file_id: str
    name: str
    content_type: str
    size_bytes: int
    _read_piece: ReadPiece | None = PrivateAttr(default=None)

    @classmethod
    def from_bytes(cls, name: str, data: bytes, *, content_type: str | None = None) -> FileReference:
        """A file for a test, that no engine knows."""

        async def read_piece(_: str, offset: int, length: int) -> bytes:
            return data[offset : offset + length]

        return cls(
            file_id=f"testing-{uuid4()}",
            name=safe_file_name(name),
            content_type=content_type or content_type_of(name),
            size_bytes=len(data),
        ).bound(read_piece)

    async def read(self) -> bytes:
        """The whole content.

        Raises:
            WorkflowError: The file cannot be read in this run.
        """
        return b"".join([piece async for piece in self.iter_bytes()])

    async def iter_bytes(self, piece_bytes: int = PIECE_BYTES) -> AsyncIterator[bytes]:
        """The content in pieces of at most `piece_bytes`, and at most 1 MiB.

        Raises:
            WorkflowError: The file cannot be read in this run.
        """
        if self._read_piece is None:
            raise WorkflowError(f"The file {self.name!r} belongs to no run and cannot be read here.")
        length, offset = min(max(1, piece_bytes), PIECE_BYTES), 0
        while offset < self.size_bytes:
            piece = await self._read_piece(self.file_id, offset, length)
            if not piece:
                raise WorkflowError(f"The file {self.name!r} is shorter than was said. Upload it again.")
            yield piece
            offset += len(piece)

    def bound(self, read_piece: ReadPiece) -> FileReference:
        """The same file, read with `read_piece`; for hosts of runs."""
        copy = self.model_copy()
        copy._read_piece = read_piece
        return copy

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            # From Python the fields come as they are; JSON has them under `file`.
            inner = value.get("file", value)
            if isinstance(inner, Mapping):
                return inner
        if isinstance(value, cls):
            return value
        raise PydanticCustomError("msp_file", "Must be an uploaded file.")

    @model_serializer(mode="plain")
    def _wrap(self) -> dict[str, Any]:
        return {"file": {to_camel(name): getattr(self, name) for name in type(self).model_fields}}


def content_type_of(name: str) -> str:
    """The MIME type that a name's ending stands for, the same on every machine."""
    return _types().guess_type(name)[0] or UNKNOWN_TYPE


def bind_files(arguments: Mapping[str, Any], read_piece: ReadPiece) -> dict[str, Any]:
    """A run's arguments, with files that can be read; those that can already stay as they are."""
    return {
        name: value.bound(read_piece)
        if isinstance(value, FileReference) and value._read_piece is None
        else value
        for name, value in arguments.items()
    }


async def save_file(
    host: Capabilities, name: str, data: bytes | str | Path, content_type: str | None
) -> FileReference:
    """Hand a file to the host piece by piece; see `OrganizationContext.save_file`."""
    file_id = await host.begin_file(name, content_type or content_type_of(name))
    async for piece in _read(data) if isinstance(data, Path) else _cut(data):
        await host.append_to_file(file_id, piece)
    return (await host.finish_file(file_id)).bound(host.read_file)


async def _read(path: Path) -> AsyncIterator[bytes]:
    import asyncio

    with await asyncio.to_thread(path.open, "rb") as source:
        while piece := await asyncio.to_thread(source.read, PIECE_BYTES):
            yield piece


async def _cut(data: bytes | str) -> AsyncIterator[bytes]:
    content = data.encode() if isinstance(data, str) else data
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


@cache
def _types() -> MimeTypes:
    from mimetypes import MimeTypes

    # Python's own table only: the machine's files would make one name two types on two machines.
    types = MimeTypes()
    office = "application/vnd.openxmlformats-officedocument"
    for content_type, ending in (
        (f"{office}.wordprocessingml.document", ".docx"),
        (f"{office}.spreadsheetml.sheet", ".xlsx"),
        (f"{office}.presentationml.presentation", ".pptx"),
        ("text/plain", ".log"),
        ("text/markdown", ".md"),
        ("text/yaml", ".yaml"),
        ("text/yaml", ".yml"),
        ("application/x-powershell", ".ps1"),
    ):
        types.add_type(content_type, ending)
    return types
