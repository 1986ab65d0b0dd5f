"""Stamps: a small row per organization and person that changes whenever what warm copies hold changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from msp_core.errors import NotFound, PreconditionFailed
from msp_core.ids import GLOBAL, OrgId, UserId, new_id
from msp_core.models import Model
from msp_core.storage import Storage, Stored, TableName


class StampPair(NamedTuple):
    """The organization's stamp and the global one; None where nothing was ever written."""

    org: str | None
    shared: str | None


class StampRow(Model):
    """Stamps as stored: any text that was never used before.

    Args:
        stamp: Of everything but what has its own.
        forms: Of an organization's forms, or of the global ones.
        roles: In the row of GLOBAL: of who has which role, and what roles open.
        organizations: In the row of GLOBAL: of the list of all organizations.
    """

    stamp: str | None = None
    forms: str | None = None
    roles: str | None = None
    organizations: str | None = None


@dataclass(frozen=True, slots=True)
class FormsStamp:
    """The stamp of one home's forms.

    Args:
        version: Of the row that holds it: whoever moves the stamp on from here names it, and fails if
            anybody else did so first. None where there is no row yet.
    """

    stamp: str | None
    version: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RequestStamps:
    """What one request read, once: every copy it uses is checked against these.

    Args:
        person: Of whoever asks; None too where nobody was asked for.
        version: Of the row that holds the organization's stamps: whoever moves one on from here names it, and
            fails if anybody else did so first. None where there is no row yet.
    """

    pair: StampPair
    person: str | None
    forms: FormsStamp
    shared_forms: FormsStamp
    roles: str | None
    version: str | None


class Stamps:
    """Table Stamps, partition `STAMP`: a row per organization, one for GLOBAL, and one per person."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.STAMPS, StampRow, large_values=False).partition("STAMP")

    async def read(self, org_id: OrgId) -> StampPair:
        """The two stamps that a copy of this organization depends on, in one request."""
        return (await self.read_all(org_id)).pair

    async def read_all(self, org_id: OrgId, user_id: UserId | None = None) -> RequestStamps:
        """All stamps of an organization and of the MSP, and the one of a person, in one request."""
        keys = {org_id, GLOBAL} if user_id is None else {org_id, GLOBAL, user_id}
        found = await self._rows.find_many(sorted(keys))
        own, shared = found.get(org_id), found.get(GLOBAL)
        return RequestStamps(
            pair=StampPair(_row(own).stamp, _row(shared).stamp),
            person=None if user_id is None else _row(found.get(user_id)).stamp,
            forms=_forms(own),
            shared_forms=_forms(shared),
            roles=_row(shared).roles,
            version=None if own is None else own.etag,
        )

    async def read_organizations(self) -> str | None:
        """The stamp of the list of all organizations, in one request."""
        return _row(await self._rows.find(GLOBAL)).organizations

    async def bump_organization(self, org_id: OrgId) -> None:
        """Make copies of this organization out of date, and those of the list that it is in."""
        await asyncio.gather(self.bump(org_id), self._rows.merge(GLOBAL, StampRow(organizations=new_id())))

    async def bump(self, org_id: OrgId | UserId, version: str | None = None) -> str | None:
        """Make every warm copy that depends on this organization (GLOBAL: all) or person out of date.

        Writers call it after their own write and before they answer.

        Args:
            version: Of the row of stamps that the writer's own copy was read under.

        Returns:
            The new stamp if it followed that row directly: then nobody else changed anything in between, and
            the writer's copy with its change in place is the one that belongs to it.
        """
        row = StampRow(stamp=new_id())
        return row.stamp if await self._move_on(org_id, row, version) is not None else None

    async def bump_forms(self, org_id: OrgId, seen: FormsStamp | None = None) -> FormsStamp | None:
        """The same for copies of an organization's (or the global) forms only.

        Args:
            seen: The stamp that the writer's own copy was read under.

        Returns:
            The new stamp if it followed `seen` directly: then nobody else changed a form in between, and
            the writer's copy with its change in place is the one that belongs to it.
        """
        row = StampRow(forms=new_id())
        version = await self._move_on(org_id, row, None if seen is None else seen.version)
        return None if version is None else FormsStamp(row.forms, version)

    async def bump_roles(self) -> None:
        """The same for what is known of roles."""
        await self._rows.merge(GLOBAL, StampRow(roles=new_id()))

    async def _move_on(self, key: OrgId | UserId, row: StampRow, version: str | None) -> str | None:
        """Write a new stamp; the row's new version if it was this version before, else None."""
        if version is not None:
            try:
                return (await self._rows.merge(key, row, etag=version)).etag
            except (PreconditionFailed, NotFound):
                pass  # somebody was quicker: whoever has a copy reads it anew
        await self._rows.merge(key, row)
        return None


def _row(stored: Stored[StampRow] | None) -> StampRow:
    return StampRow() if stored is None else stored.value


def _forms(stored: Stored[StampRow] | None) -> FormsStamp:
    return FormsStamp(None) if stored is None else FormsStamp(stored.value.forms, stored.etag)
