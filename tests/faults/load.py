"""Many runs at once, and the account of what became of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from msp_devstack.api import ENDED, Api, ok


@dataclass
class Account:
    """What the services said, request by request.

    Attributes:
        acknowledged: Ids of executions that an answer named.
        refusals: Answers of 503, each with its Retry-After.
        broken: Requests that got no answer, since their service went away.
        slowest_seconds: The longest that any answer took.
    """

    acknowledged: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    broken: int = 0
    slowest_seconds: float = 0.0


class Load:
    """Starts marked runs from many threads.

    Args:
        marks: Folder where each run leaves a line in the file named by its key.
    """

    def __init__(self, api: Api, marks: Path) -> None:
        self._api = api
        self._marks = marks
        self._pool = ThreadPoolExecutor(100)
        self._asked: list[Future[None]] = []
        self._next = 0
        self.account = Account()

    def start(self, workflow: str, count: int, *, seconds: float = 0, engine: str | None = None) -> list[str]:
        """Ask for so many runs, without waiting for answers; their keys.

        Args:
            seconds: How long each run takes.
            engine: Address of the engine to ask, when it is not the stack's first.
        """
        keys = [f"{workflow}-{self._next + number}" for number in range(count)]
        self._next += count
        self._asked += [self._pool.submit(self._ask, workflow, key, seconds, engine) for key in keys]
        return keys

    def _ask(self, workflow: str, key: str, seconds: float, engine: str | None) -> None:
        body = {"parameters": {"folder": str(self._marks), "job": key, "seconds": seconds}}
        began = time.monotonic()
        try:
            answer = self._api.engine.post(f"{engine or ''}/api/workflows/{workflow}", json=body)
        except httpx.TransportError:
            self.account.broken += 1
            return
        self.account.slowest_seconds = max(self.account.slowest_seconds, time.monotonic() - began)
        if answer.status_code == 503:
            self.account.refusals.append(answer.headers["Retry-After"])
            return
        self.account.acknowledged[ok(answer)["executionId"]] = key

    def answered(self) -> None:
        """Wait until each request has its answer, or broke."""
        for one in self._asked:
            one.result(60)
        self._asked.clear()

    def times_run(self, key: str) -> int:
        """How often the run with this key began."""
        path = self._marks / key
        return len(path.read_text().splitlines()) if path.exists() else 0

    def wait_for_marks(self, keys: list[str], count: int, *, timeout_seconds: float = 30) -> None:
        """Wait until at least `count` of the runs have begun."""
        wait_until(
            lambda: sum(self.times_run(key) > 0 for key in keys) >= count, timeout_seconds=timeout_seconds
        )

    def executions(self) -> dict[str, dict[str, Any]]:
        """Every execution of the organization with its details, by the key of its run."""
        found = {}
        for summary in self._history():
            path = f"/api/executions/{summary['executionId']}"
            execution = ok(self._api.management.get(path))
            found[execution["inputData"]["job"]] = execution
        return found

    def _history(self) -> Iterator[dict[str, Any]]:
        cursor = None
        while True:
            page = self._api.management.get(
                "/api/executions", params={"limit": 200, **({"cursor": cursor} if cursor else {})}
            )
            yield from ok(page)
            cursor = page.headers.get("X-Next-Cursor")
            if cursor is None:
                return

    def all_ended(self, *, timeout_seconds: float = 60) -> dict[str, dict[str, Any]]:
        """Every execution, once all have ended.

        Raises:
            AssertionError: Some have not after this time.
        """
        live = Counter[str]()

        def is_over() -> bool:
            live.clear()
            live.update(one["status"] for one in self._history() if one["status"] not in ENDED)
            return not live

        with suppress(AssertionError):
            wait_until(is_over, timeout_seconds=timeout_seconds)
        assert not live, f"still live after {timeout_seconds:g} s: {dict(live)}"
        return self.executions()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def wait_until(is_true: Callable[[], bool], *, timeout_seconds: float) -> None:
    """Wait for something to become true.

    Raises:
        AssertionError: It did not within this time.
    """
    deadline = time.monotonic() + timeout_seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not within {timeout_seconds:g} s"
        time.sleep(0.1)
