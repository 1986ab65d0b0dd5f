"""Blobs that nothing points to any more, a day after they could last have been on their way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import unquote

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import Keys, chunks, grouped, keys_of, those_there
from msp_core.errors import NotFound
from msp_core.files.uploads import is_expired
from msp_core.ids import ExecutionId, OrgId, execution_milliseconds, execution_row_key, is_execution_id
from msp_core.models import utc_now
from msp_core.storage import BlobContainer, Storage, TableName, Where
from msp_core.storage.codec import BLOB_SUFFIX

GRACE: Final = timedelta(days=1)
"""Blobs are written before the rows that point to them; nothing takes so long in between."""

_PARAMETERS: Final = "parameters"
"""What the engine keeps beside a waiting execution, unredacted, and deletes when it has ended."""

_LOG_SUFFIX: Final = ".jsonl"
_LARGE_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class _ExecutionBlob:
    org_id: OrgId
    execution_id: ExecutionId
    path: str

    @property
    def row_key(self) -> str:
        return execution_row_key(self.execution_id)


class ExecutionBlobs:
    """One container whose paths start with `{organization}/{execution}`."""

    def __init__(self, storage: Storage, container: str, *, now: Callable[[], datetime] = utc_now) -> None:
        self.name = f"blobs in {container}"
        self._blobs: BlobContainer = storage.blobs(container)
        self._ended = keys_of(storage, TableName.WORKFLOW_EXECUTIONS)
        self._active = keys_of(storage, TableName.ACTIVE_EXECUTIONS)
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """What belongs to no execution, and parameters that waited for a run that has ended."""
        async for some in chunks(self._old()):
            for org_id, blobs in grouped(some, lambda blob: blob.org_id).items():
                keys = {blob.row_key for blob in blobs}
                # Live ones first: what ends in between is then found among the ended.
                live = await those_there(self._active.partition(org_id), keys)
                ended = await those_there(self._ended.partition(org_id), keys)
                for blob in blobs:
                    if blob.row_key not in live and (blob.row_key not in ended or _is_parameters(blob)):
                        yield Suspect(self._place(blob), partial(self._look_again, blob))

    async def _old(self) -> AsyncIterator[_ExecutionBlob]:
        admitted_before = (self._now() - GRACE).timestamp() * 1000
        async for path in self._blobs.iter_names():
            blob = _parsed(path)
            if blob is not None and execution_milliseconds(blob.execution_id) < admitted_before:
                yield blob

    async def _look_again(self, blob: _ExecutionBlob) -> Diagnosis | None:
        if await self._active.partition(blob.org_id).find(blob.row_key) is not None:
            return None
        has_ended = await self._ended.partition(blob.org_id).find(blob.row_key) is not None
        if has_ended and not _is_parameters(blob):
            return None
        if not await _is_there(self._blobs, blob.path):
            return None
        if has_ended:
            return diagnosis(
                FindingKind.PARAMETERS_LEFT_OVER,
                self._place(blob),
                "The execution has ended, and the parameters that waited for it are still there as they were "
                "given: there may be a password among them.",
                "Deletes the blob; the execution and what its record shows stay.",
                partial(_delete, self._blobs, blob.path),
            )
        return diagnosis(
            FindingKind.BLOB_ORPHANED,
            self._place(blob),
            "This belongs to an execution that is not there: a start that failed, or a deletion that "
            "stopped half-way.",
            "Deletes the blob.",
            partial(_delete, self._blobs, blob.path),
        )

    def _place(self, blob: _ExecutionBlob) -> str:
        return f"{self._blobs.name}: {blob.path}"


class LargeValueBlobs:
    """Container `large-values`, whose paths are `{partition}/{table}/{row}/{column}-{write}`."""

    name = "blobs in large-values"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._blobs: BlobContainer = storage.blobs("large-values")
        # Read raw: the columns that point to blobs are no part of any model.
        self._tables = {name.value: storage.table(name, Keys, large_values=False) for name in TableName}
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """What its row does not point to."""
        folder, pointers = "", set[str]()
        async for path in self._blobs.iter_names():
            parts = path.split("/")
            if len(parts) != _LARGE_PARTS or parts[1] not in self._tables:
                continue
            if path.rpartition("/")[0] != folder:
                folder, pointers = path.rpartition("/")[0], await self._pointers(path)
            if path not in pointers:
                yield Suspect(self._place(path), partial(self._look_again, path))

    async def _look_again(self, path: str) -> Diagnosis | None:
        try:
            written_at = await self._blobs.modified_at(path)
        except NotFound:
            return None
        if written_at > self._now() - GRACE or path in await self._pointers(path):
            return None
        return diagnosis(
            FindingKind.BLOB_ORPHANED,
            self._place(path),
            f"A value too large for its row in {path.split('/')[1]} lies here, and the row does not point to "
            "it: the row was rewritten or deleted, or never written.",
            "Deletes the blob; the row and the value it points to stay.",
            partial(_delete, self._blobs, path),
        )

    async def _pointers(self, path: str) -> set[str]:
        partition, table, row, _ = path.split("/")
        where = Where.eq("PartitionKey", unquote(partition)) & Where.eq("RowKey", unquote(row))
        return {
            str(value)
            async for columns in self._tables[table].query(where, top=1)
            for name, value in columns.items()
            if name.endswith(BLOB_SUFFIX)
        }

    def _place(self, path: str) -> str:
        return f"{self._blobs.name}: {path}"


class ExpiredUploads:
    """Container `uploads`: what nobody submitted, and no timer deleted."""

    name = "blobs in uploads"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._blobs: BlobContainer = storage.blobs("uploads")
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """What expired a day ago and is still there."""
        async for path in self._blobs.iter_names():
            if is_expired(path, self._now() - GRACE):
                yield Suspect(f"{self._blobs.name}: {path}", partial(self._look_again, path))

    async def _look_again(self, path: str) -> Diagnosis | None:
        if not await _is_there(self._blobs, path):
            return None
        return diagnosis(
            FindingKind.BLOB_ORPHANED,
            f"{self._blobs.name}: {path}",
            "A file that was uploaded for a form has expired, and no engine deleted it: none has run lately.",
            "Deletes the blob; executions that it was submitted to have copies of their own.",
            partial(_delete, self._blobs, path),
        )


def _parsed(path: str) -> _ExecutionBlob | None:
    org_id, _, rest = path.partition("/")
    execution_id = rest.partition("/")[0].removesuffix(_LOG_SUFFIX)
    if not is_execution_id(execution_id):
        return None
    return _ExecutionBlob(OrgId(org_id), ExecutionId(execution_id), path)


def _is_parameters(blob: _ExecutionBlob) -> bool:
    return blob.path.rpartition("/")[2] == _PARAMETERS


async def _is_there(blobs: BlobContainer, path: str) -> bool:
    try:
        await blobs.size(path)
    except NotFound:
        return False
    return True


async def _delete(blobs: BlobContainer, path: str) -> bool:
    # Nobody writes to such a path again: each write has a path of its own, and no execution starts twice.
    await blobs.delete(path)
    return True
