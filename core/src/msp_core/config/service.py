"""Configuration: set, delete, list with what overrides what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import structlog

from msp_core.config.models import (
    ConfigEntry,
    ConfigItem,
    ConfigOverride,
    ConfigSet,
    EffectiveValue,
    Origin,
)
from msp_core.config.repository import ConfigRepository
from msp_core.config.values import checked, checked_key, typed
from msp_core.errors import Invalid
from msp_core.ids import GLOBAL
from msp_core.models import utc_now
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage import Stored
from msp_core.writing import gather, unnoted

_log = structlog.get_logger(__name__)


class ConfigService:
    """The MSP's values, and each organization's own.

    Every method works on the scope's organization; with the admin's platform-wide scope that is GLOBAL.
    """

    def __init__(self, config: ConfigRepository, stamps: Stamps) -> None:
        self._config = config
        self._stamps = stamps

    async def list_entries(self, scope: OrgScope) -> list[ConfigEntry]:
        """Every key that counts here, by key, with whose value it is and what it hides."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        if scope.org_id == GLOBAL:
            return [_own_entry(row, Origin.GLOBAL) for row in await self._config.list_stored(GLOBAL)]
        own, shared = await asyncio.gather(
            self._config.list_stored(scope.org_id), self._config.list_all(GLOBAL)
        )
        return _merged(own, shared)

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

    async def find_hidden(self, scope: OrgScope, key: str) -> ConfigItem | None:
        """The global value that the scope's own one hides, or would; None too for the global ones."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        if scope.org_id == GLOBAL:
            return None
        hidden = await self._config.find(GLOBAL, checked_key(key))
        return None if hidden is None else hidden.value

    async def set(
        self,
        scope: OrgScope,
        given: ConfigSet,
        *,
        etag: str | None = None,
        note: Callable[[Stored[ConfigItem]], Coroutine[Any, Any, None]] = unnoted,
    ) -> Stored[ConfigItem]:
        """Set a value, which must be of its declared type.

        Args:
            etag: Set it only if the row is still this one.
            note: Writes down what was set, before this returns.

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
        stored = await self._config.write(scope.org_id, item, etag=etag)
        await gather(self._stamps.bump(scope.org_id), note(stored))
        return stored

    async def delete(self, scope: OrgScope, key: str, *, etag: str | None = None) -> None:
        """Remove the scope's own value; an inherited one shows through again.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the value first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        await self._config.delete(scope.org_id, checked_key(key), etag=etag)
        await self._stamps.bump(scope.org_id)


def effective_config(own: Sequence[ConfigItem], shared: Sequence[ConfigItem]) -> Mapping[str, EffectiveValue]:
    """What a run gets: the organization's value where it has one, else the global one; all typed."""
    effective: dict[str, EffectiveValue] = {}
    for origin, items in ((Origin.GLOBAL, shared), (Origin.ORG, own)):
        for item in items:
            try:
                effective[item.key] = EffectiveValue(typed(item.type, item.value), item.type, origin)
            except Invalid:
                # Only an edit behind our back can do this; the key counts as absent, not as inherited.
                effective.pop(item.key, None)
                _log.warning("config_value_unreadable", key=item.key, type=item.type.value)
    return effective


def own_entry(scope: OrgScope, row: Stored[ConfigItem], hidden: ConfigItem | None) -> ConfigEntry:
    """A row of the scope's own as `list_entries` shows it."""
    return _own_entry(row, Origin.GLOBAL if scope.org_id == GLOBAL else Origin.ORG, hidden)


def _merged(own: Sequence[Stored[ConfigItem]], shared: Sequence[ConfigItem]) -> list[ConfigEntry]:
    below = {item.key: item for item in shared}
    entries = [_own_entry(row, Origin.ORG, below.get(row.value.key)) for row in own]
    mine = {row.value.key for row in own}
    entries += [_entry(item, Origin.GLOBAL, inherited=True) for item in shared if item.key not in mine]
    return sorted(entries, key=lambda entry: entry.key)


def _own_entry(row: Stored[ConfigItem], scope: Origin, hidden: ConfigItem | None = None) -> ConfigEntry:
    return _entry(row.value, scope, hidden).model_copy(update={"etag": row.etag})


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
