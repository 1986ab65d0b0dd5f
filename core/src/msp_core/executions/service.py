"""Executions as the apps see them: life, lists and reaper in one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Container
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msp_core.executions.lifecycle import ExecutionLifecycle
from msp_core.executions.listing import ExecutionLister
from msp_core.executions.models import ExecutionFilters, ExecutionPage, ExecutionSummary, ReapResult
from msp_core.executions.reaping import ExecutionReaper
from msp_core.ids import ExecutionId, OrgId, UserId
from msp_core.models import utc_now
from msp_core.storage import Storage

if TYPE_CHECKING:
    from msp_core.permissions.models import OrgScope
    from msp_core.users.models import User


class ExecutionService(ExecutionLifecycle):
    """One per process.

    Args:
        queue_grace: How long a pending execution may wait for a worker before its message counts as lost.
        patience: How long a lease that ran out is watched before its execution is taken over.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime] = utc_now,
        queue_grace: timedelta = timedelta(minutes=2),
        patience: timedelta = timedelta(0),
    ) -> None:
        super().__init__(storage, now=now)
        self._lister = ExecutionLister(self.repository, now=now)
        self._reaper = ExecutionReaper(self, queue_grace=queue_grace, patience=patience, now=now)

    async def list_page(
        self,
        scope: OrgScope,
        filters: ExecutionFilters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ExecutionPage:
        """An organization's executions, newest first; see `ExecutionLister.list_page`."""
        return await self._lister.list_page(scope, filters, cursor, limit)

    async def list_for_user(
        self,
        caller: User,
        user_id: UserId,
        cursor: str | None = None,
        limit: int = 50,
        *,
        organizations: frozenset[OrgId] | None = None,
    ) -> ExecutionPage:
        """What one person ran, newest first; see `ExecutionLister.list_for_user`."""
        return await self._lister.list_for_user(caller, user_id, cursor, limit, organizations=organizations)

    async def list_across_organizations(
        self,
        admin: OrgScope,
        filters: ExecutionFilters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ExecutionPage:
        """Everybody's executions, newest first; see `ExecutionLister.list_across_organizations`."""
        return await self._lister.list_across_organizations(admin, filters, cursor, limit)

    def iter_since(
        self, caller: User, *, since: datetime, organizations: frozenset[OrgId] | None
    ) -> AsyncIterator[ExecutionSummary]:
        """All executions since then; see `ExecutionLister.iter_since`."""
        return self._lister.iter_since(caller, since=since, organizations=organizations)

    async def reap(
        self, now: datetime | None = None, *, spare: Container[ExecutionId] = frozenset()
    ) -> ReapResult:
        """End what nobody works on any more; see `ExecutionReaper.reap`."""
        return await self._reaper.reap(now, spare=spare)
