"""Role rows and their two dual indexes.

UserRoles and FormRoles are what counts; RoleUsers and RoleForms are their mirrors.
"""

from __future__ import annotations

from msp_core.ids import FormId, RoleId, UserId
from msp_core.roles.models import FormGrant, Role, RoleMember
from msp_core.storage import Storage, Stored, TableName


class RoleRepository:
    """Reads and writes roles, memberships and form grants."""

    def __init__(self, storage: Storage) -> None:
        self._roles = storage.table(TableName.ROLES, Role, large_values=False).partition("ROLE")
        self._of_user = storage.table(TableName.USER_ROLES, RoleMember, large_values=False)
        self._users_of = storage.table(TableName.ROLE_USERS, RoleMember, large_values=False)
        self._of_form = storage.table(TableName.FORM_ROLES, FormGrant, large_values=False)
        self._forms_of = storage.table(TableName.ROLE_FORMS, FormGrant, large_values=False)

    async def find(self, role_id: RoleId) -> Stored[Role] | None:
        """The role, or None."""
        return await self._roles.find(role_id)

    async def list_all(self) -> list[Role]:
        """Every role, by id."""
        return [stored.value async for stored in self._roles.iter()]

    async def insert(self, role: Role) -> Stored[Role]:
        """Store a new role."""
        return await self._roles.insert(role.id, role)

    async def replace(self, role: Role, *, etag: str) -> Stored[Role]:
        """Store a changed role.

        Raises:
            PreconditionFailed: Somebody changed it first.
        """
        return await self._roles.replace(role.id, role, etag=etag)

    async def delete(self, role_id: RoleId, *, etag: str | None = None) -> None:
        """Remove the role's own row."""
        await self._roles.delete(role_id, etag=etag)

    async def roles_of_user(self, user_id: UserId) -> set[RoleId]:
        """The roles somebody has."""
        return {stored.value.role_id async for stored in self._of_user.partition(user_id).iter()}

    async def roles_of_form(self, form_id: FormId) -> set[RoleId]:
        """The roles that open a form."""
        return {stored.value.role_id async for stored in self._of_form.partition(form_id).iter()}

    async def list_members(self, role_id: RoleId) -> list[RoleMember]:
        """Who has a role, as the mirror has it."""
        return [stored.value async for stored in self._users_of.partition(role_id).iter()]

    async def list_forms(self, role_id: RoleId) -> list[FormGrant]:
        """Which forms a role opens, as the mirror has it."""
        return [stored.value async for stored in self._forms_of.partition(role_id).iter()]

    async def add_member(self, member: RoleMember) -> None:
        """Store a membership; a repetition changes nothing."""
        await self._of_user.partition(member.user_id).upsert(member.role_id, member)
        await self._users_of.partition(member.role_id).upsert(member.user_id, member)

    async def remove_member(self, role_id: RoleId, user_id: UserId) -> None:
        """Remove a membership; a repetition changes nothing."""
        await self._of_user.partition(user_id).delete(role_id)
        await self._users_of.partition(role_id).delete(user_id)

    async def add_form(self, grant: FormGrant) -> None:
        """Store a form grant; a repetition changes nothing."""
        await self._of_form.partition(grant.form_id).upsert(grant.role_id, grant)
        await self._forms_of.partition(grant.role_id).upsert(grant.form_id, grant)

    async def remove_form(self, role_id: RoleId, form_id: FormId) -> None:
        """Remove a form grant; a repetition changes nothing."""
        await self._of_form.partition(form_id).delete(role_id)
        await self._forms_of.partition(role_id).delete(form_id)
