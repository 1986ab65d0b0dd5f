"""Roles: create, assign, and let them open forms."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from msp_core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from msp_core.forms.repository import FormRepository, parse_form_id
from msp_core.ids import FormId, RoleId, UserId, new_id
from msp_core.models import utc_now
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope
from msp_core.roles.models import FormGrant, Role, RoleDraft, RoleMember
from msp_core.roles.repository import RoleRepository
from msp_core.storage import Stored
from msp_core.users.models import UserType, parse_user_id
from msp_core.users.repository import UserRepository

_ROLE_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def parse_role_id(text: str) -> RoleId:
    """A role id from outside.

    Raises:
        Invalid: It is no UUID.
    """
    if _ROLE_ID.fullmatch(text) is None:
        raise Invalid.field("roleId", "must be a UUID.")
    return RoleId(text)


class RoleService:
    """Roles of client users. An admin's scope is asked for throughout."""

    def __init__(
        self, roles: RoleRepository, users: UserRepository, forms: FormRepository, stamps: Stamps
    ) -> None:
        self._roles = roles
        self._users = users
        self._forms = forms
        self._stamps = stamps

    async def list_all(self, scope: OrgScope) -> list[Role]:
        """Every role, by name."""
        return [stored.value for stored in await self.list_stored(scope)]

    async def list_stored(self, scope: OrgScope) -> list[Stored[Role]]:
        """The same with their versions."""
        scope.require_admin()
        every = await self._roles.list_all()
        return sorted(every, key=lambda one: (one.value.name.casefold(), one.value.id))

    async def list_for_user(self, user_id: UserId) -> list[Role]:
        """The roles of one person, by name; for their own profile page, or an admin's view of it."""
        ids = await self._roles.roles_of_user(user_id)
        found = await asyncio.gather(*(self._roles.find(role_id) for role_id in ids))
        return sorted((one.value for one in found if one is not None), key=lambda role: role.name.casefold())

    async def get(self, scope: OrgScope, role_id: RoleId) -> Stored[Role]:
        """One role.

        Raises:
            NotFound: There is none such.
        """
        scope.require_admin()
        stored = await self._roles.find(parse_role_id(role_id))
        if stored is None:
            raise NotFound("There is no such role.")
        return stored

    async def count(self, scope: OrgScope, role_id: RoleId) -> tuple[int, int]:
        """How many people have a role, and how many forms it opens."""
        members, forms = await asyncio.gather(
            self.list_members(scope, role_id), self.list_forms(scope, role_id)
        )
        return len(members), len(forms)

    async def names_of(
        self,
        scope: OrgScope,
        role_id: RoleId,
        *,
        user_id: UserId | None = None,
        form_id: FormId | None = None,
    ) -> dict[str, str]:
        """What a role, a person and a form are called, of those that are there: for the audit log."""
        scope.require_admin()
        role, user, form = await asyncio.gather(
            self._roles.find(role_id),
            _nothing() if user_id is None else self._users.find(user_id),
            _nothing() if form_id is None else self._forms.find_across_organizations(form_id),
        )
        found = {
            "role": None if role is None else role.value.name,
            "user": None if user is None else user.value.email,
            "form": None if form is None else form.name,
        }
        return {what: name for what, name in found.items() if name}

    async def create(
        self, scope: OrgScope, draft: RoleDraft, *, role_id: RoleId | None = None
    ) -> Stored[Role]:
        """Make a role that nobody has and that opens nothing.

        Args:
            role_id: Chosen before, so that a repetition finds the role that the first attempt made.
        """
        scope.require_admin()
        now = utc_now()
        role = Role(
            id=RoleId(new_id()) if role_id is None else parse_role_id(role_id),
            name=draft.name,
            description=draft.description,
            created_at=now,
            created_by=scope.user.id,
            updated_at=now,
        )
        try:
            return await self._roles.insert(role)
        except Conflict:
            made = await self._roles.find(role.id)
            if made is None:
                raise
            return made

    async def update(
        self, scope: OrgScope, role_id: RoleId, draft: RoleDraft, *, etag: str | None = None
    ) -> Stored[Role]:
        """Rename a role.

        Raises:
            NotFound: There is none such.
            PreconditionFailed: The role is not the one the caller saw.
        """
        stored = await self.get(scope, role_id)
        if etag is not None and etag != stored.etag:
            raise PreconditionFailed.changed(stored.etag, "this role")
        changed = {"name": draft.name, "description": draft.description, "updated_at": utc_now()}
        return await self._roles.replace(stored.value.model_copy(update=changed), etag=stored.etag)

    async def delete(self, scope: OrgScope, role_id: RoleId, *, etag: str | None = None) -> None:
        """Take a role from everybody and remove it; fine if there is none.

        The role's own row goes last, so that an interrupted deletion can be repeated.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the role first.
        """
        scope.require_admin()
        role_id = parse_role_id(role_id)
        if etag is not None:
            # Written as it is: whoever saw the same version and changes it now is told to look again.
            seen = await self.get(scope, role_id)
            await self._roles.replace(seen.value, etag=etag)
        members, grants = await asyncio.gather(
            self._roles.list_members(role_id), self._roles.list_forms(role_id)
        )
        await asyncio.gather(
            *(self._roles.remove_member(role_id, one.user_id) for one in members),
            *(self._roles.remove_form(role_id, one.form_id) for one in grants),
        )
        await self._roles.delete(role_id)
        await self._stamps.bump_roles()

    async def list_members(self, scope: OrgScope, role_id: RoleId) -> list[RoleMember]:
        """Who has a role."""
        scope.require_admin()
        return await self._roles.list_members(parse_role_id(role_id))

    async def list_forms(self, scope: OrgScope, role_id: RoleId) -> list[FormGrant]:
        """Which forms a role opens."""
        scope.require_admin()
        return await self._roles.list_forms(parse_role_id(role_id))

    async def find_member(
        self, scope: OrgScope, role_id: RoleId, user_id: UserId
    ) -> Stored[RoleMember] | None:
        """That somebody has a role, or None."""
        scope.require_admin()
        return await self._roles.find_member(parse_role_id(role_id), parse_user_id(user_id))

    async def add_member(
        self, scope: OrgScope, role_id: RoleId, user_id: UserId, *, etag: str | None = None
    ) -> Stored[RoleMember]:
        """Give a client user a role, from their next request on.

        Raises:
            NotFound: There is no such role, or no such user.
            Invalid: The user is one of the MSP's people; those get permissions.
            PreconditionFailed: `etag` is given and somebody changed the membership first.
        """
        user_id = parse_user_id(user_id)
        _, user = await asyncio.gather(self.get(scope, role_id), self._users.find(user_id))
        if user is None:
            raise NotFound("There is no such user. A user appears here after signing in once.")
        if user.value.user_type is not UserType.ORG:
            raise Invalid.field("userId", "is one of the MSP's people. They get permissions, not roles.")
        member = RoleMember(role_id=role_id, user_id=user_id, added_at=utc_now(), added_by=scope.user.id)
        stored = await self._roles.add_member(member, etag=etag)
        await self._stamps.bump_roles()
        return stored

    async def remove_member(
        self, scope: OrgScope, role_id: RoleId, user_id: UserId, *, etag: str | None = None
    ) -> None:
        """Take a role from somebody, from their next request on.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the membership first.
        """
        scope.require_admin()
        await self._roles.remove_member(parse_role_id(role_id), parse_user_id(user_id), etag=etag)
        await self._stamps.bump_roles()

    async def find_form(self, scope: OrgScope, role_id: RoleId, form_id: FormId) -> Stored[FormGrant] | None:
        """That a role opens a form, or None."""
        scope.require_admin()
        return await self._roles.find_form(parse_role_id(role_id), parse_form_id(form_id))

    async def grant_form(
        self, scope: OrgScope, role_id: RoleId, form_id: FormId, *, etag: str | None = None
    ) -> Stored[FormGrant]:
        """Let a role open a form, for people of the form's organization (all, if it is global).

        Raises:
            NotFound: There is no such role, or no such form.
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        form_id = parse_form_id(form_id)
        _, form = await asyncio.gather(
            self.get(scope, role_id), self._forms.find_across_organizations(form_id)
        )
        if form is None:
            raise NotFound("There is no such form.")
        grant = FormGrant(
            role_id=role_id,
            form_id=form_id,
            org_id=form.org_id,
            added_at=utc_now(),
            added_by=scope.user.id,
        )
        stored = await self._roles.add_form(grant, etag=etag)
        await self._stamps.bump_roles()
        return stored

    async def revoke_form(
        self, scope: OrgScope, role_id: RoleId, form_id: FormId, *, etag: str | None = None
    ) -> None:
        """Close a form to a role, from the next request on.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        scope.require_admin()
        await self._roles.remove_form(parse_role_id(role_id), parse_form_id(form_id), etag=etag)
        await self._stamps.bump_roles()


async def _nothing() -> None:
    return None
