"""A run's files: it reads and writes in its own execution's folder, through the engine, within limits."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from msp_automation.errors import WorkflowError
from msp_automation.file_names import safe_file_name
from msp_automation.files import PIECE_BYTES, UNKNOWN_TYPE, FileReference
from msp_core.errors import MspError, NotFound
from msp_core.files.executions import ExecutionFiles
from msp_core.files.models import DEFAULT_MAX_UPLOAD_BYTES
from msp_core.ids import ExecutionId, FileId, OrgId, new_id
from msp_core.storage.file_blobs import FileWriter

_CONTENT_TYPE = re.compile(r"[a-zA-Z0-9][\w.+-]{0,99}/[\w.+-]{1,100}(?:; ?charset=[\w-]{1,40})?", re.ASCII)
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one run may leave behind."""

    count: int = 20
    file_bytes: int = DEFAULT_MAX_UPLOAD_BYTES
    total_bytes: int = 4 * DEFAULT_MAX_UPLOAD_BYTES


@dataclass(slots=True)
class _Open:
    writer: FileWriter
    name: str
    content_type: str


@dataclass(slots=True)
class RunFiles:
    """The files of one run; what the run says chooses among them and nothing else."""

    files: ExecutionFiles
    org_id: OrgId
    execution_id: ExecutionId
    limits: FileLimits
    saved: list[FileReference] = field(default_factory=list)
    _open: dict[str, _Open] = field(default_factory=dict)
    _begun: int = 0
    _total_bytes: int = 0

    async def read(self, file_id: str, offset: int, length: int) -> bytes:
        """A piece of a file that the run was given or has saved.

        Raises:
            WorkflowError: There is no such file in this run.
        """
        if offset < 0 or not 0 < length <= PIECE_BYTES:
            raise WorkflowError(f"A file is read in pieces of 1 to {PIECE_BYTES} bytes.")
        try:
            return await self.files.read_piece(self.org_id, self.execution_id, file_id, offset, length)
        except NotFound as error:
            raise WorkflowError("There is no such file in this run.") from error

    async def begin(self, name: str, content_type: str) -> str:
        """Start a file.

        Raises:
            WorkflowError: It has no name, or the run has begun as many as it may.
        """
        if self._begun >= self.limits.count:
            raise WorkflowError(f"A run saves at most {self.limits.count} files.")
        safe = safe_file_name(name)
        if not safe:
            raise WorkflowError(f"A file needs a name; nothing is left of {name[:100]!r}.")
        self._begun += 1
        file_id = FileId(new_id())
        kind = content_type if _CONTENT_TYPE.fullmatch(content_type) else UNKNOWN_TYPE
        self._open[file_id] = _Open(self.files.writer(self.org_id, self.execution_id, file_id), safe, kind)
        return file_id

    async def append(self, file_id: str, content: bytes) -> None:
        """Add to a file that was begun.

        Raises:
            WorkflowError: It was not, or it or all files together are too large: it is then given up.
        """
        begun = self._get(file_id)
        size = begun.writer.size_bytes + len(content)
        problem = None
        if size > self.limits.file_bytes:
            problem = f"The file {begun.name!r} is too large: at most {_size(self.limits.file_bytes)}."
        elif self._total_bytes + len(content) > self.limits.total_bytes:
            problem = f"The run's files are too large together: at most {_size(self.limits.total_bytes)}."
        if problem is not None:
            await self._give_up(file_id)
            raise WorkflowError(problem)
        self._total_bytes += len(content)
        await begun.writer.write(content)

    async def finish(self, file_id: str) -> FileReference:
        """Keep a file that was begun.

        Raises:
            WorkflowError: It was not.
        """
        begun = self._get(file_id)
        await begun.writer.commit(name=begun.name, content_type=begun.content_type)
        del self._open[file_id]
        reference = FileReference(
            file_id=file_id,
            name=begun.name,
            content_type=begun.content_type,
            size_bytes=begun.writer.size_bytes,
        )
        self.saved.append(reference)
        return reference

    async def close(self) -> None:
        """Give up what was begun and not finished."""
        for file_id in list(self._open):
            with suppress(MspError):
                await self._give_up(file_id)

    def _get(self, file_id: str) -> _Open:
        if file_id not in self._open:
            raise WorkflowError("There is no such file to write to in this run.")
        return self._open[file_id]

    async def _give_up(self, file_id: str) -> None:
        begun = self._open.pop(file_id)
        self._total_bytes -= begun.writer.size_bytes
        await begun.writer.discard()


def _size(count: int) -> str:
    return f"{count / _MEBIBYTE:.3g} MiB" if count >= _MEBIBYTE else f"{count} bytes"
