"""Secrets: set, delete, list by name, and resolve for a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from msp_automation.integrations.base import GetSecret, StoreSecret
from msp_core.config.models import Origin
from msp_core.errors import Forbidden, Invalid, PreconditionFailed, TooLarge
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.models import EffectiveIntegration
from msp_core.models import utc_now
from msp_core.organizations.copies import MAX_AGE_SECONDS, WarmCopies
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope
from msp_core.secrets.errors import SecretInUse
from msp_core.secrets.models import SecretInfo, SecretRecord
from msp_core.secrets.names import find_secret_name, parse_secret_name, vault_name
from msp_core.secrets.references import SecretReferences
from msp_core.secrets.repository import SecretRepository
from msp_core.storage import SecretVault, Stored
from msp_core.writing import gather, unnoted

MAX_VALUE_BYTES: Final = 25_000
_MAX_CACHED: Final = 1000


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
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._vault = vault
        self._records = records
        self._references = references
        self._stamps = stamps
        self._cache: WarmCopies[str, str | None] = WarmCopies(
            limit=_MAX_CACHED, clock=clock, max_age_seconds=max_age_seconds
        )

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

    async def find(self, scope: OrgScope, name: str) -> Stored[SecretRecord] | None:
        """Who set the scope's own secret last; None if nobody did here."""
        scope.require_admin()
        return await self._records.find(scope.org_id, parse_secret_name(name))

    async def set(
        self,
        scope: OrgScope,
        name: str,
        value: str,
        *,
        etag: str | None = None,
        note: Callable[[Stored[SecretRecord] | None, SecretInfo], Coroutine[Any, Any, None]] = unnoted,
    ) -> SecretInfo:
        """Set the scope's own value; the old one cannot be had back.

        Args:
            etag: Set it only if the secret is still this one.
            note: Writes down what was set, given who set it before, before this returns.

        Raises:
            Invalid: The name is not kebab-case, or the value is empty.
            TooLarge: The value is larger than Key Vault takes.
            PreconditionFailed: `etag` is given and somebody set or deleted the secret first.
        """
        scope.require_admin()
        name = parse_secret_name(name)
        _check_value(value)
        record = SecretRecord(name=name, updated_at=utc_now(), updated_by=scope.user.id)
        async with self._records.exclusively(scope.org_id, name) as end_turn:
            before = await self._records.find(scope.org_id, name)
            _require_version(before, etag)
            await self._vault.set(vault_name(scope.org_id, name), value)
            stored = await self._records.write(scope.org_id, record)
            saved = _info(name, Origin.GLOBAL if scope.org_id == GLOBAL else Origin.ORG, stored)
            await gather(end_turn(), self._changed(scope.org_id, name), note(before, saved))
        return saved

    async def list_references(self, scope: OrgScope, name: str) -> list[dict[str, str]]:
        """Where the scope's own secret of this name is named, for people to read."""
        scope.require_admin()
        found = await self._references.list_for(scope.org_id, parse_secret_name(name))
        return [one.model_dump(mode="json") for one in found]

    async def delete(
        self, scope: OrgScope, name: str, *, even_if_used: bool = False, etag: str | None = None
    ) -> None:
        """Delete the scope's own value; fine if there is none.

        Raises:
            SecretInUse: Something names it, and `even_if_used` was not asked for.
            PreconditionFailed: `etag` is given and somebody set or deleted the secret first.
        """
        scope.require_admin()
        name = parse_secret_name(name)
        if not even_if_used:
            references = await self._references.list_for(scope.org_id, name)
            if references:
                raise SecretInUse(name, references)
        async with self._records.exclusively(scope.org_id, name):
            if etag is not None:
                _require_version(await self._records.find(scope.org_id, name), etag)
            await self._vault.delete(vault_name(scope.org_id, name))
            await self._records.delete(scope.org_id, name)
        await self._changed(scope.org_id, name)

    async def resolve_for_run(
        self, org_id: OrgId, name: str, *, kept: frozenset[str] = frozenset()
    ) -> str | None:
        """The value a run gets: the organization's own, else the global one, else None.

        Args:
            org_id: The run's organization, or `GLOBAL` for a run without one.
            name: As the author wrote it; `_` is read as `-`.
            kept: Names of global secrets that no run gets.
        """
        from_global = find_secret_name(name) not in kept
        if org_id == GLOBAL and not from_global:
            return None
        return await self._resolve(org_id, name, from_global=from_global)

    async def resolve_for_integration(self, effective: EffectiveIntegration, name: str) -> str | None:
        """The value that an integration's settings name, from where its settings came.

        None for a name that its settings do not have, and for a global value where the organization's
        own settings say where to connect. A secret that the platform renews is read anew each time.
        """
        found = find_secret_name(name)
        if found is None or found not in effective.secret_names:
            return None
        if found in effective.shared_secret_names:
            return await self._vault.get(vault_name(GLOBAL, found))
        return await self._resolve(effective.org_id, name, from_global=effective.secrets_from_global)

    async def store_for_integration(
        self, effective: EffectiveIntegration, name: str, value: str, *, replaces: str
    ) -> bool:
        """Keep the new value of a secret that changes as it is used, as a new version of the same secret.

        A comparison and a write that nobody can come between: what an admin or another process stored
        after `replaces` was read is newer, and stays.

        Args:
            replaces: The value that was used.

        Returns:
            False when the secret holds something else by now, or is gone.

        Raises:
            Forbidden: The integration's settings name no such secret of the MSP's own.
        """
        found = find_secret_name(name)
        if found is None or found not in effective.shared_secret_names:
            raise Forbidden("The platform renews only what the shared settings of an integration name.")
        _check_value(value)
        entry = vault_name(GLOBAL, found)
        async with self._records.exclusively(GLOBAL, found):
            if await self._vault.get(entry) != replaces:
                return False
            await self._vault.set(entry, value)
        return True

    def for_integration(self, effective: EffectiveIntegration) -> tuple[GetSecret, StoreSecret]:
        """Both of the above, as a built-in integration's sign-in wants them."""
        return (
            partial(self.resolve_for_integration, effective),
            partial(self.store_for_integration, effective),
        )

    async def _resolve(self, org_id: OrgId, text: str, *, from_global: bool) -> str | None:
        name = find_secret_name(text)
        if name is None:
            return None
        now = self._cache.now()
        stamp = await self._stamps.read(org_id)
        own_stamp = stamp.shared if org_id == GLOBAL else stamp.org
        value = await self._read(vault_name(org_id, name), own_stamp, now)
        if value is None and from_global and org_id != GLOBAL:
            value = await self._read(vault_name(GLOBAL, name), stamp.shared, now)
        return value

    async def _read(self, entry: str, stamp: str | None, now: float) -> str | None:
        cached = self._cache.find(entry, stamp=stamp, now=now)
        if cached is not None:
            return cached.value
        value = await self._vault.get(entry)
        self._cache.keep(entry, value, stamp=stamp, now=now)
        return value

    async def _changed(self, org_id: OrgId, name: str) -> None:
        self._cache.drop(vault_name(org_id, name))
        await self._stamps.bump(org_id)


def _require_version(stored: Stored[SecretRecord] | None, etag: str | None) -> None:
    if etag is not None and (stored is None or stored.etag != etag):
        raise PreconditionFailed.changed(None if stored is None else stored.etag, "this secret")


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
    record: Stored[SecretRecord] | None,
    *,
    overrides: bool = False,
    inherited: bool = False,
) -> SecretInfo:
    return SecretInfo(
        name=name,
        scope=scope,
        overrides=overrides,
        inherited=inherited,
        updated_at=None if record is None else record.value.updated_at,
        updated_by=None if record is None else record.value.updated_by,
        etag=None if record is None or inherited else record.etag,
    )
