"""The newest execution of each organization."""

from __future__ import annotations

from collections.abc import Sequence

from msp_core.executions.models import ExecutionSummary
from msp_core.executions.repository import ExecutionRepository
from msp_core.ids import OrgId, execution_row_key
from msp_core.organizations.models import Organization
from msp_core.writing import gather


class LatestExecutions:
    """Reads one row per organization; who may see them is decided before, by `HistoryReach`."""

    def __init__(self, repository: ExecutionRepository) -> None:
        self._repository = repository

    async def of(self, organizations: Sequence[Organization]) -> list[ExecutionSummary]:
        """The newest of each that has any, in the same order; one operation per organization, all at once.

        Args:
            organizations: As `HistoryReach.organizations_of` hands them out, or a part of them.
        """
        live = await self._live()
        ended = await gather(*(self._ended(one.id) for one in organizations))
        pairs = ((ended_one, live.get(one.id)) for one, ended_one in zip(organizations, ended, strict=True))
        found = (_newer(*pair) for pair in pairs)
        return [one for one in found if one is not None]

    async def _ended(self, org_id: OrgId) -> ExecutionSummary | None:
        page = await self._repository.ended_of(org_id).list_page(limit=1)
        return page.items[0].value if page.items else None

    async def _live(self) -> dict[OrgId, ExecutionSummary]:
        newest: dict[OrgId, ExecutionSummary] = {}
        async for row in self._repository.iter_active_summaries_across_organizations():
            # Rows come newest first within an organization.
            newest.setdefault(row.value.organization_id, row.value)
        return newest


def _newer(ended: ExecutionSummary | None, live: ExecutionSummary | None) -> ExecutionSummary | None:
    """Of one execution in both, the end is what counts: its live row is about to go."""
    if ended is None or live is None:
        return ended or live
    return min(ended, live, key=lambda one: execution_row_key(one.execution_id))
