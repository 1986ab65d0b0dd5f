"""Lists of executions, newest first: live and ended ones together."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msp_core.errors import Forbidden, Invalid
from msp_core.executions.models import (
    LIVE_STATUSES,
    ExecutionFilters,
    ExecutionPage,
    ExecutionSummary,
)
from msp_core.executions.repository import ExecutionRepository
from msp_core.ids import OrgId, UserId, execution_row_key, reverse_milliseconds
from msp_core.models import utc_now
from msp_core.permissions.models import Permission
from msp_core.storage import Page, Partition, Stored, Where
from msp_core.storage.keys import check_key
from msp_core.writing import gather

if TYPE_CHECKING:
    from msp_core.permissions.models import OrgScope
    from msp_core.users.models import User

MAX_LIMIT: Final = 200
RETENTION: Final = timedelta(days=90)
_RECENT_DAYS: Final = 8
_MAX_DAYS_AT_ONCE: Final = 16
_MAX_OLDER_ROWS: Final = 1000
_DAY_PAGE: Final = 999
_CLOCK_SKEW: Final = timedelta(minutes=5)
_ROW_KEYS_AT_ONCE: Final = 14

Row = Stored[ExecutionSummary]


class ExecutionLister:
    """Reads pages; a cursor is the row key of the last execution of the page before.

    Args:
        kept: How long executions are kept; lists over all organizations look no further back.
    """

    def __init__(
        self,
        repository: ExecutionRepository,
        *,
        now: Callable[[], datetime] = utc_now,
        kept: timedelta = RETENTION,
    ) -> None:
        self._repository = repository
        self._now = now
        self._kept = kept

    async def list_page(
        self,
        scope: OrgScope,
        filters: ExecutionFilters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ExecutionPage:
        """An organization's executions. Two storage operations at the same time.

        Whoever may not view history here gets their own.

        Args:
            limit: 1 to 200.

        Raises:
            Invalid: The limit or the cursor is none.
        """
        filters = filters or ExecutionFilters()
        if not scope.has(Permission.CAN_VIEW_HISTORY):
            filters = replace(filters, user_id=scope.user.id)
        span = _Span(filters, cursor, limit)
        where = _where(filters)
        live, ended = await gather(
            self._live_page(scope.org_id, filters, span, where),
            self._ended_page(self._repository.ended_of(scope.org_id), filters, span, where),
        )
        if filters.status in LIVE_STATUSES:
            live = await self._without_ended(scope.org_id, live)
        page = _page(live.items, ended.items, limit)
        return ExecutionPage(page.items, page.next or live.next)

    async def list_for_user(
        self,
        caller: User,
        user_id: UserId,
        cursor: str | None = None,
        limit: int = 50,
        *,
        organizations: frozenset[OrgId] | None = None,
    ) -> ExecutionPage:
        """What one person ran, over all organizations. Two storage operations at the same time.

        Args:
            organizations: Those that the caller may see; None is all.

        Raises:
            Forbidden: The caller is neither that person nor an admin.
        """
        if caller.id != user_id and not caller.is_msp_admin:
            raise Forbidden("You may see your own executions only.")
        filters = ExecutionFilters(user_id=user_id)
        span = _Span(filters, cursor, limit)
        live, ended = await asyncio.gather(
            self._live_across_organizations(filters, span, organizations),
            self._visible(self._repository.ended_of_user(user_id), span, organizations),
        )
        return _page(live, ended, limit)

    async def list_across_organizations(
        self,
        admin: OrgScope,
        filters: ExecutionFilters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ExecutionPage:
        """Executions of all organizations, day by day from the newest, as far as they are kept.

        Raises:
            Forbidden: The scope is no admin's.
        """
        _require_admin(admin)
        filters = filters or ExecutionFilters()
        span = _Span(filters, cursor, limit)
        live, ended = await asyncio.gather(
            self._live_across_organizations(filters, span), self._ended_by_day(filters, span)
        )
        page = _page(live, ended, limit)
        if filters.status not in LIVE_STATUSES:
            return page
        kept = [item for item in page.items if not await self._has_ended(item)]
        return ExecutionPage(kept, page.next)

    async def iter_since(
        self, caller: User, *, since: datetime, organizations: frozenset[OrgId] | None
    ) -> AsyncIterator[ExecutionSummary]:
        """Every execution admitted since then, each once, ended ones first; for metrics.

        At no time is more than a page in memory, and the live ones.

        Args:
            organizations: Those whose executions the caller may see; None is all.

        Raises:
            Forbidden: All are asked for, and the caller is no admin.
        """
        if organizations is None and not caller.is_msp_admin:
            raise Forbidden("Only an admin may see the executions of all organizations.")
        span = _Span(ExecutionFilters(started_from=since), None, MAX_LIMIT)
        # The live ones first: one that ends meanwhile is then seen among the ended ones at least.
        rows = self._repository.iter_active_summaries_across_organizations(span.where())
        live = {row.row_key: row.value async for row in rows}
        for day in _days(span, self._now(), self._kept):
            async for row in self._iter_ended_on(day, span):
                live.pop(row.row_key, None)
                if organizations is None or row.value.organization_id in organizations:
                    yield row.value
        for summary in live.values():
            if organizations is None or summary.organization_id in organizations:
                yield summary

    async def _iter_ended_on(self, day: str, span: _Span) -> AsyncIterator[Row]:
        after: str | None = span.after
        while True:
            page = await self._repository.ended_on(day).list_page(
                limit=_DAY_PAGE, after=after, until=span.until
            )
            for row in page.items:
                yield row
            after = page.next
            if after is None:
                return

    async def _live_page(
        self, org_id: OrgId, filters: ExecutionFilters, span: _Span, where: Where | None
    ) -> Page[ExecutionSummary]:
        if filters.status is not None and filters.status.is_ended:
            return Page([])
        return await self._repository.active_of(org_id).list_page(
            limit=span.limit + 1, after=span.after, until=span.until, where=where
        )

    async def _ended_page(
        self,
        partition: Partition[ExecutionSummary],
        filters: ExecutionFilters,
        span: _Span,
        where: Where | None,
    ) -> Page[ExecutionSummary]:
        if filters.status in LIVE_STATUSES:
            return Page([])
        return await partition.list_page(
            limit=span.limit + 1, after=span.after, until=span.until, where=where
        )

    async def _without_ended(self, org_id: OrgId, live: Page[ExecutionSummary]) -> Page[ExecutionSummary]:
        # A live row may stay for a moment after the end was recorded; then it only looks alive.
        ended: set[str] = set()
        keys = [row.row_key for row in live.items]
        for start in range(0, len(keys), _ROW_KEYS_AT_ONCE):
            some = keys[start : start + _ROW_KEYS_AT_ONCE]
            ended.update(await self._repository.ended_of(org_id).find_many(some))
        return Page([row for row in live.items if row.row_key not in ended], live.next)

    async def _has_ended(self, summary: ExecutionSummary) -> bool:
        key = execution_row_key(summary.execution_id)
        return bool(await self._repository.ended_of(summary.organization_id).find_many([key]))

    async def _live_across_organizations(
        self, filters: ExecutionFilters, span: _Span, organizations: frozenset[OrgId] | None = None
    ) -> list[Row]:
        if filters.status is not None and filters.status.is_ended:
            return []
        where = _both(span.where(), _where(filters))
        rows = self._repository.iter_active_summaries_across_organizations(where)
        seen = [
            row async for row in rows if organizations is None or row.value.organization_id in organizations
        ]
        live = heapq.nsmallest(span.limit + 1, seen, key=lambda row: row.row_key)
        return live if filters.status in LIVE_STATUSES else await self._as_ended(live)

    async def _as_ended(self, live: list[Row]) -> list[Row]:
        # A live row may stay for a moment after the end was recorded, before the lists by person and by
        # day have it: then what was recorded is shown.
        groups: dict[OrgId, list[str]] = {}
        for row in live:
            groups.setdefault(row.value.organization_id, []).append(row.row_key)
        ends = await gather(
            *(
                self._repository.ended_of(org_id).find_many(keys[start : start + _ROW_KEYS_AT_ONCE])
                for org_id, keys in groups.items()
                for start in range(0, len(keys), _ROW_KEYS_AT_ONCE)
            )
        )
        recorded = {key: row for some in ends for key, row in some.items()}
        return [recorded.get(row.row_key, row) for row in live]

    async def _visible(
        self,
        partition: Partition[ExecutionSummary],
        span: _Span,
        organizations: frozenset[OrgId] | None,
    ) -> list[Row]:
        found: list[Row] = []
        after = span.after
        while True:
            page = await partition.list_page(limit=span.limit + 1, after=after, until=span.until)
            found += [
                row
                for row in page.items
                if organizations is None or row.value.organization_id in organizations
            ]
            after = page.next
            if after is None or len(found) > span.limit:
                return found

    async def _ended_by_day(self, filters: ExecutionFilters, span: _Span) -> list[Row]:
        if filters.status in LIVE_STATUSES:
            return []
        days, where = _days(span, self._now(), self._kept), _where(filters)
        found = await self._ended_on(days[:1], span, where)
        if len(found) <= span.limit:
            found += await self._ended_on(days[1:_RECENT_DAYS], span, where)
        rest = days[_RECENT_DAYS:]
        if rest and len(found) <= span.limit:
            # Few executions a day: all the older days in one query, unless that is too much after all.
            older = await self._ended_between(rest[-1], rest[0], span, where)
            if older is not None:
                return found + older
        while rest and len(found) <= span.limit:
            found += await self._ended_on(rest[:_MAX_DAYS_AT_ONCE], span, where)
            rest = rest[_MAX_DAYS_AT_ONCE:]
        return found

    async def _ended_on(self, days: list[str], span: _Span, where: Where | None) -> list[Row]:
        pages = await gather(
            *(
                self._repository.ended_on(day).list_page(
                    limit=span.limit + 1, after=span.after, until=span.until, where=where
                )
                for day in days
            )
        )
        return [row for page in pages for row in page.items]

    async def _ended_between(
        self, first: str, last: str, span: _Span, where: Where | None
    ) -> list[Row] | None:
        found: list[Row] = []
        async for row in self._repository.iter_ended_between(first, last, _both(span.where(), where)):
            if len(found) == _MAX_OLDER_ROWS:
                return None
            found.append(row)
        return found


class _Span:
    """A range of row keys, newest first, and how many of them are wanted."""

    def __init__(self, filters: ExecutionFilters, cursor: str | None, limit: int) -> None:
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid.field("limit", f"must be between 1 and {MAX_LIMIT}.")
        starts = [] if cursor is None else [_check_cursor(cursor)]
        if filters.started_to is not None:
            starts.append(reverse_milliseconds(filters.started_to))
        self.limit = limit
        self.started_from = filters.started_from
        self.after = max(starts, default=None)
        self.until: str | None = None
        if filters.started_from is not None:
            self.until = reverse_milliseconds(filters.started_from - timedelta(milliseconds=1))

    def where(self) -> Where | None:
        """The range as a condition."""
        after = None if self.after is None else Where.gt("RowKey", self.after)
        until = None if self.until is None else Where.lt("RowKey", self.until)
        return _both(after, until)


def _both(one: Where | None, other: Where | None) -> Where | None:
    return one & other if one is not None and other is not None else one or other


def _check_cursor(cursor: str) -> str:
    digits, _, rest = check_key(cursor, what="cursor").partition("_")
    if len(digits) != len("9999999999999") or not (digits.isascii() and digits.isdecimal()) or not rest:
        raise Invalid.field("cursor", "is none that this list gave.")
    return cursor


def _where(filters: ExecutionFilters) -> Where | None:
    columns = {
        "status": filters.status,
        "workflowName": filters.workflow_name,
        "formId": filters.form_id,
        "executedBy": filters.user_id,
        "trigger": filters.trigger,
    }
    condition: Where | None = None
    for column, value in columns.items():
        condition = _both(condition, None if value is None else Where.eq(column, str(value)))
    return condition


def _days(span: _Span, now: datetime, kept: timedelta) -> list[str]:
    """Day partitions that can hold rows of the span, newest first."""
    newest = now + _CLOCK_SKEW
    if span.after is not None:
        milliseconds = int("9" * 13) - int(span.after[:13])
        newest = min(newest, datetime.fromtimestamp(milliseconds / 1000, UTC))
    oldest = max(now - kept, span.started_from or now - kept)
    count = (newest.date() - oldest.date()).days + 1
    return [(newest - timedelta(days=back)).strftime("%Y%m%d") for back in range(count)]


def _page(live: Iterable[Row], ended: Iterable[Row], limit: int) -> ExecutionPage:
    rows = {row.row_key: row for row in live}
    # Where both are there, the end is what counts: the live row is about to go.
    rows.update({row.row_key: row for row in ended})
    keys = sorted(rows)
    chosen = keys[:limit]
    return ExecutionPage([rows[key].value for key in chosen], chosen[-1] if len(keys) > limit else None)


def _require_admin(scope: OrgScope) -> None:
    if not scope.is_admin:
        raise Forbidden("Only an admin may see the executions of all organizations.")
