"""Integrations: set up, list with what is inherited, remove, and try out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from msp_automation.capabilities import OrganizationInfo
from msp_automation.integrations import registry
from msp_automation.integrations.base import Integration
from msp_automation.settings import where_to_set
from msp_core.config.models import Origin
from msp_core.errors import Conflict, Forbidden, NotFound
from msp_core.ids import GLOBAL
from msp_core.integrations.effective import (
    IntegrationTypes,
    effective_integration,
)
from msp_core.integrations.errors import UnknownIntegration
from msp_core.integrations.models import (
    EffectiveIntegration,
    IntegrationConfig,
    IntegrationRow,
    IntegrationSet,
    IntegrationTest,
    IntegrationType,
)
from msp_core.integrations.repository import IntegrationRepository
from msp_core.integrations.settings import camel_keys, camel_schema, checked_settings, snake_keys
from msp_core.models import utc_now
from msp_core.organizations.models import Organization
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope, Permission
from msp_core.secrets.service import SecretService
from msp_core.storage import Stored

Endpoints = Mapping[str, Mapping[str, str]]
"""By integration type: where the deployment says it is."""


class IntegrationService:
    """The MSP's integrations, and what each organization sets for itself.

    Every method works on the scope's organization; with the admin's platform-wide scope that is GLOBAL.
    Settings are camelCase in what comes and goes, as everything in the API, and as the SDK's models name
    them where they are stored.
    """

    def __init__(
        self,
        integrations: IntegrationRepository,
        secrets: SecretService,
        stamps: Stamps,
        *,
        endpoints: Endpoints,
        types: IntegrationTypes = registry.BUILT_IN,
    ) -> None:
        self._integrations = integrations
        self._secrets = secrets
        self._stamps = stamps
        self._endpoints = endpoints
        self._types = types

    def list_types(self) -> list[IntegrationType]:
        """What can be set up, with a JSON Schema of the settings of each."""
        return [
            IntegrationType(type=kind, label=integration.label, settings_schema=camel_schema(integration))
            for kind, integration in sorted(self._types.items())
        ]

    async def list_entries(self, scope: OrgScope) -> list[IntegrationConfig]:
        """Every integration that is set up here or inherited, by type."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        own, shared, tests = await asyncio.gather(
            self._integrations.list_stored(scope.org_id),
            self._shared_rows(scope),
            self._integrations.list_tests(scope.org_id),
        )
        mine, below = {row.value.type: row for row in own}, {row.type: row for row in shared}
        kinds = sorted(kind for kind in mine.keys() | below.keys() if kind in self._types)
        return list(
            await asyncio.gather(
                *(self._entry(scope, mine.get(one), below.get(one), tests.get(one)) for one in kinds)
            )
        )

    async def get_entry(self, scope: OrgScope, kind: str) -> IntegrationConfig:
        """One integration as `list_entries` has it.

        Raises:
            NotFound: It is not set up, neither here nor globally.
        """
        self._type(kind)
        for entry in await self.list_entries(scope):
            if entry.type == kind:
                return entry
        raise NotFound(f"The integration {kind} is not set up.")

    async def find(self, scope: OrgScope, kind: str) -> Stored[IntegrationRow] | None:
        """The scope's own row, or None; nothing is inherited."""
        scope.require(Permission.CAN_MANAGE_CONFIG)
        self._type(kind)
        return await self._integrations.find(scope.org_id, kind)

    async def set(
        self, scope: OrgScope, kind: str, given: IntegrationSet, *, etag: str | None = None
    ) -> Stored[IntegrationRow]:
        """Set an integration up, or change it; `given` replaces the row as a whole.

        Raises:
            UnknownIntegration: There is no such type.
            Invalid: A setting is unknown, wrong, missing, or the deployment's to set; one message each.
            Forbidden: A setting that says whose data a shared sign-in works on, by somebody who is no admin.
            PreconditionFailed: `etag` is given and somebody changed the row first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        integration = self._type(kind)
        row = IntegrationRow(
            type=kind,
            enabled=given.enabled,
            settings=snake_keys(given.settings),
            updated_at=utc_now(),
            updated_by=scope.user.id,
        )
        shared = None if scope.org_id == GLOBAL else await self._integrations.find(GLOBAL, kind)
        good = checked_settings(
            integration, row, None if shared is None else shared.value, is_shared=scope.org_id == GLOBAL
        )
        if not scope.is_admin:
            await self._check_admins_settings(scope, integration, kind, good)
        stored = await self._integrations.write(
            scope.org_id, row.model_copy(update={"settings": good}), etag=etag
        )
        await self._stamps.bump(scope.org_id)
        return stored

    async def _check_admins_settings(
        self, scope: OrgScope, integration: type[Integration], kind: str, given: Mapping[str, Any]
    ) -> None:
        # The MSP's one sign-in at HaloPSA serves all clients: another's number would open their tickets.
        stored = await self._integrations.find(scope.org_id, kind)
        before = {} if stored is None else stored.value.settings
        changed = [
            to_camel(name)
            for name in sorted(integration.Settings.admin_only_fields())
            if given.get(name) not in (None, before.get(name))
        ]
        if changed:
            raise Forbidden(f"Only an MSP admin may set {', '.join(changed)}.")

    async def delete(self, scope: OrgScope, kind: str, *, etag: str | None = None) -> None:
        """Remove the scope's own settings; inherited ones show through again.

        Raises:
            UnknownIntegration: There is no such type.
            PreconditionFailed: `etag` is given and somebody changed the row first.
        """
        scope.require(Permission.CAN_MANAGE_CONFIG)
        self._type(kind)
        await self._integrations.delete(scope.org_id, kind, etag=etag)
        await self._stamps.bump(scope.org_id)

    async def test(self, scope: OrgScope, kind: str) -> IntegrationTest:
        """Sign in and make one real call with the settings a run would get; the result is kept.

        A refusal by the other side is a result (`ok` is false), not an error.

        Raises:
            UnknownIntegration: There is no such type.
            NotFound: It is not set up, neither here nor globally.
        """
        effective = await self._effective(scope, kind)
        result = await self._try_out(scope, effective)
        await self._integrations.write_test(scope.org_id, kind, result)
        return result

    async def connect_shared(self, scope: OrgScope, kind: str, org: OrganizationInfo) -> Integration:
        """A client with the MSP's own settings, signed in at a tenant of the MSP's choice.

        Args:
            org: Names the tenant, such as the MSP's own.

        Raises:
            Forbidden: The caller is no admin.
            UnknownIntegration: There is no such type.
            Conflict: It is not set up globally, switched off, or not complete.
        """
        scope.require_admin()
        row = await self._integrations.find(GLOBAL, kind)
        effective = (
            effective_integration(self._type(kind), GLOBAL, None, row.value) if row is not None else None
        )
        if effective is None or not effective.enabled:
            raise Conflict(
                f"The integration {kind} is not set up for all organizations. "
                f"Set it up under {where_to_set(None, 'Integrations')}."
            )
        if effective.problems:
            raise Conflict(_told(effective.problems))
        get_secret, store_secret = self._secrets.for_integration(effective)
        return registry.connect(
            kind,
            org=org,
            settings={**effective.settings, **self._endpoints.get(kind, {})},
            get_secret=get_secret,
            store_secret=store_secret,
        )

    async def _try_out(self, scope: OrgScope, effective: EffectiveIntegration) -> IntegrationTest:
        now, by = utc_now(), scope.user.id
        if effective.problems:
            return IntegrationTest(ok=False, message=_told(effective.problems), tested_at=now, tested_by=by)
        get_secret, store_secret = self._secrets.for_integration(effective)
        organization = scope.organization
        found = await registry.test_integration(
            effective.type,
            org=None if organization is None else _info(organization),
            settings={**effective.settings, **self._endpoints.get(effective.type, {})},
            get_secret=get_secret,
            store_secret=store_secret,
        )
        return IntegrationTest(
            ok=found.ok, message=found.message, details=dict(found.details), tested_at=now, tested_by=by
        )

    async def _effective(self, scope: OrgScope, kind: str) -> EffectiveIntegration:
        scope.require(Permission.CAN_MANAGE_CONFIG)
        integration = self._type(kind)
        is_global = scope.org_id == GLOBAL
        shared = await self._integrations.find(GLOBAL, kind)
        own = None if is_global else await self._integrations.find(scope.org_id, kind)
        if own is None and shared is None:
            raise NotFound(f"The integration {kind} is not set up.")
        return effective_integration(
            integration,
            scope.org_id,
            None if own is None else own.value,
            None if shared is None else shared.value,
        )

    async def _entry(
        self,
        scope: OrgScope,
        stored: Stored[IntegrationRow] | None,
        shared: IntegrationRow | None,
        last_test: IntegrationTest | None,
    ) -> IntegrationConfig:
        own = None if stored is None else stored.value
        row = own or shared
        assert row is not None
        integration = self._types[row.type]
        is_global = scope.org_id == GLOBAL
        effective = effective_integration(
            integration, scope.org_id, None if is_global else own, shared or own
        )
        return IntegrationConfig(
            type=row.type,
            label=integration.label,
            enabled=effective.enabled,
            own_enabled=None if own is None else own.enabled,
            settings={} if own is None else camel_keys(own.settings),
            effective_settings=camel_keys(effective.settings),
            shared_settings=None if shared is None else camel_keys(shared.settings),
            scope=Origin.GLOBAL if is_global or own is None else Origin.ORG,
            inherited=own is None,
            last_test=last_test,
            missing_secrets=await self._missing(effective),
            problems=camel_keys(effective.problems),
            updated_at=row.updated_at,
            updated_by=row.updated_by,
            etag=None if stored is None else stored.etag,
        )

    async def _missing(self, effective: EffectiveIntegration) -> tuple[str, ...]:
        names = sorted(effective.secret_names)
        values = await asyncio.gather(
            *(self._secrets.resolve_for_integration(effective, name) for name in names)
        )
        return tuple(name for name, value in zip(names, values, strict=True) if value is None)

    async def _shared_rows(self, scope: OrgScope) -> list[IntegrationRow]:
        return [] if scope.org_id == GLOBAL else await self._integrations.list_all(GLOBAL)

    def _type(self, kind: str) -> type[Integration]:
        if kind not in self._types:
            raise UnknownIntegration(kind, sorted(self._types))
        return self._types[kind]


def _told(problems: Mapping[str, str]) -> str:
    return " ".join(f"{to_camel(name)}: {text}" for name, text in problems.items())


def _info(organization: Organization) -> OrganizationInfo:
    return OrganizationInfo(id=organization.id, name=organization.name, tenant_id=organization.tenant_id)
