"""Files as services hand them on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from msp_core.ids import FileId, OrgId
from msp_core.models import Model, UtcDatetime

DEFAULT_MAX_FIELD_BYTES: Final = 10 * 1024 * 1024
"""What a file field takes that says nothing else."""

DEFAULT_MAX_UPLOAD_BYTES: Final = 50 * 1024 * 1024
"""What any file has at most; the deployment's to change."""

KEPT: Final = timedelta(hours=24)
"""How long an upload waits to be submitted; it may be submitted again as long."""


class StoredFile(Model):
    """A file without its content."""

    file_id: FileId
    name: str
    content_type: str
    size_bytes: int

    def reference(self) -> dict[str, Any]:
        """It as parameters and results hold it: what the SDK's `FileReference` is in JSON."""
        return {"file": self.model_dump(include=set(StoredFile.model_fields))}


class Upload(StoredFile):
    """A file that somebody uploaded for a form's field, and that waits to be submitted."""

    org_id: OrgId
    path: str
    expires_at: UtcDatetime
