"""The runs of one schedule that have not ended, and those of them that wait for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from msp_core.executions.models import ExecutionStatus
from msp_core.executions.repository import ExecutionRow
from msp_core.executions.service import ExecutionService
from msp_core.ids import OrgId
from msp_core.permissions.actors import Actor
from msp_core.storage import Stored, Where
from workflow_engine.execution.launching import Launching

_ROW_KEYS_AT_ONCE: Final = 14

LiveRows = Sequence[Stored[ExecutionRow]]


class ScheduledRuns:
    """Looks for them, and lets go what waited."""

    def __init__(self, executions: ExecutionService, launching: Launching) -> None:
        self._executions = executions
        self._launching = launching

    async def live(self, actor: Actor) -> Mapping[OrgId, LiveRows]:
        """By organization, oldest first.

        One storage operation over all organizations, since there are as many rows as live executions; one
        more for each organization that has some.
        """
        repository = self._executions.repository
        where = Where.eq("executedBy", actor.user.id)
        found: defaultdict[OrgId, list[Stored[ExecutionRow]]] = defaultdict(list)
        async for stored in repository.iter_active_across_organizations(where):
            found[stored.value.organization_id].append(stored)
        live: dict[OrgId, LiveRows] = {}
        for org_id, rows in found.items():
            # A live row stays for a moment after the end was recorded; then it only looks alive.
            keys = [row.row_key for row in rows]
            ended: set[str] = set()
            for start in range(0, len(keys), _ROW_KEYS_AT_ONCE):
                some = keys[start : start + _ROW_KEYS_AT_ONCE]
                ended.update(await repository.ended_of(org_id).find_many(some))
            alive = [row for row in rows if row.row_key not in ended]
            if alive:
                live[org_id] = sorted(alive, key=lambda row: row.row_key, reverse=True)
        return live

    async def let_go(self, live: Mapping[OrgId, LiveRows]) -> bool:
        """Send to the queue each run whose turn has come.

        Returns:
            Whether any still waits.
        """
        still_waits = False
        for oldest, *others in live.values():
            if is_held(oldest):
                released = await self._executions.release(oldest)
                if released is not None:
                    await self._launching.send(released)
            still_waits = still_waits or any(is_held(one) for one in others)
        return still_waits


def is_held(row: Stored[ExecutionRow]) -> bool:
    """Whether it waits for the run before it."""
    return row.value.status is ExecutionStatus.PENDING and row.value.queued_at is None
