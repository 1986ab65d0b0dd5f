"""The same request twice is one execution."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from msp_core.ids import ExecutionId, UserId
from msp_core.models import Model, UtcDatetime, utc_now
from msp_core.storage import Storage, TableName

KEPT: Final = timedelta(hours=24)
_MAX_KEY_CHARACTERS: Final = 255
_RACES: Final = 5


class IdempotencyKey(Model):
    """Which execution a key stands for.

    Args:
        request_hash: Of what was asked for; empty if nobody compares.
    """

    execution_id: ExecutionId
    claimed_at: UtcDatetime
    request_hash: str = ""


class IdempotencyService:
    """Remembers a person's keys for 24 hours."""

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._table = storage.table(TableName.IDEMPOTENCY_KEYS, IdempotencyKey, large_values=False)
        self._now = now

    async def claim(
        self, user_id: UserId, key: str, execution_id: ExecutionId, *, request_hash: str = ""
    ) -> ExecutionId:
        """Tie a key to an execution, unless it is tied already. One storage operation.

        Args:
            request_hash: Of what is asked for, to notice a key used for something else.

        Returns:
            The execution of the first request with this key: if it is another one than `execution_id`,
            nothing must be started.

        Raises:
            Invalid: The key is empty or longer than 255 characters.
            Conflict: The key was used for another request.
        """
        if not key or len(key) > _MAX_KEY_CHARACTERS:
            raise Invalid.field("Idempotency-Key", "must have 1 to 255 characters.")
        partition = self._table.partition(user_id)
        row_key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        for _ in range(_RACES):
            fresh = IdempotencyKey(
                execution_id=execution_id, claimed_at=self._now(), request_hash=request_hash
            )
            try:
                await partition.insert(row_key, fresh)
            except Conflict:
                stored = await partition.find(row_key)
                if stored is None:
                    continue
            else:
                return execution_id
            if stored.value.claimed_at > self._now() - KEPT:
                if stored.value.request_hash != request_hash:
                    raise Conflict("This Idempotency-Key was used for another request: choose a new one.")
                return stored.value.execution_id
            try:
                await partition.replace(row_key, fresh, etag=stored.etag)
            except (PreconditionFailed, NotFound):
                continue
            return execution_id
        raise Conflict("This Idempotency-Key is being used by several requests at once. Try again.")
