"""Sign-in and the records of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from msp_core.identity.models import Principal
from msp_core.ids import OrgId, UserId
from msp_core.models import utc_now
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope
from msp_core.storage import Page, Stored
from msp_core.users.errors import AccountDisabled, NoAccess
from msp_core.users.models import User, UserType, UserUpdate
from msp_core.users.repository import UserRepository

ADMIN_APP_ROLE: Final = "Platform.Admin"
_RECORD_LOGIN_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MspSettings:
    """Who the MSP is.

    Args:
        tenant_id: The MSP's own Entra ID tenant.
        admin_object_ids: People of that tenant who are admins whatever their token or record says.
    """

    tenant_id: str
    admin_object_ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tenant_id", self.tenant_id.lower())
        object.__setattr__(self, "admin_object_ids", frozenset(one.lower() for one in self.admin_object_ids))


class UserService:
    """Knows everybody who ever signed in."""

    def __init__(
        self,
        users: UserRepository,
        organizations: OrganizationRepository,
        settings: MspSettings,
        stamps: Stamps,
    ) -> None:
        self._stamps = stamps
        self._users = users
        self._organizations = organizations
        self._settings = settings

    async def find(self, user_id: UserId) -> User | None:
        """The record as stored, without any check; None before the first sign-in."""
        stored = await self._users.find(user_id)
        return None if stored is None else stored.value

    async def sign_in(self, principal: Principal) -> User:
        """Find or make the person's record, and note the sign-in.

        Somebody of the MSP's own tenant becomes MSP; somebody of a tenant that an active organization is
        linked to becomes ORG, of that organization. A client user whose tenant was linked to another
        organization since moves there with it.

        Returns:
            The record, with the effective admin right.

        Raises:
            NoAccess: A tenant that nobody linked.
            AccountDisabled: An admin disabled this person.
        """
        stored = await self._users.find(principal.user_id) or await self._create(principal)
        user = self.admit(stored.value, principal)
        home = await self._home_of(user, principal)
        await self._record_login(stored, principal, home)
        return user.model_copy(update={"org_id": home})

    def admit(self, user: User, principal: Principal) -> User:
        """The record with the effective admin right of this request, if the person may come in at all.

        Raises:
            AccountDisabled: An admin disabled this person.
            NoAccess: The record is of the other kind than the token's tenant says, so one of them is out
                of date; nothing is granted on a guess.
        """
        if not user.is_active:
            raise AccountDisabled
        if (user.user_type is UserType.MSP) != self._is_msp(principal) or user.id != principal.user_id:
            raise NoAccess
        return user.model_copy(update={"is_msp_admin": self._is_admin(user, principal)})

    async def list_page(
        self, scope: OrgScope, *, limit: int = 50, after: str | None = None, user_type: UserType | None = None
    ) -> Page[User]:
        """Some of the people, by id, with the admin flag as stored."""
        scope.require_admin()
        return await self._users.list_page(limit=limit, after=after, user_type=user_type)

    async def get(self, scope: OrgScope, user_id: UserId) -> Stored[User]:
        """One person's record as stored.

        Raises:
            NotFound: They have never signed in.
        """
        scope.require_admin()
        stored = await self._users.find(user_id)
        if stored is None:
            raise NotFound("There is no such user. A user appears here after signing in once.")
        return stored

    async def update(
        self, scope: OrgScope, user_id: UserId, change: UserUpdate, *, etag: str | None = None
    ) -> Stored[User]:
        """Enable, disable, or make an admin; it counts from the person's next request on.

        Raises:
            Conflict: Admins cannot take away their own access.
            Invalid: A client user cannot be an MSP admin.
            PreconditionFailed: The record is not the one the caller saw.
        """
        stored = await self.get(scope, user_id)
        if etag is not None and etag != stored.etag:
            raise PreconditionFailed.changed(stored.etag, "this user")
        if user_id == scope.user.id and (change.is_active is False or change.is_msp_admin is False):
            raise Conflict("You cannot take away your own access. Ask another admin.")
        if change.is_msp_admin and stored.value.user_type is not UserType.MSP:
            raise Invalid.field("isMspAdmin", "Only people of the MSP's own tenant can be admins.")
        user = stored.value.model_copy(update=change.model_dump(exclude_none=True, by_alias=False))
        changed = await self._users.replace(user, etag=stored.etag)
        await self._stamps.bump(user_id)
        return changed

    def _is_msp(self, principal: Principal) -> bool:
        return principal.tenant_id == self._settings.tenant_id

    def _is_admin(self, user: User, principal: Principal) -> bool:
        return self._is_msp(principal) and (
            ADMIN_APP_ROLE in principal.app_roles
            or principal.object_id in self._settings.admin_object_ids
            or user.is_msp_admin
        )

    async def _create(self, principal: Principal) -> Stored[User]:
        now = utc_now()
        user = User(
            id=principal.user_id,
            email=principal.email,
            display_name=principal.name,
            user_type=UserType.MSP if self._is_msp(principal) else UserType.ORG,
            org_id=None if self._is_msp(principal) else await self._linked_organization(principal),
            created_at=now,
            last_login=now,
        )
        try:
            return await self._users.insert(user)
        except Conflict:
            # The same person signed in twice at once; the first record stands.
            return await self._users.get(user.id)

    async def _linked_organization(self, principal: Principal) -> OrgId:
        organization = await self._organizations.find_by_tenant(principal.tenant_id)
        if organization is None:
            raise NoAccess
        return organization.id

    async def _home_of(self, user: User, principal: Principal) -> OrgId | None:
        if user.user_type is UserType.MSP:
            return None
        stored = None if user.org_id is None else await self._organizations.find(user.org_id)
        if stored is not None and stored.value.is_home_of(principal.tenant_id):
            return stored.value.id
        return await self._linked_organization(principal)

    async def _record_login(self, stored: Stored[User], principal: Principal, home: OrgId | None) -> None:
        user, now = stored.value, utc_now()
        if user.org_id == home and user.has_logged_in_since(now - _RECORD_LOGIN_EVERY):
            return
        seen = {
            "last_login": now,
            "org_id": home,
            "email": principal.email or user.email,
            "display_name": principal.name or user.display_name,
        }
        try:
            await self._users.replace(user.model_copy(update=seen), etag=stored.etag)
        except PreconditionFailed:
            # Somebody wrote the record meanwhile, perhaps to disable it: their write stands.
            return
        if user.org_id != home:
            await self._stamps.bump(user.id)
