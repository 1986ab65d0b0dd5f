"""Files of executions: what a run was given, and what it saved for people to download."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from msp_core.errors import NotFound
from msp_core.executions.models import Execution
from msp_core.files.models import StoredFile, Upload
from msp_core.ids import ExecutionId, FileId, OrgId, is_execution_id, is_file_id
from msp_core.storage import FileContainer, Storage
from msp_core.storage.file_blobs import FileWriter

CONTAINER: Final = "execution-files"


class ExecutionFiles:
    """Each execution has a folder of its own; nothing here reaches into another one's."""

    def __init__(self, storage: Storage, uploads_container: str = "uploads") -> None:
        self._blobs: FileContainer = storage.files(CONTAINER)
        self._uploads: FileContainer = storage.files(uploads_container)

    async def attach(self, org_id: OrgId, execution_id: ExecutionId, upload: Upload) -> None:
        """Give an execution a copy of an upload, before its record is written. Safe to repeat.

        Raises:
            NotFound: The upload is gone, or is another organization's.
        """
        if upload.org_id != org_id:
            raise no_such_file()
        path = _path(org_id, execution_id, upload.file_id)
        await self._blobs.copy_from(self._uploads, upload.path, path)

    async def get(self, execution: Execution, file_id: str) -> StoredFile:
        """A file of an execution that somebody was found to be allowed to see.

        Raises:
            NotFound: This execution has no such file.
        """
        if not is_file_id(file_id):
            raise no_such_file()
        path = _path(execution.organization_id, execution.execution_id, FileId(file_id))
        found = await self._blobs.find_file(path)
        if found is None:
            raise no_such_file()
        return StoredFile(
            file_id=FileId(file_id),
            name=found.name,
            content_type=found.content_type,
            size_bytes=found.size_bytes,
        )

    def iter_content(self, execution: Execution, file: StoredFile) -> AsyncIterator[bytes]:
        """Its content, a piece at a time."""
        path = _path(execution.organization_id, execution.execution_id, file.file_id)
        return self._blobs.iter_pieces(path, file.size_bytes)

    async def read_piece(
        self, org_id: OrgId, execution_id: ExecutionId, file_id: str, offset: int, length: int
    ) -> bytes:
        """A piece for the run itself.

        Raises:
            NotFound: This execution has no such file.
        """
        if not is_file_id(file_id):
            raise no_such_file()
        return await self._blobs.read_piece(_path(org_id, execution_id, FileId(file_id)), offset, length)

    def writer(self, org_id: OrgId, execution_id: ExecutionId, file_id: FileId) -> FileWriter:
        """Writes a new file of the execution."""
        return self._blobs.writer(_path(org_id, execution_id, file_id))

    async def delete_all(self, org_id: OrgId, execution_id: ExecutionId) -> None:
        """Delete all that an execution has."""
        await self._blobs.delete_all(_folder(org_id, execution_id))


def no_such_file() -> NotFound:
    """The one answer for files that are unknown or another execution's."""
    return NotFound("There is no such file in this execution.")


def _folder(org_id: OrgId, execution_id: ExecutionId) -> str:
    if not is_execution_id(execution_id):
        raise no_such_file()
    return f"{org_id}/{execution_id}/"


def _path(org_id: OrgId, execution_id: ExecutionId, file_id: FileId) -> str:
    return f"{_folder(org_id, execution_id)}{file_id}"
