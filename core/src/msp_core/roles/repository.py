"""Role rows and their two dual indexes.

UserRoles and FormRoles are what counts; RoleUsers and RoleForms are their mirrors.
"""

from __future__ import annotations

from typing import TypeVar

from msp_core.ids import FormId, RoleId, UserId
from msp_core.models import Model
from msp_core.roles.models import FormGrant, Role, RoleMember
from msp_core.storage import Partition, Storage, Stored, TableName

M = TypeVar("M", bound=Model)


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

    async def list_all(self) -> list[Stored[Role]]:
        """Every role, by id."""
        return [stored async for stored in self._roles.iter()]

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

    async def find_member(self, role_id: RoleId, user_id: UserId) -> Stored[RoleMember] | None:
        """The membership, or None."""
        return await self._of_user.partition(user_id).find(role_id)

    async def add_member(self, member: RoleMember, *, etag: str | None = None) -> Stored[RoleMember]:
        """Store a membership; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the membership first.
            NotFound: `etag` is given and somebody ended the membership first.
        """
        stored = await _write(self._of_user.partition(member.user_id), member.role_id, member, etag)
        await self._users_of.partition(member.role_id).upsert(member.user_id, member)
        return stored

    async def remove_member(self, role_id: RoleId, user_id: UserId, *, etag: str | None = None) -> None:
        """Remove a membership; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the membership first.
        """
        await self._of_user.partition(user_id).delete(role_id, etag=etag)
        await self._users_of.partition(role_id).delete(user_id)

    async def find_form(self, role_id: RoleId, form_id: FormId) -> Stored[FormGrant] | None:
        """The form grant, or None."""
        return await self._of_form.partition(form_id).find(role_id)

    async def add_form(self, grant: FormGrant, *, etag: str | None = None) -> Stored[FormGrant]:
        """Store a form grant; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
            NotFound: `etag` is given and somebody took the grant away first.
        """
        stored = await _write(self._of_form.partition(grant.form_id), grant.role_id, grant, etag)
        await self._forms_of.partition(grant.role_id).upsert(grant.form_id, grant)
        return stored

    async def remove_form(self, role_id: RoleId, form_id: FormId, *, etag: str | None = None) -> None:
        """Remove a form grant; a repetition changes nothing.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed the grant first.
        """
        await self._of_form.partition(form_id).delete(role_id, etag=etag)
        await self._forms_of.partition(role_id).delete(form_id)


async def _write(partition: Partition[M], row_key: str, value: M, etag: str | None) -> Stored[M]:
    if etag is None:
        return await partition.upsert(row_key, value)
    return await partition.replace(row_key, value, etag=etag)
