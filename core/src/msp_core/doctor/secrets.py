"""Secret references against the vault; values are never read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from msp_automation.integrations.registry import BUILT_IN
from msp_core.config.repository import ConfigRepository
from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.effective import IntegrationTypes, marks_of
from msp_core.integrations.models import IntegrationRow
from msp_core.integrations.repository import IntegrationRepository
from msp_core.organizations.repository import OrganizationRepository
from msp_core.secrets.names import find_secret_name, vault_name
from msp_core.storage import Storage


class SecretReferenceCheck:
    """Configuration and integrations that name a secret which resolves to nothing.

    A global reference resolves in each organization: to its own value, else to the global one. An
    organization's integration that names secrets connects by itself, so its own values count alone.
    Integrations that are switched off may be half done.
    """

    name = "references to secrets"

    def __init__(self, storage: Storage, types: IntegrationTypes = BUILT_IN) -> None:
        self._vault = storage.vault
        self._config = ConfigRepository(storage)
        self._integrations = IntegrationRepository(storage)
        self._organizations = OrganizationRepository(storage)
        self._types = types

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Every reference, against one list of the vault's names."""
        names = frozenset(await self._vault.list_names())
        async for org_id, item in self._config.iter_secret_references_across_organizations():
            if await self._lacking(names, org_id, item.value, from_global=True) is not None:
                where = f"OrgConfig: {org_id} / config:{item.key}"
                yield Suspect(where, partial(self._look_at_config, where, org_id, item.key))
        async for org_id, row in self._integrations.iter_across_organizations():
            for name in self._named_by(row):
                if await self._lacking(names, org_id, name, from_global=False) is not None:
                    where = f"Integrations: {org_id} / integration:{row.type}"
                    yield Suspect(where, partial(self._look_at_integration, where, org_id, row.type, name))

    async def _look_at_config(self, where: str, org_id: OrgId, key: str) -> Diagnosis | None:
        item = await self._config.find(org_id, key)
        if item is None:
            return None
        return await self._look_again(where, org_id, item.value.value, from_global=True)

    async def _look_at_integration(self, where: str, org_id: OrgId, kind: str, name: str) -> Diagnosis | None:
        row = await self._integrations.find(org_id, kind)
        if row is None or name not in self._named_by(row.value):
            return None
        return await self._look_again(where, org_id, name, from_global=False)

    async def _look_again(
        self, where: str, org_id: OrgId, name: str, *, from_global: bool
    ) -> Diagnosis | None:
        names = frozenset(await self._vault.list_names())
        lacking = await self._lacking(names, org_id, name, from_global=from_global)
        if lacking is None:
            return None
        return diagnosis(
            FindingKind.SECRET_MISSING,
            where,
            f"This names the secret {name}, which has no value for {lacking}: runs that need it fail.",
            "Nothing: only a person knows the value. Set the secret, or change what names it.",
        )

    async def _lacking(
        self, names: frozenset[str], org_id: OrgId, text: str, *, from_global: bool
    ) -> str | None:
        name = find_secret_name(text)
        if name is None:
            return "anybody"
        if vault_name(org_id, name) in names or (from_global and vault_name(GLOBAL, name) in names):
            return None
        if org_id != GLOBAL:
            return f"organization {org_id}"
        has_any = False
        async for stored in self._organizations.iter_all():
            if stored.value.is_active:
                has_any = True
                if vault_name(stored.value.id, name) not in names:
                    return f"organization {stored.value.id}, nor globally"
        return None if has_any else "anybody"

    def _named_by(self, row: IntegrationRow) -> list[str]:
        integration = self._types.get(row.type)
        if integration is None or not row.enabled:
            return []
        fields = sorted(marks_of(integration.Settings).secret)
        return [str(row.settings[field]) for field in fields if row.settings.get(field)]
