"""Stamps: one small row per organization that changes whenever anything a warm copy holds changes."""

from __future__ import annotations

from typing import NamedTuple

from msp_core.ids import GLOBAL, OrgId, new_id
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
    """Table Stamps, partition `STAMP`: a row per organization, and one for GLOBAL."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.STAMPS, StampRow, large_values=False).partition("STAMP")

    async def read(self, org_id: OrgId) -> StampPair:
        """The two stamps that a copy of this organization depends on, in one request."""
        found = await self._rows.find_many([org_id] if org_id == GLOBAL else [org_id, GLOBAL])
        own, shared = found.get(org_id), found.get(GLOBAL)
        return StampPair(
            None if own is None else own.value.stamp, None if shared is None else shared.value.stamp
        )

    async def bump(self, org_id: OrgId) -> None:
        """Make every warm copy that depends on this organization (or on GLOBAL: all) out of date.

        Writers call it after their own write and before they answer.
        """
        await self._rows.upsert(org_id, StampRow(stamp=new_id()))
