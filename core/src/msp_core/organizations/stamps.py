"""Stamps: a small row per organization and person that changes whenever what warm copies hold changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msp_core.ids import GLOBAL, OrgId, UserId, new_id
from msp_core.models import Model
from msp_core.storage import Storage, TableName


class StampPair(NamedTuple):
    """The organization's stamp and the global one; None where nothing was ever written."""

    org: str | None
    shared: str | None


class StampRow(Model):
    """A stamp as stored: any text that was never used before."""

    stamp: str


class Stamps:
    """Table Stamps, partition `STAMP`: a row per organization, one for GLOBAL, and one per person."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.STAMPS, StampRow, large_values=False).partition("STAMP")

    async def read(self, org_id: OrgId) -> StampPair:
        """The two stamps that a copy of this organization depends on, in one request."""
        own, shared = await self._read([org_id, GLOBAL])
        return StampPair(own, shared)

    async def read_with_person(self, org_id: OrgId, user_id: UserId) -> tuple[StampPair, str | None]:
        """The two stamps of an organization and the one of a person, in one request."""
        own, shared, person = await self._read([org_id, GLOBAL, user_id])
        return StampPair(own, shared), person

    async def _read(self, keys: Sequence[str]) -> list[str | None]:
        found = await self._rows.find_many(sorted(set(keys)))
        return [found[key].value.stamp if key in found else None for key in keys]

    async def bump(self, org_id: OrgId | UserId) -> None:
        """Make every warm copy that depends on this organization (GLOBAL: all) or person out of date.

        Writers call it after their own write and before they answer.
        """
        await self._rows.upsert(org_id, StampRow(stamp=new_id()))
