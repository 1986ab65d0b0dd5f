"""One round of one schedule: every organization that it runs for, each on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

import structlog

from msp_automation.errors import ValidationError
from msp_automation.metadata import WorkflowMetadata
from msp_core.errors import MspError, RetryableError
from msp_core.ids import OrgId
from msp_core.permissions.actors import Actor
from msp_core.schedules.models import DeclaredSchedule, Round, SlotState
from workflow_engine.runners.pool import Runners
from workflow_engine.scheduling.coverage import CoveredOrganization
from workflow_engine.scheduling.firing import TOO_LATE, Checked, Firing
from workflow_engine.scheduling.live_runs import LiveRows, ScheduledRuns

_log = structlog.get_logger(__name__)

T = TypeVar("T")

_AT_ONCE: Final = 8


class RoundIncomplete(RetryableError):
    """Storage was away for some organizations: the same round has to be carried out again."""


class Rounds:
    """Carries rounds out; the same one any number of times, by any number of engines."""

    def __init__(
        self, pool: Runners, firing: Firing, runs: ScheduledRuns, *, now: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._firing = firing
        self._runs = runs
        self._now = now

    async def carry_out(
        self, declared: DeclaredSchedule, round_: Round, covered: Sequence[CoveredOrganization]
    ) -> bool:
        """Decide every time of the round for every organization.

        Returns:
            Whether a run waits for another one now.

        Raises:
            RetryableError: Not all are decided; what is stays so.
        """
        live = await self._runs.live(declared.actor)
        waits = await self._runs.let_go(live)
        await _for_each(covered, lambda one: self._report_missed(declared, round_, one))
        if round_.fire_at is None:
            return waits
        return await self._fire(declared, round_.fire_at, covered, live) or waits

    async def let_go(self, actor: Actor) -> bool:
        """Start what waited for a run that has ended; whether something still waits."""
        return await self._runs.let_go(await self._runs.live(actor))

    async def _fire(
        self,
        declared: DeclaredSchedule,
        due_at: datetime,
        covered: Sequence[CoveredOrganization],
        live: Mapping[OrgId, LiveRows],
    ) -> bool:
        wanted = [one for one in covered if one.expects(due_at)]
        if (self._now() - due_at).total_seconds() > declared.schedule.catch_up_seconds:
            # Whoever began the round has been gone for too long.
            await self._refuse(declared, due_at, wanted, SlotState.MISSED, TOO_LATE)
            return False
        try:
            checked = await self._check(declared)
        except RetryableError:
            raise
        except (ValidationError, MspError) as error:
            await self._refuse(declared, due_at, wanted, SlotState.FAILED, error.message)
            return False
        waiting = await _for_each(
            wanted, lambda one: self._firing.fire(checked, one.org_id, due_at, live.get(one.org_id, ()))
        )
        return any(waiting)

    async def _check(self, declared: DeclaredSchedule) -> Checked:
        prepared = await self._pool.prepare("workflow", declared.workflow.name, declared.schedule.parameters)
        try:
            assert isinstance(prepared.metadata, WorkflowMetadata)
            return Checked(declared, prepared.metadata, prepared.parameters)
        finally:
            prepared.release()

    async def _refuse(
        self,
        declared: DeclaredSchedule,
        due_at: datetime,
        wanted: Sequence[CoveredOrganization],
        state: SlotState,
        reason: str,
    ) -> None:
        await _for_each(wanted, lambda one: self._firing.decide(declared, one.org_id, due_at, state, reason))

    async def _report_missed(
        self, declared: DeclaredSchedule, round_: Round, one: CoveredOrganization
    ) -> None:
        """One row for all that were missed in a row: an outage of days must not write thousands."""
        first, last, count = round_.missed_since, round_.missed_until, round_.missed_count
        if first is None or last is None or not one.expects(last):
            return
        if one.since is not None and not one.expects(first):
            theirs = list(declared.timetable.between(one.since, last))
            first, count = theirs[0], len(theirs)
        await self._firing.decide(
            declared, one.org_id, last, SlotState.MISSED, TOO_LATE, missed_since=first, count=count
        )


async def _for_each(
    covered: Sequence[CoveredOrganization], work: Callable[[CoveredOrganization], Awaitable[T]]
) -> list[T]:
    """Some at a time; one that fails stops no other.

    Raises:
        RoundIncomplete: Storage was away for one of them at least.
    """
    gate = asyncio.Semaphore(_AT_ONCE)
    done: list[T] = []
    failed: list[MspError] = []

    async def one(each: CoveredOrganization) -> None:
        async with gate:
            try:
                done.append(await work(each))
            except MspError as error:
                _log.warning("slot_not_decided", org_id=each.org_id, reason=error.message)
                failed.append(error)

    await asyncio.gather(*(one(each) for each in covered))
    if failed:
        raise RoundIncomplete(
            f"{len(failed)} of {len(covered)} organizations are not decided: {failed[0].message}"
        )
    return done
