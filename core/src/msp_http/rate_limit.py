"""How many requests one person may make: a bucket of tokens each, in the memory of this process.

Several processes allow several times as much; the limit is there against a script that runs wild, not
to count exactly. Requests without a valid token have no person and are refused before.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from msp_core.errors import TooManyRequests
from msp_http.options import HttpOptions

MAX_PEOPLE: Final = 10_000
_FOLLOWED: Final = "/logs"


class RateLimiter:
    """A bucket holds `burst` requests and fills up evenly.

    Following a log draws from a second bucket of the same size: a page that follows a lively run must not
    use up what its reader needs for work.

    Args:
        options: Read at each request, since nothing reads settings before the first one.
        clock: Seconds.
    """

    def __init__(
        self, options: Callable[[], HttpOptions], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, bool], tuple[float, float]] = OrderedDict()

    def admit(self, person: str, *, follows: bool = False) -> None:
        """Take one request out of the person's bucket.

        Args:
            follows: It reads the log of a run.

        Raises:
            TooManyRequests: The bucket is empty.
        """
        options = self._options()
        per_second, burst = options.requests_per_minute / 60, max(1, options.request_burst)
        if per_second <= 0:
            return
        key, now = (person, follows), self._clock()
        left, seen_at = self._buckets.get(key, (float(burst), now))
        left = min(float(burst), left + (now - seen_at) * per_second)
        has_room = left >= 1
        self._buckets[key] = (left - 1 if has_room else left, now)
        self._buckets.move_to_end(key)
        # Whoever was not seen for longest has a full bucket again, or soon.
        while len(self._buckets) > MAX_PEOPLE:
            self._buckets.popitem(last=False)
        if not has_room:
            seconds = max(1, math.ceil((1 - left) / per_second))
            raise TooManyRequests(
                f"You make more requests than one person may. Wait {seconds} s, then go on more slowly.",
                retry_after_seconds=seconds,
            )


def is_following(request: Request) -> bool:
    """Whether the request reads the log of a run, as the long poll does."""
    return request.method == "GET" and request.url.path.endswith(_FOLLOWED)
