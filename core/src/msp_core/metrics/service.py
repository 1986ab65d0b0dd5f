"""Reads a window's executions and tells how they went."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from msp_core.executions.listing import ExecutionLister
from msp_core.executions.models import ExecutionSummary
from msp_core.ids import OrgId, execution_milliseconds
from msp_core.metrics.counting import FAILURES, Count
from msp_core.metrics.models import BucketTally, Metrics, Window, WorkflowTally
from msp_core.models import utc_now
from msp_core.permissions.history import HistoryReach, require_msp
from msp_core.users.models import User

_KEPT_SECONDS: Final = 15.0
_MOST_KEPT: Final = 64
_MOST_WORKFLOWS: Final = 1000
_MOST_TOLD: Final = 10

Scope = frozenset[OrgId] | None
"""The organizations that somebody's numbers are taken from; None is all, and runs without any."""


@dataclass(frozen=True, slots=True)
class _Reading:
    task: asyncio.Task[Metrics]
    began_at: float


class MetricsService:
    """Numbers for the dashboard.

    Whose executions a person may count is decided in each request; the numbers themselves are kept for 15
    seconds for everybody with the same organizations, and several who ask at once wait for one reading.
    """

    def __init__(
        self,
        lister: ExecutionLister,
        reach: HistoryReach,
        *,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lister = lister
        self._reach = reach
        self._now = now
        self._clock = clock
        self._readings: OrderedDict[tuple[Window, Scope], _Reading] = OrderedDict()

    async def read(self, caller: User, window: Window) -> Metrics:
        """The executions of the last day or week: an admin's of all, a technician's where they view history.

        Args:
            caller: As `ScopeResolver.resolve_user` hands it out, with the effective admin right.

        Raises:
            Forbidden: The caller is a client user.
        """
        require_msp(caller)
        scope = await self._scope_of(caller)
        return await asyncio.shield(self._reading(caller, window, scope).task)

    def _reading(self, caller: User, window: Window, scope: Scope) -> _Reading:
        key, now = (window, scope), self._clock()
        reading = self._readings.get(key)
        if reading is None or now - reading.began_at >= _KEPT_SECONDS or _has_failed(reading.task):
            reading = _Reading(asyncio.create_task(self._read(caller, window, scope)), now)
            self._readings[key] = reading
            self._readings.move_to_end(key)
            while len(self._readings) > _MOST_KEPT:
                self._readings.popitem(last=False)
        return reading

    async def _scope_of(self, caller: User) -> Scope:
        if caller.is_msp_admin:
            return None
        return frozenset(one.id for one in await self._reach.organizations_of(caller))

    async def _read(self, caller: User, window: Window, scope: Scope) -> Metrics:
        counting = _Counting(window, self._now())
        async for summary in self._lister.iter_since(caller, since=counting.starts_at, organizations=scope):
            counting.add(summary)
        return counting.metrics(None if scope is None else len(scope))


class _Counting:
    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self.ends_at = now
        self.starts_at = now - window.length
        self._total = Count()
        self._buckets = [Count() for _ in range(window.length // window.bucket)]
        self._workflows: dict[str, Count] = {}

    def add(self, summary: ExecutionSummary) -> None:
        admitted_at = datetime.fromtimestamp(execution_milliseconds(summary.execution_id) / 1000, UTC)
        number = (admitted_at - self.starts_at) // self._window.bucket
        # The clock of another process may be a little ahead of ours.
        self._buckets[min(max(number, 0), len(self._buckets) - 1)].add(summary)
        self._total.add(summary)
        workflow = self._workflows.get(summary.workflow_name)
        if workflow is None and len(self._workflows) < _MOST_WORKFLOWS:
            workflow = self._workflows[summary.workflow_name] = Count()
        if workflow is not None:
            workflow.add(summary)

    def metrics(self, organizations: int | None) -> Metrics:
        workflows = [
            WorkflowTally(**dict(count.tally()), workflow_name=name)
            for name, count in self._workflows.items()
        ]
        return Metrics(
            window=self._window,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            organizations=organizations,
            total=self._total.tally(),
            buckets=tuple(self._bucket(number, count) for number, count in enumerate(self._buckets)),
            slowest_workflows=_slowest(workflows),
            failing_workflows=_failing(workflows),
        )

    def _bucket(self, number: int, count: Count) -> BucketTally:
        starts_at = self.starts_at + number * self._window.bucket
        return BucketTally(
            **dict(count.tally()), starts_at=starts_at, ends_at=starts_at + self._window.bucket
        )


def _slowest(workflows: Iterable[WorkflowTally]) -> tuple[WorkflowTally, ...]:
    timed = [one for one in workflows if one.durations.p95_ms is not None]
    timed.sort(key=lambda one: (-(one.durations.p95_ms or 0), one.workflow_name))
    return tuple(timed[:_MOST_TOLD])


def _failing(workflows: Iterable[WorkflowTally]) -> tuple[WorkflowTally, ...]:
    failing = [one for one in workflows if _failures(one) > 0]
    failing.sort(key=lambda one: (-_failures(one), -(one.failure_rate or 0), one.workflow_name))
    return tuple(failing[:_MOST_TOLD])


def _failures(workflow: WorkflowTally) -> int:
    return sum(workflow.by_status[status] for status in FAILURES)


def _has_failed(task: asyncio.Task[Metrics]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
