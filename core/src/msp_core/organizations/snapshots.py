"""Warm copies of organizations, each checked against its stamp before it is used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from msp_automation.integrations.registry import BUILT_IN
from msp_core.config.effective import Values, effective_config, values_of
from msp_core.config.models import ConfigItem, Origin
from msp_core.config.repository import ConfigRepository
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.effective import IntegrationTypes, effective_integrations, kept_from_runs
from msp_core.integrations.models import IntegrationRow
from msp_core.integrations.repository import IntegrationRepository
from msp_core.organizations.copies import MAX_AGE_SECONDS, WarmCopies
from msp_core.organizations.models import Organization
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.snapshot import ConfigRows, OrganizationSnapshot
from msp_core.organizations.stamps import StampPair, Stamps
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored

_MAX_ROWS: Final = 30_000
"""Of all copies together; a row of configuration takes 1.8 KB of memory."""


@dataclass(slots=True)
class _Home:
    """What one organization has of its own, or the MSP for all: the rows, as of one stamp.

    Args:
        joined: The shared home that this one was last put together with, and what came of it.
    """

    organization: Organization | None
    config: ConfigRows
    integrations: Sequence[IntegrationRow]
    values: Values
    joined: tuple[_Home, OrganizationSnapshot] | None = field(default=None, repr=False)


class OrganizationSnapshots:
    """Everything a run needs to know of an organization, for one storage request when warm.

    An organization's own rows and the shared ones are kept apart, each under its own stamp: a shared value
    that changes is read once, not once an organization. A copy counts while its stamp is the stored one, and
    never longer than `max_age_seconds`: that bounds what a writer that crashed between its write and its
    stamp can leave behind.
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
        self._warm: WarmCopies[OrgId, _Home | None] = WarmCopies(
            limit=_MAX_ROWS, weigh=_weight, clock=clock, max_age_seconds=max_age_seconds
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
        copy = self._warm.find(org_id, stamp=stamp.org, now=now)
        shared_copy = self._warm.find(GLOBAL, stamp=stamp.shared, now=now)
        if copy is not None and shared_copy is not None:
            own, shared = copy.value, shared_copy.value
        else:
            own, shared = await asyncio.gather(
                self._home(org_id, stamp.org, now), self._home(GLOBAL, stamp.shared, now)
            )
        if own is None or shared is None:
            return None
        if own.joined is None or own.joined[0] is not shared:
            own.joined = (shared, self._join(org_id, own, shared, stamp))
        return own.joined[1]

    async def get_for(self, scope: OrgScope) -> OrganizationSnapshot | None:
        """The scope's organization, as of the stamps that its request was checked against."""
        if scope.stamps is None:
            return await self.get(scope.org_id)
        return await self.get_as_of(scope.org_id, stamp=scope.stamps.pair, now=self.now())

    async def note_config(self, scope: OrgScope, key: str, row: Stored[ConfigItem] | None) -> None:
        """Put every copy out of date before the writer answers; our own goes on with the change.

        Args:
            row: As it was written; None for one that was deleted.
        """
        seen = scope.stamps
        version = None if seen is None else seen.version
        made = await self._stamps.bump(scope.org_id, version)
        copy = None if seen is None else self._warm.find(scope.org_id, stamp=seen.pair.org, now=self.now())
        self._warm.drop(scope.org_id)
        if copy is not None and copy.value is not None and made is not None:
            # No younger than it was: what others left behind without a stamp is still missing in it.
            changed = _with_config(copy.value, scope.org_id, key, row)
            self._warm.keep(scope.org_id, changed, stamp=made, now=copy.read_at)

    async def _home(self, org_id: OrgId, stamp: str | None, now: float) -> _Home | None:
        warm = self._warm.find(org_id, stamp=stamp, now=now)
        if warm is not None:
            return warm.value
        home = await self._warm.read_once(org_id, stamp=stamp, read=lambda: self._read(org_id))
        if home is not None:
            self._warm.keep(org_id, home, stamp=stamp, now=now)
        return home

    async def _read(self, org_id: OrgId) -> _Home | None:
        organization, config, integrations = await asyncio.gather(
            _no_organization() if org_id == GLOBAL else self._organizations.find(org_id),
            self._config.list_stored(org_id),
            self._integrations.list_all(org_id),
        )
        if organization is None and org_id != GLOBAL:
            return None
        return _Home(
            organization=None if organization is None else organization.value,
            config={row.value.key: row for row in config},
            integrations=integrations,
            values=values_of((row.value for row in config), _origin_of(org_id)),
        )

    def _join(self, org_id: OrgId, own: _Home, shared: _Home, stamp: StampPair) -> OrganizationSnapshot:
        integrations: Sequence[IntegrationRow] = () if org_id == GLOBAL else own.integrations
        return OrganizationSnapshot(
            org_id=org_id,
            organization=own.organization,
            config=effective_config(own.values, shared.values),
            own_config=own.config,
            shared_config=shared.config,
            integrations=effective_integrations(self._types, org_id, integrations, shared.integrations),
            stamp=stamp,
            kept_secrets=kept_from_runs(self._types, shared.integrations),
        )


def _with_config(home: _Home, org_id: OrgId, key: str, row: Stored[ConfigItem] | None) -> _Home:
    changed = {} if row is None else {key: row}
    config = {name: one for name, one in home.config.items() if name != key} | changed
    values = {name: one for name, one in home.values.items() if name != key}
    return replace(
        home,
        config={name: config[name] for name in sorted(config)},
        values={**values, **values_of((one.value for one in changed.values()), _origin_of(org_id))},
        joined=None,
    )


def _origin_of(org_id: OrgId) -> Origin:
    return Origin.GLOBAL if org_id == GLOBAL else Origin.ORG


def _weight(home: _Home | None) -> int:
    return 1 if home is None else 1 + len(home.config) + len(home.integrations)


async def _no_organization() -> None:
    return None
