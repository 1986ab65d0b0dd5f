"""For tests: a whole platform of core services over one storage, and the people to use it."""

from __future__ import annotations

from uuid import uuid4

from msp_automation.metadata import Catalog
from msp_core.audit.repository import AuditRepository
from msp_core.audit.service import AuditService
from msp_core.config.repository import ConfigRepository
from msp_core.config.service import ConfigService
from msp_core.forms.repository import FormRepository
from msp_core.forms.service import FormService
from msp_core.identity.models import Principal
from msp_core.ids import OrgId
from msp_core.integrations.repository import IntegrationRepository
from msp_core.integrations.service import Endpoints, IntegrationService
from msp_core.organizations.models import Organization, OrganizationCreate
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.service import OrganizationService
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.access import AccessReader
from msp_core.permissions.models import OrgScope, Permission, PermissionFlags
from msp_core.permissions.repository import PermissionRepository
from msp_core.permissions.scopes import ScopeResolver
from msp_core.permissions.service import PermissionService
from msp_core.roles.access import RoleAccess
from msp_core.roles.repository import RoleRepository
from msp_core.roles.service import RoleService
from msp_core.secrets.references import SecretReferences
from msp_core.secrets.repository import SecretRepository
from msp_core.secrets.service import SecretService
from msp_core.storage import Storage
from msp_core.users.repository import UserRepository
from msp_core.users.service import ADMIN_APP_ROLE, MspSettings, UserService

MSP_TENANT_ID = "10000000-0000-4000-8000-000000000001"
LISTED_ADMIN_ID = "b0000000-0000-4000-8000-00000000000a"


class ManualClock:
    """A clock in seconds that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time it was set to."""
        return self.now


class FixedCatalog:
    """What the engine is said to have published."""

    def __init__(self) -> None:
        self.catalog = Catalog()

    async def get(self) -> Catalog:
        """The catalog it was given."""
        return self.catalog


class Platform:
    """Core services wired as an app's container wires them, under a clock that stands still."""

    def __init__(self, storage: Storage, *, endpoints: Endpoints | None = None) -> None:
        self.storage = storage
        self.clock = ManualClock()
        self.catalog = FixedCatalog()
        self.stamps = Stamps(storage)
        self.user_rows = UserRepository(storage)
        self.organization_rows = OrganizationRepository(storage)
        self.grant_rows = PermissionRepository(storage)
        self.config_rows = ConfigRepository(storage)
        self.integration_rows = IntegrationRepository(storage)
        self.role_rows = RoleRepository(storage)
        self.form_rows = FormRepository(storage)
        self.users = UserService(
            self.user_rows,
            self.organization_rows,
            MspSettings(MSP_TENANT_ID, frozenset({LISTED_ADMIN_ID})),
            self.stamps,
        )
        self.snapshots = OrganizationSnapshots(
            self.stamps, self.organization_rows, self.config_rows, self.integration_rows, clock=self.clock
        )
        self.access = AccessReader(self.user_rows, self.grant_rows, clock=self.clock)
        self.scopes = ScopeResolver(self.users, self.access, self.snapshots, self.stamps)
        self.organizations = OrganizationService(
            self.organization_rows, self.grant_rows, self.stamps, clock=self.clock
        )
        self.permissions = PermissionService(
            self.grant_rows, self.user_rows, self.organization_rows, self.stamps
        )
        self.config = ConfigService(self.config_rows, self.snapshots)
        self.secrets = SecretService(
            storage.vault,
            SecretRepository(storage),
            SecretReferences(self.config_rows, self.integration_rows),
            self.stamps,
            clock=self.clock,
        )
        self.integrations = IntegrationService(
            self.integration_rows, self.secrets, self.stamps, endpoints=endpoints or {}
        )
        self.roles = RoleService(self.role_rows, self.user_rows, self.form_rows, self.stamps)
        self.forms = FormService(
            self.form_rows, RoleAccess(self.role_rows), self.catalog, self.stamps, clock=self.clock
        )
        self.audit = AuditService(AuditRepository(storage))

    def person(self, tenant_id: str = MSP_TENANT_ID, *, is_admin: bool = False) -> Principal:
        """Somebody who has not signed in yet."""
        return Principal(
            tenant_id=tenant_id,
            object_id=str(uuid4()),
            email="somebody@example.com",
            name="Somebody",
            app_roles=(ADMIN_APP_ROLE,) if is_admin else (),
        )

    async def admin_scope(self) -> OrgScope:
        """A fresh admin's platform-wide scope."""
        return await self.scopes.resolve_admin(self.person(is_admin=True))

    async def organization(self, name: str = "Contoso", tenant_id: str | None = None) -> Organization:
        """A new organization."""
        draft = OrganizationCreate(name=name, tenant_id=tenant_id)
        return (await self.organizations.create(await self.admin_scope(), draft)).value

    async def technician(self, org_id: OrgId | None = None, *permissions: Permission) -> Principal:
        """One of the MSP's people, signed in, with these permissions in one organization."""
        principal = self.person()
        await self.users.sign_in(principal)
        if org_id is not None:
            flags = PermissionFlags.model_validate({permission.value: True for permission in permissions})
            await self.permissions.grant(await self.admin_scope(), principal.user_id, org_id, flags)
        return principal

    async def scope(self, org_id: OrgId, *permissions: Permission) -> OrgScope:
        """A fresh technician's scope in an organization."""
        return await self.scopes.resolve(await self.technician(org_id, *permissions), org_id)

    async def admin_in(self, org_id: OrgId) -> OrgScope:
        """A fresh admin's scope in an organization."""
        return await self.scopes.resolve(self.person(is_admin=True), org_id)

    async def client_user(self, organization: Organization) -> Principal:
        """One of an organization's own people, signed in."""
        assert organization.tenant_id is not None
        principal = self.person(organization.tenant_id)
        await self.users.sign_in(principal)
        return principal

    async def member(self, organization: Organization) -> OrgScope:
        """A fresh client user's scope in their organization."""
        return await self.scopes.resolve_member(await self.client_user(organization), organization.id)

    async def again(self, scope: OrgScope) -> OrgScope:
        """The scope of the same person's next request: a scope is good for one."""
        tenant_id, _, object_id = scope.user.id.partition(".")
        principal = Principal(
            tenant_id=tenant_id,
            object_id=object_id,
            email=scope.user.email,
            name=scope.user.display_name,
            app_roles=(ADMIN_APP_ROLE,) if scope.is_admin else (),
        )
        return await self.scopes.resolve_member(principal, scope.org_id)
