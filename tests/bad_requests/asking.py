"""Sends generated requests to both services in process, and counts."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
from tests.bad_requests.answers import problems
from tests.bad_requests.generating import Draft
from tests.bad_requests.operations import Route
from tests.isolation.canaries import CONTOSO, FABRIKAM
from tests.isolation.matrix import Names
from tests.isolation.people import Caller, serve_keys
from tests.isolation.platform import Places, Platform
from tests.isolation.seeding import World

from msp_devstack.running import running_graph, running_halo

_HANG_SECONDS: Final = 10.0
_LOG = logging.getLogger()


class Desk:
    """Asks for an admin."""

    def __init__(self, world: World, runner: asyncio.Runner) -> None:
        self._world = world
        self._runner = runner
        self.statuses: dict[Route, Counter[int]] = defaultdict(Counter)

    def names_for(self, route: Route) -> Names:
        """What the requests of a route name: what they change is not what the other routes' requests read."""
        world = self._world
        organization = CONTOSO if route.method in {"GET", "POST"} else FABRIKAM
        fresh = route.row.fresh
        if (route.method, route.path) == ("PATCH", "/api/organizations/{orgId}"):
            fresh = "orgId"
        names = world.names[organization]
        made = {} if fresh is None else self._runner.run(world.fresh(fresh, organization))
        # Who asks to wait for an execution that goes on may have to wait longer than we take for a hang.
        live = made.get("executionId", names["executionId"])
        return names | made | {"liveExecutionId": live}

    def ask(self, draft: Draft) -> list[str]:
        """Send one request; what is wrong with its answer."""
        try:
            answer = self._runner.run(self._send(draft))
        except TimeoutError:
            return [f"no answer within {_HANG_SECONDS:.0f} s"]
        self.statuses[draft.route][answer.status_code] += 1
        return list(problems(draft, answer))

    async def _send(self, draft: Draft) -> httpx.Response:
        platform = self._world.platform
        headers = httpx.Headers(platform.authorization(Caller.ADMIN))
        request = platform.clients[draft.route.service].build_request(
            draft.route.method, draft.path, params=_encoded(draft.query), content=draft.content
        )
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        replaced = {name.lower() for name in draft.headers}
        kept = [(name, value) for name, value in sent if name.decode().lower() not in replaced]
        # As a server reads them: each character of a header is one byte.
        odd = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in draft.headers.items()]
        request.headers = httpx.Headers([*request.headers.raw, *kept, *odd])
        async with asyncio.timeout(_HANG_SECONDS):
            return await platform.clients[draft.route.service].send(request)


def _encoded(query: list[tuple[str, str]]) -> httpx.QueryParams:
    # httpx encodes strictly; what cannot be written in UTF-8 arrives as what a server reads instead.
    return httpx.QueryParams(
        [tuple(one.encode("utf-8", "replace").decode() for one in pair) for pair in query]  # type: ignore[misc]
    )


@contextmanager
def opened(storage_account: str, folder: Path) -> Iterator[Desk]:
    """Both services over one filled storage account."""
    level, handlers = _LOG.level, list(_LOG.handlers)
    with (
        serve_keys() as identity,
        running_graph() as graph,
        running_halo() as halo,
        asyncio.Runner() as runner,
    ):
        platform = Platform(Places(storage_account, folder, identity, graph.base_url, halo.base_url))
        try:
            world = World(platform)
            runner.run(world.build())
            # What crashed is shown with the test that fails; thousands of refusals are not.
            _LOG.setLevel(logging.ERROR)
            yield Desk(world, runner)
        finally:
            runner.run(platform.close())
            _LOG.setLevel(level)
            _LOG.handlers = handlers
