"""Uploads: a person's files for the file fields of one form in one organization."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final

from msp_automation.file_names import safe_file_name
from msp_automation.files import content_type_of
from msp_core.errors import Invalid, TooLarge, TooManyRequests
from msp_core.files.kinds import accepts, contradiction
from msp_core.files.models import DEFAULT_MAX_FIELD_BYTES, DEFAULT_MAX_UPLOAD_BYTES, KEPT, Upload
from msp_core.forms.models import Field, FieldType, Form
from msp_core.ids import FileId, FormId, is_file_id, made_at, new_id
from msp_core.models import utc_now
from msp_core.permissions.models import OrgScope
from msp_core.storage import FileBlob, FileContainer, Storage
from msp_core.storage.file_blobs import PIECE_BYTES, FileWriter

CONTAINER: Final = "uploads"
MAX_WAITING: Final = 100
"""Uploads of one person in one organization that wait at the same time."""


class UploadService:
    """Takes files in, finds them for their owner only, and drops what nobody submitted.

    An upload's path is made of organization, person, form and field, all from the request that asks for
    it and none from the file's id: an id of anybody else leads nowhere.

    Args:
        max_bytes: What any upload has at most, whatever its field says.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        max_bytes: int = DEFAULT_MAX_UPLOAD_BYTES,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._blobs: FileContainer = storage.files(CONTAINER)
        self._max_bytes = max_bytes
        self._now = now

    async def receive(
        self,
        scope: OrgScope,
        form: Form,
        field_name: str,
        *,
        file_name: str,
        declared_bytes: int | None,
        content: AsyncIterator[bytes],
    ) -> Upload:
        """Store a file for a field of a form that the scope's holder may run.

        The content is stored as it comes, a piece at a time; what turns out wrong leaves nothing behind.

        Args:
            declared_bytes: The length the sender announces, to refuse early; it is counted all the same.

        Raises:
            Invalid: No such file field, no name, an empty file, or a kind that the field does not take.
            TooLarge: More than the field or the platform takes.
            TooManyRequests: This person has many uploads that wait.
        """
        field = _file_field(form, field_name)
        limit = min(field.max_size_bytes or DEFAULT_MAX_FIELD_BYTES, self._max_bytes)
        name = _checked_name(field, file_name)
        if declared_bytes is not None and declared_bytes > limit:
            raise _too_large(limit)
        await self._require_room(scope)
        file_id = FileId(new_id())
        path = _path(scope, form.id, field.name, file_id)
        writer = self._blobs.writer(path)
        content_type = content_type_of(name)
        try:
            await _take(writer, content, limit=limit, name=name)
            await writer.commit(name=name, content_type=content_type)
        except BaseException:
            await writer.discard()
            raise
        return _upload(scope, path, FileBlob(name, content_type, writer.size_bytes))

    async def find(self, scope: OrgScope, form_id: FormId, field_name: str, file_id: str) -> Upload | None:
        """What the scope's holder uploaded here for this very field; None for everything else.

        Unknown, expired, of another organization, person, form or field: all the same.
        """
        if not is_file_id(file_id):
            return None
        path = _path(scope, form_id, field_name, FileId(file_id))
        found = await self._blobs.find_file(path)
        if found is None:
            return None
        upload = _upload(scope, path, found)
        return upload if upload.expires_at > self._now() else None

    async def purge(self, *, limit: int = 5000) -> int:
        """Delete up to `limit` uploads that have expired; how many there were."""
        gone = 0
        async for path in self._blobs.iter_names():
            if gone == limit:
                break
            if is_expired(path, self._now()):
                await self._blobs.delete(path)
                gone += 1
        return gone

    async def _require_room(self, scope: OrgScope) -> None:
        waiting = 0
        async for path in self._blobs.iter_names(_folder(scope)):
            waiting += not is_expired(path, self._now())
        if waiting >= MAX_WAITING:
            raise TooManyRequests(
                f"You have {MAX_WAITING} files here that were uploaded in the last day. Try again tomorrow.",
                retry_after_seconds=3600,
            )


def is_expired(path: str, now: datetime) -> bool:
    """Whether an upload's path is one that may go; what is none of ours may not."""
    file_id = path.rpartition("/")[2]
    return is_file_id(file_id) and made_at(FileId(file_id)) + KEPT <= now


async def _take(writer: FileWriter, content: AsyncIterator[bytes], *, limit: int, name: str) -> None:
    beginning = bytearray()
    is_checked = False
    async for chunk in content:
        if writer.size_bytes + len(chunk) > limit:
            raise _too_large(limit)
        if not is_checked:
            beginning += chunk[: PIECE_BYTES - len(beginning)]
            if len(beginning) == PIECE_BYTES:
                _require_agreement(name, bytes(beginning))
                is_checked = True
        await writer.write(chunk)
    if not writer.size_bytes:
        raise Invalid.field("file", "The file is empty.")
    if not is_checked:
        _require_agreement(name, bytes(beginning))


def _require_agreement(name: str, beginning: bytes) -> None:
    problem = contradiction(name, beginning)
    if problem is not None:
        raise Invalid.field("file", problem)


def _file_field(form: Form, name: str) -> Field:
    for field in form.form_schema.fields:
        if field.name == name and field.type is FieldType.FILE:
            return field
    raise Invalid.field("field", "The form has no file field of this name.")


def _checked_name(field: Field, file_name: str) -> str:
    name = safe_file_name(file_name)
    if not name:
        raise Invalid.field("filename", "The file needs a name.")
    if not accepts(field.accept, name):
        raise Invalid.field("file", f"This field takes {', '.join(field.accept or ())} only.")
    return name


def _too_large(limit: int) -> TooLarge:
    size = f"{limit / 1_048_576:.3g} MiB" if limit >= PIECE_BYTES else f"{limit} bytes"
    return TooLarge(f"The file is larger than this field takes: at most {size}.")


def _folder(scope: OrgScope) -> str:
    return f"{scope.org_id}/{scope.user.id}/"


def _path(scope: OrgScope, form_id: FormId, field_name: str, file_id: FileId) -> str:
    return f"{_folder(scope)}{form_id}/{field_name}/{file_id}"


def _upload(scope: OrgScope, path: str, found: FileBlob) -> Upload:
    file_id = FileId(path.rpartition("/")[2])
    return Upload(
        file_id=file_id,
        name=found.name,
        content_type=found.content_type,
        size_bytes=found.size_bytes,
        org_id=scope.org_id,
        path=path,
        expires_at=made_at(file_id) + KEPT,
    )
