"""Where a secret is named: secret-reference values and integration settings."""

from __future__ import annotations

import asyncio

from msp_automation.integrations.registry import BUILT_IN
from msp_core.config.models import ConfigItem
from msp_core.config.repository import ConfigRepository
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.effective import IntegrationTypes, connects_itself, marks_of
from msp_core.integrations.models import IntegrationRow
from msp_core.integrations.repository import IntegrationRepository
from msp_core.secrets.models import ReferenceKind, SecretReference
from msp_core.secrets.names import find_secret_name


class SecretReferences:
    """Finds what would break if a secret went away."""

    def __init__(
        self,
        config: ConfigRepository,
        integrations: IntegrationRepository,
        types: IntegrationTypes = BUILT_IN,
    ) -> None:
        self._config = config
        self._integrations = integrations
        self._types = types

    async def list_for(self, org_id: OrgId, name: str) -> list[SecretReference]:
        """Everything that may resolve to this organization's secret; for GLOBAL, in all organizations."""
        if org_id == GLOBAL:
            return await self._list_across_organizations(name)
        config, shared_config, rows, shared_rows = await asyncio.gather(
            self._config.list_secret_references(org_id),
            self._config.list_secret_references(GLOBAL),
            self._integrations.list_all(org_id),
            self._integrations.list_all(GLOBAL),
        )
        items = [(org_id, one) for one in config] + [(GLOBAL, one) for one in shared_config]
        settings = [(org_id, one) for one in rows] + [(GLOBAL, one) for one in shared_rows]
        return self._matching(name, items, settings)

    async def _list_across_organizations(self, name: str) -> list[SecretReference]:
        items = [pair async for pair in self._config.iter_secret_references_across_organizations()]
        rows = [pair async for pair in self._integrations.iter_across_organizations()]
        # An organization that connects by itself never reaches the global secret.
        rows = [(at, row) for at, row in rows if at == GLOBAL or not self._connects_itself(row)]
        return self._matching(name, items, rows)

    def _matching(
        self,
        name: str,
        items: list[tuple[OrgId, ConfigItem]],
        rows: list[tuple[OrgId, IntegrationRow]],
    ) -> list[SecretReference]:
        found = [
            SecretReference(kind=ReferenceKind.CONFIG, org_id=at, key=item.key)
            for at, item in items
            if find_secret_name(item.value) == name
        ]
        return found + [
            SecretReference(kind=ReferenceKind.INTEGRATION, org_id=at, key=row.type)
            for at, row in rows
            if name in self._names_in(row)
        ]

    def _names_in(self, row: IntegrationRow) -> set[str | None]:
        integration = self._types.get(row.type)
        if integration is None:
            return set()
        fields = marks_of(integration.Settings).secret
        return {find_secret_name(str(row.settings[field])) for field in fields if row.settings.get(field)}

    def _connects_itself(self, row: IntegrationRow) -> bool:
        integration = self._types.get(row.type)
        return integration is not None and connects_itself(integration.Settings, row)
