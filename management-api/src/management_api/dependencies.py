"""What a route's parameter types say: which service it calls, and whom it lets in beyond the usual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request

from management_api.container import Container, Services
from management_api.health import HealthCheck
from management_api.profiles import Profiles
from management_api.tenant_links import TenantLinks
from msp_core.audit.service import AuditService
from msp_core.config.service import ConfigService
from msp_core.executions.latest import LatestExecutions
from msp_core.executions.listing import ExecutionLister
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.service import ExecutionService
from msp_core.executions.values import ExecutionValueStore
from msp_core.forms.service import FormService
from msp_core.gdap.service import GdapService
from msp_core.idempotency.service import AnswerKeys
from msp_core.ids import OrgId
from msp_core.integrations.service import IntegrationService
from msp_core.metrics.service import MetricsService
from msp_core.organizations.models import Organization
from msp_core.organizations.service import OrganizationService
from msp_core.permissions.history import HistoryReach
from msp_core.permissions.service import PermissionService
from msp_core.roles.service import RoleService
from msp_core.schedules.service import ScheduleService
from msp_core.secrets.service import SecretService
from msp_core.storage import Stored
from msp_core.users.service import UserService
from msp_core.webhooks.service import WebhookService
from msp_http.authentication import OrganizationInPath, SignedIn

T = TypeVar("T")


def services_of(request: Request) -> Services:
    """The app's services; they are made by the first request that asks."""
    return cast(Container, request.app.state.container).services


def _service(pick: Callable[[Services], T]) -> Any:
    """A dependency that hands a route one service."""

    async def provide(request: Request) -> T:
        return pick(services_of(request))

    return Depends(provide)


AnswerKeyStore = Annotated[AnswerKeys, _service(lambda services: services.answer_keys)]
AuditLog = Annotated[AuditService, _service(lambda services: services.audit)]
Config = Annotated[ConfigService, _service(lambda services: services.config)]
ExecutionLists = Annotated[ExecutionLister, _service(lambda services: services.execution_lists)]
Executions = Annotated[ExecutionService, _service(lambda services: services.executions)]
Forms = Annotated[FormService, _service(lambda services: services.forms)]
Gdap = Annotated[GdapService, _service(lambda services: services.gdap)]
Health = Annotated[HealthCheck, _service(lambda services: services.health)]
Integrations = Annotated[IntegrationService, _service(lambda services: services.integrations)]
Latest = Annotated[LatestExecutions, _service(lambda services: services.latest_executions)]
Links = Annotated[TenantLinks, _service(lambda services: services.tenant_links)]
MetricsReader = Annotated[MetricsService, _service(lambda services: services.metrics)]
Logs = Annotated[ExecutionLogStore, _service(lambda services: services.logs)]
Values = Annotated[ExecutionValueStore, _service(lambda services: services.values)]
MyProfile = Annotated[Profiles, _service(lambda services: services.profiles)]
Organizations = Annotated[OrganizationService, _service(lambda services: services.organizations)]
Permissions = Annotated[PermissionService, _service(lambda services: services.permissions)]
Reach = Annotated[HistoryReach, _service(lambda services: services.history_reach)]
Roles = Annotated[RoleService, _service(lambda services: services.roles)]
Schedules = Annotated[ScheduleService, _service(lambda services: services.schedules)]
Secrets = Annotated[SecretService, _service(lambda services: services.secrets)]
Users = Annotated[UserService, _service(lambda services: services.users)]
Webhooks = Annotated[WebhookService, _service(lambda services: services.webhooks)]


async def find_visible_organization(
    request: Request, principal: SignedIn, organization: OrganizationInPath
) -> Stored[Organization]:
    """An organization that the caller belongs to or may work for; for an admin, any, inactive ones too."""
    services = services_of(request)
    user = await services.scopes.resolve_user(principal)
    if user.is_msp_admin:
        scope = await services.scopes.resolve_admin(principal)
        return await services.organizations.get_any(scope, OrgId(organization))
    return await services.organizations.get(await services.scopes.resolve_member(principal, organization))


VisibleOrganization = Annotated[Stored[Organization], Depends(find_visible_organization)]
