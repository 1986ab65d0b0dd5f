"""How many requests one person may make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_core.errors import TooManyRequests
from msp_core.organizations.testing import ManualClock
from msp_http.options import HttpOptions
from msp_http.rate_limit import MAX_PEOPLE, RateLimiter


def make_limiter(clock: ManualClock, *, per_minute: int = 60, burst: int = 3) -> RateLimiter:
    return RateLimiter(lambda: HttpOptions(requests_per_minute=per_minute, request_burst=burst), clock=clock)


def admitted(limiter: RateLimiter, person: str, times: int, *, follows: bool = False) -> int:
    count = 0
    for _ in range(times):
        try:
            limiter.admit(person, follows=follows)
        except TooManyRequests:
            continue
        count += 1
    return count


def test_a_burst_is_admitted_and_the_next_request_is_told_when_to_come_back() -> None:
    clock = ManualClock()
    limiter = make_limiter(clock, per_minute=6)
    assert admitted(limiter, "one", 3) == 3
    with pytest.raises(TooManyRequests) as refusal:
        limiter.admit("one")
    assert refusal.value.retry_after_seconds == 10
    clock.now += 10
    limiter.admit("one")


def test_each_person_has_a_bucket_of_their_own() -> None:
    limiter = make_limiter(ManualClock())
    assert admitted(limiter, "one", 9) == 3
    assert admitted(limiter, "other", 9) == 3


def test_following_a_log_leaves_room_for_work() -> None:
    limiter = make_limiter(ManualClock())
    assert admitted(limiter, "one", 9, follows=True) == 3
    assert admitted(limiter, "one", 9) == 3


def test_no_limit_is_no_limit() -> None:
    assert admitted(make_limiter(ManualClock(), per_minute=0), "one", 1000) == 1000


def test_the_memory_is_bounded_and_keeps_those_who_ask_much() -> None:
    limiter = make_limiter(ManualClock())
    assert admitted(limiter, "greedy", 9) == 3
    for number in range(MAX_PEOPLE - 1):
        limiter.admit(f"person {number}")
    assert admitted(limiter, "greedy", 1) == 0
    assert len(limiter._buckets) <= MAX_PEOPLE


@given(
    pauses=st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=200),
    burst=st.integers(1, 20),
    per_minute=st.integers(1, 600),
)
def test_nobody_is_ever_admitted_more_than_burst_and_rate_allow(
    pauses: list[float], burst: int, per_minute: int
) -> None:
    clock = ManualClock()
    limiter = make_limiter(clock, per_minute=per_minute, burst=burst)
    began, count = clock.now, 0
    for pause in pauses:
        clock.now += pause
        count += admitted(limiter, "one", 3)
        assert count <= burst + (clock.now - began) * per_minute / 60 + 1e-6
