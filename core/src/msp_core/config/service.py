"""Configuration: set, delete, list with what overrides what."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from msp_core.config.models import ConfigEntry, ConfigItem, ConfigOverride, ConfigSet, Origin
from msp_core.config.repository import ConfigRepository
from msp_core.config.values import checked, checked_key
from msp_core.errors import Conflict, NotFound, PreconditionFailed
from msp_core.ids import GLOBAL
from msp_core.models import utc_now
from msp_core.organizations.snapshot import ConfigRows
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Stored
from msp_core.writing import gather, unnoted

NoteChange = Callable[[Stored[ConfigItem] | None, Stored[ConfigItem]], Coroutine[Any, Any, None]]
"""Writes down a change: the value as it was, None for a new one, and as it is."""


class ConfigService:
    """The MSP's values, and each organization's own.

    Every method works on the scope's organization; with the admin's platform-wide scope that is GLOBAL.
    Lists come from warm copies. So does what a write begins with: each is conditional on the version it began
    with, and where that is not the stored one, begins again with what is stored.
    """

    def __init__(self, config: ConfigRepository, snapshots: OrganizationSnapshots) -> None:
        self._config = config
        self._snapshots = snapshots

    async def list_entries(self, scope: OrgScope) -> list[ConfigEntry]:
        """Every key that counts here, by key, with whose value it is and what it hides."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        own, shared = await self._rows(scope)
        return _merged(scope, own, shared)

    async def list_overrides(self, scope: OrgScope) -> list[ConfigOverride]:
        """Which organizations have a value of their own for a shared key, by key and organization."""
        scope.require_admin()
        shared = {item.key for item in await self._config.list_all(GLOBAL)}
        found = [
            ConfigOverride(
                key=item.key, org_id=org_id, value=item.value, type=item.type, updated_at=item.updated_at
            )
            async for org_id, item in self._config.iter_own_across_organizations()
            if item.key in shared
        ]
        return sorted(found, key=lambda one: (one.key, one.org_id))

    async def find(self, scope: OrgScope, key: str) -> Stored[ConfigItem] | None:
        """The scope's own row for a key, or None; nothing is inherited."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        return await self._config.find(scope.org_id, checked_key(key))

    async def set(
        self, scope: OrgScope, given: ConfigSet, *, etag: str | None = None, note: NoteChange = unnoted
    ) -> ConfigEntry:
        """Set a value, which must be of its declared type.

        Args:
            etag: Set it only if the row is still this one.
            note: Writes down what was set, before this returns.

        Returns:
            The value as `list_entries` shows it.

        Raises:
            Invalid: Key or value is not what it may be.
            PreconditionFailed: Somebody changed the value first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        good = checked(given)
        item = ConfigItem(
            key=good.key,
            value=good.value,
            type=good.type,
            description=good.description,
            updated_at=utc_now(),
            updated_by=scope.user.id,
        )
        own, shared = await self._rows(scope)
        before, stored = await self._write(scope, item, own.get(item.key), etag)
        await gather(self._snapshots.note_config(scope, item.key, stored), note(before, stored))
        hidden = None if scope.org_id == GLOBAL else shared.get(item.key)
        return _own_entry(scope, stored, hidden)

    async def delete(self, scope: OrgScope, key: str, *, etag: str | None = None) -> None:
        """Remove the scope's own value; an inherited one shows through again.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the value first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        await self._config.delete(scope.org_id, checked_key(key), etag=etag)
        await self._snapshots.note_config(scope, key, None)

    async def _write(
        self, scope: OrgScope, item: ConfigItem, warm: Stored[ConfigItem] | None, etag: str | None
    ) -> tuple[Stored[ConfigItem] | None, Stored[ConfigItem]]:
        if etag is None or (warm is not None and warm.etag == etag):
            # Storage has the last word: it takes the write only while this is the stored version.
            with suppress(Conflict, PreconditionFailed, NotFound):
                return warm, await self._config.write(scope.org_id, item, instead_of=warm)
        before = await self._config.find(scope.org_id, item.key)
        if etag is not None and (before is None or before.etag != etag):
            raise PreconditionFailed.changed(None if before is None else before.etag, "this value")
        return before, await self._config.upsert(scope.org_id, item, etag=etag)

    async def _rows(self, scope: OrgScope) -> tuple[ConfigRows, ConfigRows]:
        snapshot = await self._snapshots.get_for(scope)
        if snapshot is None:
            raise NotFound("There is no such organization.")
        return snapshot.own_config, snapshot.shared_config


def _merged(scope: OrgScope, own: ConfigRows, shared: ConfigRows) -> list[ConfigEntry]:
    if scope.org_id == GLOBAL:
        return [_own_entry(scope, row) for row in own.values()]
    entries = [_own_entry(scope, row, shared.get(key)) for key, row in own.items()]
    entries += [
        _entry(row.value, Origin.GLOBAL, inherited=True) for key, row in shared.items() if key not in own
    ]
    return sorted(entries, key=lambda entry: entry.key)


def _own_entry(
    scope: OrgScope, row: Stored[ConfigItem], hidden: Stored[ConfigItem] | None = None
) -> ConfigEntry:
    origin = Origin.GLOBAL if scope.org_id == GLOBAL else Origin.ORG
    below = None if hidden is None else hidden.value
    return _entry(row.value, origin, below).model_copy(update={"etag": row.etag})


def _entry(
    item: ConfigItem, scope: Origin, hidden: ConfigItem | None = None, *, inherited: bool = False
) -> ConfigEntry:
    return ConfigEntry(
        **item.model_dump(by_alias=False),
        scope=scope,
        overrides=hidden is not None,
        inherited=inherited,
        global_value=None if hidden is None else hidden.value,
        global_type=None if hidden is None else hidden.type,
    )
