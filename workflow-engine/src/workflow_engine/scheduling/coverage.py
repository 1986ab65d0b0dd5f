"""Which organizations a schedule runs for now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msp_core.ids import GLOBAL, OrgId
from msp_core.organizations.models import Organization
from msp_core.organizations.repository import OrganizationRepository
from msp_core.schedules.models import DeclaredSchedule, ScheduleSwitch
from msp_core.schedules.repository import ScheduleRepository


@dataclass(frozen=True, slots=True)
class CoveredOrganization:
    """An organization that a schedule runs for.

    Args:
        since: What was due at this moment or before is not this organization's; None for all.
    """

    org_id: OrgId
    since: datetime | None

    def expects(self, due_at: datetime) -> bool:
        """Whether a time counts here."""
        return self.since is None or due_at > self.since


@dataclass(frozen=True, slots=True)
class Coverage:
    """Organizations and switches as they were read together."""

    organizations: tuple[Organization, ...]
    switches: dict[tuple[str, str], ScheduleSwitch]

    def of(self, declared: DeclaredSchedule) -> list[CoveredOrganization]:
        """Those it runs for, without those that switched it off."""
        if not declared.workflow.requires_org:
            return self._unless_off(declared, GLOBAL, None)
        return [
            covered
            for one in self.organizations
            if declared.covers(one)
            for covered in self._unless_off(declared, one.id, one.active_since or one.created_at)
        ]

    def _unless_off(
        self, declared: DeclaredSchedule, org_id: OrgId, since: datetime | None
    ) -> list[CoveredOrganization]:
        switch = self.switches.get((org_id, declared.key))
        if switch is None:
            return [CoveredOrganization(org_id, since)]
        if not switch.is_enabled:
            return []
        return [CoveredOrganization(org_id, max(since or switch.changed_at, switch.changed_at))]


class CoverageReader:
    """Reads it when it is first asked for; one for each look at the clock."""

    def __init__(self, organizations: OrganizationRepository, schedules: ScheduleRepository) -> None:
        self._organizations = organizations
        self._schedules = schedules
        self._read: Coverage | None = None

    async def read(self) -> Coverage:
        """Two storage operations the first time, and more for each thousand organizations."""
        if self._read is None:
            organizations, switches = await asyncio.gather(
                self._all_organizations(), self._schedules.list_switches_across_organizations()
            )
            self._read = Coverage(organizations, switches)
        return self._read

    async def _all_organizations(self) -> tuple[Organization, ...]:
        return tuple([stored.value async for stored in self._organizations.iter_all()])


NewCoverage = Callable[[], CoverageReader]
