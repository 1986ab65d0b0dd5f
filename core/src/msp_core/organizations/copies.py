"""Warm copies: what was read from storage, used again while its stamp stands."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_AGE_SECONDS: Final = 30.0
"""Bounds what a writer that crashed between its write and its stamp can leave behind."""


@dataclass(frozen=True, slots=True)
class Copy(Generic[V]):
    """A value with the stamp it was read after, and when its reading began."""

    value: V
    stamp: object
    read_at: float

    def __repr__(self) -> str:
        # Copies hold secrets too.
        return "Copy(…)"


class WarmCopies(Generic[K, V]):
    """Values by key, each used only under the stamp that the reader has just read, and not for long.

    Args:
        limit: What all values together may weigh; those not used for longest go first.
        weigh: What one value weighs; None counts values.
    """

    def __init__(
        self,
        *,
        limit: int,
        weigh: Callable[[V], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._limit = limit
        self._weigh = weigh
        self._clock = clock
        self._max_age = max_age_seconds
        self._copies: OrderedDict[K, Copy[V]] = OrderedDict()
        self._reading: dict[tuple[K, object], asyncio.Task[V]] = {}
        self._weight = 0

    def now(self) -> float:
        """The moment to hand to `find` and `keep`: taken before the stamp is read."""
        return self._clock()

    def find(self, key: K, *, stamp: object, now: float) -> Copy[V] | None:
        """The copy, if it was read under this very stamp and is young enough."""
        copy = self._copies.get(key)
        if copy is None or copy.stamp != stamp or now - copy.read_at >= self._max_age:
            return None
        self._copies.move_to_end(key)
        return copy

    def keep(self, key: K, value: V, *, stamp: object, now: float) -> None:
        """Keep a value that was read after its stamp.

        Args:
            now: When the reading of the stamp began: a copy must never look younger than its stamp.
        """
        self.drop(key)
        self._copies[key] = Copy(value, stamp, now)
        self._weight += self._weight_of(value)
        while self._weight > self._limit:
            _, oldest = self._copies.popitem(last=False)
            self._weight -= self._weight_of(oldest.value)

    async def read_once(self, key: K, *, stamp: Hashable, read: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Of many who want the same value under the same stamp at once, one reads it; nothing is kept yet."""
        task = self._reading.get((key, stamp))
        if task is None:
            task = asyncio.create_task(read())
            self._reading[(key, stamp)] = task
            task.add_done_callback(lambda done: self._read(key, stamp, done))
        # One caller that goes away must not take the value from the others.
        return await asyncio.shield(task)

    def _read(self, key: K, stamp: object, done: asyncio.Task[V]) -> None:
        self._reading.pop((key, stamp), None)
        if not done.cancelled():
            done.exception()

    def drop(self, key: K) -> None:
        """Forget a value; fine if there is none."""
        copy = self._copies.pop(key, None)
        if copy is not None:
            self._weight -= self._weight_of(copy.value)

    def _weight_of(self, value: V) -> int:
        return 1 if self._weigh is None else self._weigh(value)
