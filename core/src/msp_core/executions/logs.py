"""An execution's log: one JSON object a line in an append blob, readable while the run goes on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from pydantic import ValidationError

from msp_automation.capabilities import LogLine
from msp_core.errors import Invalid, NotFound, TooLarge
from msp_core.executions.models import LogPage
from msp_core.ids import ExecutionId, OrgId, is_execution_id
from msp_core.storage import Storage
from msp_core.storage.blobs import MAX_APPEND_BYTES

T = TypeVar("T")

_MAX_LIMIT: Final = 5000
_REMEMBERED: Final = 2000


class ExecutionLogStore:
    """Appends and reads lines by their sequence, which must grow over the whole execution.

    Where a fault made an append happen twice, the repeated lines are passed over by their sequence.
    """

    def __init__(self, storage: Storage) -> None:
        self._blobs = storage.blobs("execution-logs")
        # Where in the blob a sequence ends, so that whoever follows a log reads each byte once.
        self._offsets: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._begun: OrderedDict[str, None] = OrderedDict()

    async def append(self, org_id: OrgId, execution_id: ExecutionId, lines: Sequence[LogLine]) -> None:
        """Add lines. One storage operation per MiB; the first for an execution takes two.

        Raises:
            TooLarge: One line is larger than 1 MiB.
        """
        path = _path(org_id, execution_id)
        for block in _blocks(lines):
            await self._blobs.append(path, block, is_new=path not in self._begun)
            _keep(self._begun, path, None)

    async def read(
        self, org_id: OrgId, execution_id: ExecutionId, after: int | None = None, limit: int = 500
    ) -> LogPage:
        """Lines with a higher sequence than `after`, oldest first. One storage operation.

        Args:
            after: 0 or None reads from the beginning.
            limit: 1 to 5,000.

        Raises:
            Invalid: The limit is none.
        """
        if not 1 <= limit <= _MAX_LIMIT:
            raise Invalid.field("limit", f"must be between 1 and {_MAX_LIMIT}.")
        if not is_execution_id(execution_id):
            return LogPage([], after or 0)
        path = _path(org_id, execution_id)
        start = after or 0
        known, offset = self._offsets.get(path, (0, 0))
        if known > start:
            offset = 0
        try:
            content = await self._blobs.read(path, offset=offset)
        except NotFound:
            return LogPage([], start)
        items: list[LogLine] = []
        last = start
        for raw in content.splitlines(keepends=True):
            if not raw.endswith(b"\n"):
                break
            line = _parsed(raw)
            if line is not None and line.sequence > last:
                if len(items) == limit:
                    break
                items.append(line)
                last = line.sequence
            offset += len(raw)
        _keep(self._offsets, path, (last, offset))
        return LogPage(items, last)

    async def last_sequence(self, org_id: OrgId, execution_id: ExecutionId) -> int:
        """The highest sequence so far; 0 when there are no lines. A second attempt counts on from it."""
        last = 0
        while True:
            page = await self.read(org_id, execution_id, last, _MAX_LIMIT)
            if not page.items:
                return last
            last = page.next

    async def delete(self, org_id: OrgId, execution_id: ExecutionId) -> None:
        """Remove a log; gone already is fine."""
        await self._blobs.delete(_path(org_id, execution_id))


def _keep(known: OrderedDict[str, T], path: str, value: T) -> None:
    known[path] = value
    known.move_to_end(path)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)


def _path(org_id: OrgId, execution_id: ExecutionId) -> str:
    return f"{org_id}/{execution_id}.jsonl"


def _parsed(raw: bytes) -> LogLine | None:
    try:
        return LogLine.model_validate_json(raw)
    except ValidationError:
        return None


def _blocks(lines: Iterable[LogLine]) -> Iterable[bytes]:
    block = bytearray()
    for line in lines:
        encoded = line.model_dump_json().encode() + b"\n"
        if len(encoded) > MAX_APPEND_BYTES:
            raise TooLarge("A log line has at most 1 MiB.")
        if len(block) + len(encoded) > MAX_APPEND_BYTES:
            yield bytes(block)
            block.clear()
        block += encoded
    if block:
        yield bytes(block)
