"""Claims keys, keeps first answers, and takes over what a crashed attempt left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msp_core.errors import Conflict, NotFound, PreconditionFailed
from msp_core.idempotency.models import Claim, ClaimedKey, KeptAnswer
from msp_core.ids import UserId, new_id
from msp_core.models import utc_now
from msp_core.storage import Partition, Storage, Stored, TableName

KEPT: Final = timedelta(hours=24)
ATTEMPT: Final = timedelta(seconds=30)
"""Longer than any creation takes: whoever holds a key longer has crashed."""

ANSWER_ROWS: Final = "answer:"
"""How their row keys start; those of executions share the table and are bare hashes."""
_RACES: Final = 5


class AnswerKeys:
    """A person's keys for requests that create, for 24 hours.

    An attempt claims the key, makes the thing under the claim's id, and keeps the answer. If it dies in
    between, the claim lapses and the next attempt makes the same thing, which finds what is there already.
    """

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._rows = storage.table(TableName.IDEMPOTENCY_KEYS, ClaimedKey)
        self._now = now

    async def claim(self, user_id: UserId, key: str, request_hash: str) -> Claim:
        """Claim a key for an attempt, or find the answer of an earlier one. One storage operation if new.

        Raises:
            Conflict: The key stands for another request, or another attempt is at work.
        """
        partition = self._rows.partition(user_id)
        row_key = ANSWER_ROWS + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        for _ in range(_RACES):
            try:
                return Claim(await partition.insert(row_key, self._fresh(request_hash)), is_first=True)
            except Conflict:
                stored = await partition.find(row_key)
            if stored is None:
                continue
            is_expired = stored.value.claimed_at <= self._now() - KEPT
            if not is_expired and stored.value.request_hash != request_hash:
                raise Conflict("This Idempotency-Key was used for another request: choose a new one.")
            if not is_expired and stored.value.answer is not None:
                return Claim(stored)
            taken = await self._take_over(partition, stored, request_hash, is_expired=is_expired)
            if taken is not None:
                return taken
        raise _busy()

    async def keep(self, claim: Claim, answer: KeptAnswer) -> None:
        """Keep the answer for those who ask again.

        An attempt that was taken over meanwhile keeps nothing: the other one does.
        """
        row = claim.stored
        done = row.value.model_copy(update={"answer": answer})
        try:
            await self._rows.partition(row.partition_key).replace(row.row_key, done, etag=row.etag)
        except (PreconditionFailed, NotFound):
            return

    async def give_up(self, claim: Claim, *, was_refused: bool) -> None:
        """Let the next attempt begin at once.

        Args:
            was_refused: This attempt made nothing. If it was the first, the key is free again, for a
                corrected request too; otherwise the next attempt gets the same id.
        """
        row = claim.stored
        partition = self._rows.partition(row.partition_key)
        try:
            if was_refused and claim.is_first:
                await partition.delete(row.row_key, etag=row.etag)
            else:
                lapsed = row.value.model_copy(update={"held_until": self._now()})
                await partition.replace(row.row_key, lapsed, etag=row.etag)
        except (PreconditionFailed, NotFound):
            return

    async def _take_over(
        self,
        partition: Partition[ClaimedKey],
        stored: Stored[ClaimedKey],
        request_hash: str,
        *,
        is_expired: bool,
    ) -> Claim | None:
        if stored.value.held_until > self._now() and not is_expired:
            raise _busy()
        fresh = self._fresh(request_hash)
        if not is_expired:
            fresh = stored.value.model_copy(update={"held_until": fresh.held_until})
        try:
            taken = await partition.replace(stored.row_key, fresh, etag=stored.etag)
        except (PreconditionFailed, NotFound):
            return None
        return Claim(taken, is_first=is_expired)

    def _fresh(self, request_hash: str) -> ClaimedKey:
        now = self._now()
        return ClaimedKey(
            request_hash=request_hash, resource_id=new_id(), claimed_at=now, held_until=now + ATTEMPT
        )


def _busy() -> Conflict:
    return Conflict("The first request with this Idempotency-Key is still at work. Try again in a moment.")
