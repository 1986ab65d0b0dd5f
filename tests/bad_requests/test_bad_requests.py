"""Every route answers whatever it is sent as its document says, and never with an error of ours."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.bad_requests.asking import Desk, opened
from tests.bad_requests.generating import Draft, drafts
from tests.bad_requests.operations import ROUTES, Route

FEW = 5
MANY = 1000

every_route = pytest.mark.parametrize("route", ROUTES, ids=str)


@pytest.fixture(scope="module")
def desk(new_storage_account: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Where all requests are sent."""
    with opened(new_storage_account(), tmp_path_factory.mktemp("bad-requests")) as desk:
        yield desk


def ask_many(desk: Desk, route: Route, count: int) -> None:
    """Send `count` generated requests; fails with one request, the shortest, for each kind of problem."""
    found: dict[str, str] = {}
    sent: Counter[str] = Counter()

    # What is found is told at the end: the services keep state, so no request can be tried again made smaller.
    # Each route has its own seed, so that together they send the oddities in many places.
    @seed(crc32(str(route).encode()))
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drafts(route, desk.names_for(route)))
    def ask(draft: Draft) -> None:
        sent["requests"] += 1
        for problem in desk.ask(draft):
            sent[problem] += 1
            found[problem] = min(found.get(problem, str(draft)), str(draft), key=len)

    ask()
    if found:
        lines = [f"{sent[problem]}x {problem}: {draft}" for problem, draft in found.items()]
        pytest.fail("\n".join(lines), pytrace=False)
    assert sent["requests"] >= count, "the generator ran out of requests"


@every_route
def test_a_generated_request_is_answered_as_the_document_says(desk: Desk, route: Route) -> None:
    ask_many(desk, route, FEW)


@every_route
@pytest.mark.long
@pytest.mark.timeout(600)
def test_many_generated_requests_are_answered_as_the_document_says(
    desk: Desk, route: Route, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    try:
        ask_many(desk, route, MANY)
    finally:
        counted = desk.statuses[route]
        statuses = " ".join(f"{status}:{count}" for status, count in sorted(counted.items()))
        with capsys.disabled():
            print(
                f"\n{counted.total():4} in {time.monotonic() - started:4.1f} s  {route}  {statuses}", end=""
            )
