"""Warm copies of organizations, each checked against its stamp before it is used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from msp_automation.integrations.registry import BUILT_IN
from msp_core.config.models import ConfigItem
from msp_core.config.repository import ConfigRepository
from msp_core.config.service import effective_config
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.effective import IntegrationTypes, effective_integrations, kept_from_runs
from msp_core.integrations.models import IntegrationRow
from msp_core.integrations.repository import IntegrationRepository
from msp_core.organizations.copies import MAX_AGE_SECONDS, WarmCopies
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.snapshot import OrganizationSnapshot
from msp_core.organizations.stamps import StampPair, Stamps

_MAX_ENTRIES: Final = 1000


class OrganizationSnapshots:
    """Everything a run needs to know of an organization, for one storage request when warm.

    A copy counts while its stamp is the stored one, and never longer than `max_age_seconds`: that bounds
    what a writer that crashed between its write and its stamp can leave behind.
    """

    def __init__(
        self,
        stamps: Stamps,
        organizations: OrganizationRepository,
        config: ConfigRepository,
        integrations: IntegrationRepository,
        types: IntegrationTypes = BUILT_IN,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._stamps = stamps
        self._organizations = organizations
        self._config = config
        self._integrations = integrations
        self._types = types
        self._warm: WarmCopies[OrgId, OrganizationSnapshot | None] = WarmCopies(
            limit=_MAX_ENTRIES, clock=clock, max_age_seconds=max_age_seconds
        )

    def now(self) -> float:
        """The moment to hand to `get_as_of`: taken before the stamp is read."""
        return self._warm.now()

    async def get(self, org_id: OrgId) -> OrganizationSnapshot | None:
        """The organization as it is now, active or not; None when there is none such.

        For `GLOBAL`, the snapshot has no organization and holds what the MSP shares with all.
        """
        now = self.now()
        return await self.get_as_of(org_id, stamp=await self._stamps.read(org_id), now=now)

    async def get_as_of(self, org_id: OrgId, *, stamp: StampPair, now: float) -> OrganizationSnapshot | None:
        """The same for somebody who has read the stamp already.

        Args:
            now: When that reading began, by `now()`: a copy must never look younger than its stamp.
        """
        warm = self._warm.find(org_id, stamp=stamp, now=now)
        if warm is not None:
            return warm.value
        snapshot = await self._warm.read_once(org_id, stamp=stamp, read=lambda: self._load(org_id, stamp))
        if snapshot is not None:
            self._warm.keep(org_id, snapshot, stamp=stamp, now=now)
        return snapshot

    async def _load(self, org_id: OrgId, stamp: StampPair) -> OrganizationSnapshot | None:
        is_global = org_id == GLOBAL
        organization, config, shared_config, integrations, shared_integrations = await asyncio.gather(
            _no_organization() if is_global else self._organizations.find(org_id),
            _no_config() if is_global else self._config.list_all(org_id),
            self._config.list_all(GLOBAL),
            _no_integrations() if is_global else self._integrations.list_all(org_id),
            self._integrations.list_all(GLOBAL),
        )
        if organization is None and not is_global:
            return None
        return OrganizationSnapshot(
            org_id=org_id,
            organization=None if organization is None else organization.value,
            config=effective_config(config, shared_config),
            integrations=effective_integrations(self._types, org_id, integrations, shared_integrations),
            stamp=stamp,
            kept_secrets=kept_from_runs(self._types, shared_integrations),
        )


async def _no_organization() -> None:
    return None


async def _no_config() -> list[ConfigItem]:
    return []


async def _no_integrations() -> list[IntegrationRow]:
    return []
