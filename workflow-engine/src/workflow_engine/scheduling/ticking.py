"""Looks at the clock: which schedules are due, and who of all engines sees to each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from msp_core.errors import Conflict, MspError, NotFound, PreconditionFailed
from msp_core.models import utc_now
from msp_core.permissions.actors import Actor
from msp_core.schedules.models import (
    DeclaredSchedule,
    Mark,
    Round,
    declared_schedules,
    schedule_actor,
)
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Stored
from workflow_engine.runners.pool import Runners
from workflow_engine.scheduling.coverage import CoverageReader, NewCoverage
from workflow_engine.scheduling.rounds import Rounds

_log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
_MOVES_ON_AFTER: Final = timedelta(hours=1)
_FORGETS_AFTER: Final = timedelta(days=7)
_LOOKS_BACK: Final = timedelta(days=90)


class Scheduling:
    """Any number of engines may look at once: a round is begun with one conditional write.

    Args:
        owner: Names this engine among all engines.
    """

    def __init__(
        self,
        *,
        pool: Runners,
        repository: ScheduleRepository,
        rounds: Rounds,
        coverage: NewCoverage,
        owner: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._pool = pool
        self._repository = repository
        self._rounds = rounds
        self._new_coverage = coverage
        self._owner = owner
        self._now = now

    async def tick(self) -> None:
        """See to everything that is due.

        One storage operation when nothing is, however many organizations and schedules there are; none when
        no schedule is declared. A schedule that fails stops no other.
        """
        declared = declared_schedules(self._pool.catalog)
        if not declared:
            return
        marks = await self._repository.list_marks()
        coverage = self._new_coverage()
        for one in declared:
            try:
                await self._see_to(one, marks.pop(one.mark_key, None), coverage)
            except MspError as error:
                _log.warning("schedule_not_decided", schedule=one.key, reason=error.message)
            except Exception:  # noqa: BLE001 - the outermost loop: one schedule must not stop the others
                _log.exception("schedule_not_decided", schedule=one.key)
        for stored in marks.values():
            await self._leave(stored)

    async def _see_to(
        self, declared: DeclaredSchedule, stored: Stored[Mark] | None, coverage: CoverageReader
    ) -> None:
        now = self._now()
        if stored is None:
            await self._begin(declared, now)
            return
        if stored.value.is_leased_to_another(self._owner, now):
            return
        round_ = stored.value.round or _round_of(declared, stored.value, now)
        if round_ is not None:
            await self._carry_out(declared, stored, round_, coverage)
        elif stored.value.has_held:
            await self._let_go(declared.actor, stored)
        elif now - stored.value.decided_until > _MOVES_ON_AFTER:
            await self._replace(stored, decided_until=now)

    async def _begin(self, declared: DeclaredSchedule, now: datetime) -> None:
        mark = Mark(
            workflow_name=declared.workflow.name,
            schedule_name=declared.schedule.name,
            first_seen_at=now,
            decided_until=now,
        )
        with suppress(Conflict):
            await self._repository.insert_mark(declared.mark_key, mark)

    async def _carry_out(
        self, declared: DeclaredSchedule, stored: Stored[Mark], round_: Round, coverage: CoverageReader
    ) -> None:
        lease_ends_at = self._now() + LEASE
        held = await self._replace(stored, round=round_, lease_owner=self._owner, lease_ends_at=lease_ends_at)
        if held is None:
            return
        covered = (await coverage.read()).of(declared)
        waits = await self._rounds.carry_out(declared, round_, covered)
        await self._replace(
            held,
            round=None,
            decided_until=round_.until,
            has_held=waits,
            lease_owner=None,
            lease_ends_at=None,
        )

    async def _let_go(self, actor: Actor, stored: Stored[Mark]) -> None:
        if not await self._rounds.let_go(actor):
            await self._replace(stored, has_held=False)

    async def _replace(self, stored: Stored[Mark], **changes: object) -> Stored[Mark] | None:
        """Change the mark; None if another engine did."""
        try:
            return await self._repository.replace_mark(stored, stored.value.model_copy(update=changes))
        except (PreconditionFailed, NotFound):
            return None

    async def _leave(self, stored: Stored[Mark]) -> None:
        """A schedule that this engine does not know: perhaps another one does, or a file is broken."""
        mark = stored.value
        with suppress(MspError):
            if mark.has_held:
                await self._let_go(schedule_actor(mark.workflow_name, mark.schedule_name), stored)
            elif self._now() - mark.decided_until > _FORGETS_AFTER:
                await self._repository.delete_mark(stored)


def _round_of(declared: DeclaredSchedule, mark: Mark, now: datetime) -> Round | None:
    after = max(mark.decided_until, now - _LOOKS_BACK)
    due = list(declared.timetable.between(after, now))
    return Round.of(due, now, declared.schedule.catch_up_seconds) if due else None
