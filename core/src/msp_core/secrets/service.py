"""Secrets: set, delete, list by name, and resolve for a run."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msp_core.config.models import Origin
from msp_core.errors import Invalid, TooLarge
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.models import EffectiveIntegration
from msp_core.models import utc_now
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope
from msp_core.secrets.errors import SecretInUse
from msp_core.secrets.models import SecretInfo, SecretRecord
from msp_core.secrets.names import find_secret_name, parse_secret_name, vault_name
from msp_core.secrets.references import SecretReferences
from msp_core.secrets.repository import SecretRepository
from msp_core.storage import SecretVault

MAX_VALUE_BYTES: Final = 25_000
_MAX_CACHED: Final = 1000


@dataclass(frozen=True, slots=True)
class _Cached:
    value: str | None
    stamp: str | None
    read_at: float

    def __repr__(self) -> str:
        return "_Cached(…)"


class SecretService:
    """Values go in, and come out for runs only.

    A value read from the vault is kept in memory while the stamp of its partition stands, for at most
    `max_age_seconds`: that bounds how long a change made in the vault itself goes unseen.
    """

    def __init__(
        self,
        vault: SecretVault,
        records: SecretRepository,
        references: SecretReferences,
        stamps: Stamps,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = 30,
    ) -> None:
        self._vault = vault
        self._records = records
        self._references = references
        self._stamps = stamps
        self._clock = clock
        self._max_age = max_age_seconds
        self._cache: OrderedDict[str, _Cached] = OrderedDict()

    async def list_entries(self, scope: OrgScope) -> list[SecretInfo]:
        """The names that resolve here, by name; never a value."""
        scope.require_admin()
        names = await self._vault.list_names()
        own, shared = _names_in(names, scope.org_id), _names_in(names, GLOBAL)
        records, shared_records = await asyncio.gather(
            self._records.list_all(scope.org_id), self._records.list_all(GLOBAL)
        )
        is_global = scope.org_id == GLOBAL
        mine = Origin.GLOBAL if is_global else Origin.ORG
        entries = [
            _info(name, mine, records.get(name), overrides=not is_global and name in shared) for name in own
        ]
        if not is_global:
            entries += [
                _info(name, Origin.GLOBAL, shared_records.get(name), inherited=True) for name in shared - own
            ]
        return sorted(entries, key=lambda entry: entry.name)

    async def set(self, scope: OrgScope, name: str, value: str) -> SecretInfo:
        """Set the scope's own value; the old one cannot be had back.

        Raises:
            Invalid: The name is not kebab-case, or the value is empty.
            TooLarge: The value is larger than Key Vault takes.
        """
        scope.require_admin()
        name = parse_secret_name(name)
        _check_value(value)
        await self._vault.set(vault_name(scope.org_id, name), value)
        record = SecretRecord(name=name, updated_at=utc_now(), updated_by=scope.user.id)
        await self._records.write(scope.org_id, record)
        await self._changed(scope.org_id, name)
        return _info(name, Origin.GLOBAL if scope.org_id == GLOBAL else Origin.ORG, record)

    async def list_references(self, scope: OrgScope, name: str) -> list[dict[str, str]]:
        """Where the scope's own secret of this name is named, for people to read."""
        scope.require_admin()
        found = await self._references.list_for(scope.org_id, parse_secret_name(name))
        return [one.model_dump(mode="json") for one in found]

    async def delete(self, scope: OrgScope, name: str, *, even_if_used: bool = False) -> None:
        """Delete the scope's own value; fine if there is none.

        Raises:
            SecretInUse: Something names it, and `even_if_used` was not asked for.
        """
        scope.require_admin()
        name = parse_secret_name(name)
        if not even_if_used:
            references = await self._references.list_for(scope.org_id, name)
            if references:
                raise SecretInUse(name, references)
        await self._vault.delete(vault_name(scope.org_id, name))
        await self._records.delete(scope.org_id, name)
        await self._changed(scope.org_id, name)

    async def resolve_for_run(self, org_id: OrgId, name: str) -> str | None:
        """The value a run gets: the organization's own, else the global one, else None.

        Args:
            org_id: The run's organization, or `GLOBAL` for a run without one.
            name: As the author wrote it; `_` is read as `-`.
        """
        return await self._resolve(org_id, name, from_global=True)

    async def resolve_for_integration(self, effective: EffectiveIntegration, name: str) -> str | None:
        """The value that an integration's settings name, from where its settings came.

        None for a name that its settings do not have, and for a global value where the organization's
        own settings say where to connect.
        """
        if find_secret_name(name) not in effective.secret_names:
            return None
        return await self._resolve(effective.org_id, name, from_global=effective.secrets_from_global)

    async def _resolve(self, org_id: OrgId, text: str, *, from_global: bool) -> str | None:
        name = find_secret_name(text)
        if name is None:
            return None
        now = self._clock()
        stamp = await self._stamps.read(org_id)
        own_stamp = stamp.shared if org_id == GLOBAL else stamp.org
        value = await self._read(vault_name(org_id, name), own_stamp, now)
        if value is None and from_global and org_id != GLOBAL:
            value = await self._read(vault_name(GLOBAL, name), stamp.shared, now)
        return value

    async def _read(self, entry: str, stamp: str | None, now: float) -> str | None:
        cached = self._cache.get(entry)
        if cached is not None and cached.stamp == stamp and now - cached.read_at < self._max_age:
            self._cache.move_to_end(entry)
            return cached.value
        value = await self._vault.get(entry)
        self._cache[entry] = _Cached(value, stamp, now)
        self._cache.move_to_end(entry)
        while len(self._cache) > _MAX_CACHED:
            self._cache.popitem(last=False)
        return value

    async def _changed(self, org_id: OrgId, name: str) -> None:
        self._cache.pop(vault_name(org_id, name), None)
        await self._stamps.bump(org_id)


def _check_value(value: str) -> None:
    if not value:
        raise Invalid.field("value", "must not be empty.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Invalid.field("value", "has characters that cannot be stored.")
    if len(value.encode()) > MAX_VALUE_BYTES:
        raise TooLarge("A secret has at most 25 KB.")


def _names_in(entries: list[str], org_id: OrgId) -> set[str]:
    prefix = vault_name(org_id, "")
    return {entry.removeprefix(prefix) for entry in entries if entry.startswith(prefix)}


def _info(
    name: str,
    scope: Origin,
    record: SecretRecord | None,
    *,
    overrides: bool = False,
    inherited: bool = False,
) -> SecretInfo:
    return SecretInfo(
        name=name,
        scope=scope,
        overrides=overrides,
        inherited=inherited,
        updated_at=None if record is None else record.updated_at,
        updated_by=None if record is None else record.updated_by,
    )
