"""Wires the services together; nothing connects before its first use."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final

import httpx

from management_api.health import HealthCheck
from management_api.profiles import Profiles
from management_api.settings import Settings
from management_api.tenant_links import TenantLinks
from msp_automation.integrations.registry import BUILT_IN
from msp_core.audit.repository import AuditRepository
from msp_core.audit.service import AuditService
from msp_core.catalog.repository import CatalogRepository
from msp_core.config.repository import ConfigRepository
from msp_core.config.service import ConfigService
from msp_core.executions.latest import LatestExecutions
from msp_core.executions.listing import ExecutionLister
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.service import ExecutionService
from msp_core.executions.values import ExecutionValueStore
from msp_core.forms.repository import FormRepository
from msp_core.forms.service import FormService
from msp_core.gdap.service import GdapService
from msp_core.idempotency.service import AnswerKeys
from msp_core.identity.tokens import TokenValidator
from msp_core.integrations.repository import IntegrationRepository
from msp_core.integrations.service import IntegrationService
from msp_core.metrics.service import MetricsService
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.service import OrganizationService
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.access import AccessReader
from msp_core.permissions.history import HistoryReach
from msp_core.permissions.repository import PermissionRepository
from msp_core.permissions.scopes import ScopeResolver
from msp_core.permissions.service import PermissionService
from msp_core.roles.access import RoleAccess
from msp_core.roles.repository import RoleRepository
from msp_core.roles.service import RoleService
from msp_core.schedules.service import ScheduleService
from msp_core.secrets.references import SecretReferences
from msp_core.secrets.repository import SecretRepository
from msp_core.secrets.service import SecretService
from msp_core.storage import Storage
from msp_core.users.repository import UserRepository
from msp_core.users.service import MspSettings, UserService
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import WebhookService
from msp_http.logging import configure_logging
from msp_http.options import HttpOptions

_KEY_SET_TIMEOUT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes call."""

    storage: Storage
    http: httpx.AsyncClient
    tokens: TokenValidator
    scopes: ScopeResolver
    users: UserService
    permissions: PermissionService
    organizations: OrganizationService
    config: ConfigService
    secrets: SecretService
    integrations: IntegrationService
    roles: RoleService
    forms: FormService
    webhooks: WebhookService
    schedules: ScheduleService
    executions: ExecutionService
    execution_lists: ExecutionLister
    latest_executions: LatestExecutions
    history_reach: HistoryReach
    logs: ExecutionLogStore
    values: ExecutionValueStore
    audit: AuditService
    gdap: GdapService
    tenant_links: TenantLinks
    profiles: Profiles
    health: HealthCheck
    metrics: MetricsService
    answer_keys: AnswerKeys


class Container:
    """The app's settings and services, made when they are first asked for.

    Args:
        settings: None reads them from the environment.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._services: Services | None = None
        self._has_started = False
        # Under Azure Functions the first requests may arrive together, before any lifespan.
        self._lock = Lock()

    @property
    def settings(self) -> Settings:
        """The settings, from the environment unless they were given."""
        if self._settings is None:
            self._settings = Settings()
        return self._settings

    @property
    def http(self) -> HttpOptions:
        """How this app answers HTTP."""
        return self.settings.http_options()

    @property
    def services(self) -> Services:
        """The services; building them connects to nothing."""
        with self._lock:
            if self._services is None:
                self._services = build_services(self.settings)
            return self._services

    @property
    def token_validator(self) -> TokenValidator:
        """Checks bearer tokens."""
        return self.services.tokens

    @property
    def scope_resolver(self) -> ScopeResolver:
        """Decides who may do what in which organization."""
        return self.services.scopes

    async def start(self) -> None:
        """Build the services before the first request; safe to call more than once."""
        if not self._has_started:
            configure_logging(self.settings.log_level, keeps_handlers=self.settings.is_hosted)
            self._has_started = self.services is not None

    async def close(self) -> None:
        """Close every connection."""
        services, self._services, self._has_started = self._services, None, False
        if services is not None:
            await services.http.aclose()
            await services.storage.close()


def build_services(settings: Settings) -> Services:
    """Constructors only, innermost first."""
    # The environment's proxies are not for the key set: it is an address of the deployment's own.
    http = httpx.AsyncClient(timeout=_KEY_SET_TIMEOUT_SECONDS, trust_env=False)
    storage = Storage(settings.storage_settings())
    stamps = Stamps(storage)
    organization_rows = OrganizationRepository(storage)
    user_rows = UserRepository(storage)
    grants = PermissionRepository(storage)
    config_rows = ConfigRepository(storage)
    integration_rows = IntegrationRepository(storage)
    form_rows = FormRepository(storage)
    role_rows = RoleRepository(storage)
    snapshots = OrganizationSnapshots(stamps, organization_rows, config_rows, integration_rows, BUILT_IN)
    msp = MspSettings(settings.tenant_id, frozenset(settings.admin_object_ids))
    users = UserService(user_rows, organization_rows, msp, stamps)
    organizations = OrganizationService(organization_rows, grants, stamps)
    permissions = PermissionService(grants, user_rows, organization_rows, stamps)
    references = SecretReferences(config_rows, integration_rows, BUILT_IN)
    secrets = SecretService(storage.vault, SecretRepository(storage), references, stamps)
    integrations = IntegrationService(
        integration_rows, secrets, stamps, endpoints=settings.integration_endpoints(), types=BUILT_IN
    )
    gdap = GdapService(organizations, integrations, msp_tenant_id=settings.tenant_id)
    roles = RoleService(role_rows, user_rows, form_rows, stamps)
    executions, catalog = ExecutionService(storage), CatalogRepository(storage)
    lister = ExecutionLister(executions.repository, kept=settings.retention_periods().executions)
    reach = HistoryReach(organizations, permissions)
    return Services(
        storage=storage,
        http=http,
        tokens=TokenValidator(settings.token_settings(), http=http),
        scopes=ScopeResolver(users, AccessReader(user_rows, grants), snapshots, stamps),
        users=users,
        permissions=permissions,
        organizations=organizations,
        config=ConfigService(config_rows, snapshots),
        secrets=secrets,
        integrations=integrations,
        roles=roles,
        forms=FormService(
            form_rows,
            RoleAccess(role_rows),
            catalog,
            stamps,
            max_upload_bytes=settings.max_upload_bytes,
        ),
        webhooks=WebhookService(WebhookRepository(storage), storage.vault, catalog),
        schedules=ScheduleService(storage, catalog, organization_rows),
        executions=executions,
        execution_lists=lister,
        latest_executions=LatestExecutions(executions.repository),
        history_reach=reach,
        logs=ExecutionLogStore(storage),
        values=ExecutionValueStore(storage),
        audit=AuditService(AuditRepository(storage)),
        gdap=gdap,
        tenant_links=TenantLinks(organizations, integrations, gdap),
        profiles=Profiles(organizations, roles),
        health=HealthCheck(storage),
        metrics=MetricsService(lister, reach),
        answer_keys=AnswerKeys(storage),
    )
