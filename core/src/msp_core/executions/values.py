"""What an execution left that is too large for its record, whole."""

from __future__ import annotations

import re
from typing import Final

from msp_core.errors import NotFound
from msp_core.ids import ExecutionId, OrgId, is_execution_id
from msp_core.storage import Storage

_ID: Final = re.compile(r"[a-z]{1,20}-\d{1,6}-\d{1,6}")


class ExecutionValueStore:
    """JSON texts beside an execution's other blobs; they go when the execution goes."""

    def __init__(self, storage: Storage) -> None:
        self._blobs = storage.blobs("execution-data")

    async def write(self, org_id: OrgId, execution_id: ExecutionId, value_id: str, content: bytes) -> None:
        """Keep a value, as JSON. One storage operation; harmless to repeat."""
        await self._blobs.write(
            _path(org_id, execution_id, value_id), content, content_type="application/json"
        )

    async def read(self, org_id: OrgId, execution_id: ExecutionId, value_id: str) -> bytes:
        """A value, as JSON. One storage operation.

        Raises:
            NotFound: The execution has no such value, or not yet.
        """
        if _ID.fullmatch(value_id) and is_execution_id(execution_id):
            found = await self._blobs.find(_path(org_id, execution_id, value_id))
            if found is not None:
                return found
        raise NotFound("This execution has no such value.")


def _path(org_id: OrgId, execution_id: ExecutionId, value_id: str) -> str:
    return f"{org_id}/{execution_id}/value-{value_id}"
