"""References that lead nowhere. Rows that refer are the authority, so none of this is mended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from msp_automation.metadata import Catalog
from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import Keys, Known, keys_of, place, readable_rows
from msp_core.forms.models import Form
from msp_core.ids import OrgId
from msp_core.models import Model
from msp_core.storage import Storage, Stored, Table, TableName
from msp_core.users.models import UserType

M = TypeVar("M", bound=Model)


class CatalogSource(Protocol):
    """Where the engine's published catalog is read."""

    async def get(self) -> Catalog:
        """The catalog; an empty one before the engine has published any."""
        ...


class _Member(Model):
    """Of a user: where they belong."""

    user_type: UserType
    org_id: OrgId | None = None


class _Opened(Model):
    """Of a form grant: where the form is."""

    org_id: OrgId


class People:
    """Permissions, roles and client users against organizations, people and roles."""

    name = "references to people, roles and organizations"

    def __init__(self, storage: Storage) -> None:
        self._grants = keys_of(storage, TableName.USER_PERMISSIONS)
        self._memberships = keys_of(storage, TableName.USER_ROLES)
        self._opened = storage.table(TableName.FORM_ROLES, _Opened, large_values=False, select=True)
        self._users = storage.table(TableName.USERS, _Member, large_values=False, select=True)
        self._organization = _known(keys_of(storage, TableName.ORGANIZATIONS), "ORG")
        self._user = _known(keys_of(storage, TableName.USERS), "USER")
        self._role = _known(keys_of(storage, TableName.ROLES), "ROLE")
        forms = keys_of(storage, TableName.FORMS)
        self._form = Known[tuple[str, str]](partial(_has_pair, forms))

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Each authority table once."""
        for known in (self._organization, self._user, self._role):
            known.forget()
        self._form.forget()
        async for row in self._grants.iter_across_partitions():
            where = place(self._grants.name, row.partition_key, row.row_key)
            revoke = (
                "Nothing: a grant is the authority. Revoke it: "
                f"DELETE /api/permissions?userId={row.partition_key}&orgId={row.row_key}."
            )
            there = partial(_has, self._grants, row.partition_key, row.row_key)
            if not await self._organization.has(row.row_key):
                meaning = "Permissions in an organization that is not there: they allow nothing."
                yield _dangling(
                    where, meaning, revoke, there, partial(self._organization.has_now, row.row_key)
                )
            if not await self._user.has(row.partition_key):
                meaning = "Permissions of a user who is not there; they would count if that person signed in."
                yield _dangling(where, meaning, revoke, there, partial(self._user.has_now, row.partition_key))
        async for suspect in self._roles():
            yield suspect
        async for member in readable_rows(self._users):
            if isinstance(member, Suspect):
                yield member
            elif not await self._belongs(member):
                yield Suspect(
                    place(self._users.name, "USER", member.row_key),
                    partial(self._look_at_user, member.row_key),
                )

    async def _roles(self) -> AsyncIterator[Suspect]:
        async for row in self._memberships.iter_across_partitions():
            where = place(self._memberships.name, row.partition_key, row.row_key)
            remove = (
                "Nothing: a membership is the authority. Remove it: "
                f"DELETE /api/roles/{row.row_key}/users/{row.partition_key}."
            )
            there = partial(_has, self._memberships, row.partition_key, row.row_key)
            if not await self._role.has(row.row_key):
                meaning = "Somebody has a role that was deleted; with a form that it still opens, it counts."
                yield _dangling(where, meaning, remove, there, partial(self._role.has_now, row.row_key))
            if not await self._user.has(row.partition_key):
                meaning = "A user who is not there has a role; it would count if that person signed in."
                yield _dangling(where, meaning, remove, there, partial(self._user.has_now, row.partition_key))
        async for grant in readable_rows(self._opened):
            if isinstance(grant, Suspect):
                yield grant
                continue
            where = place(self._opened.name, grant.partition_key, grant.row_key)
            close = (
                "Nothing: what a role opens is the authority. Close it: "
                f"DELETE /api/roles/{grant.row_key}/forms/{grant.partition_key}."
            )
            there = partial(_has, self._opened, grant.partition_key, grant.row_key)
            if not await self._role.has(grant.row_key):
                meaning = (
                    "The form is open to a role that was deleted; people who still have it can run the form."
                )
                yield _dangling(where, meaning, close, there, partial(self._role.has_now, grant.row_key))
            form = (grant.value.org_id, grant.partition_key)
            if not await self._form.has(form):
                meaning = "A role opens a form that is not there."
                yield _dangling(where, meaning, close, there, partial(self._form.has_now, form))

    async def _belongs(self, user: Stored[_Member]) -> bool:
        if user.value.user_type is UserType.MSP:
            return True
        return user.value.org_id is not None and await self._organization.has(user.value.org_id)

    async def _look_at_user(self, user_id: str) -> Diagnosis | None:
        user = await self._users.partition("USER").find(user_id)
        if user is None or user.value.user_type is UserType.MSP:
            return None
        org_id = user.value.org_id
        if org_id is not None and await self._organization.has_now(org_id):
            return None
        belongs = "to no organization" if org_id is None else f"to organization {org_id}, which is not there"
        return diagnosis(
            FindingKind.REFERENCE_DANGLING,
            place(self._users.name, "USER", user_id),
            f"This client user belongs {belongs}, so they can do nothing.",
            "Nothing: a user's record is the authority. It follows the tenant at the next sign-in, once an "
            "active organization is linked to their tenant.",
        )


class Forms:
    """Forms against what the engine published."""

    name = "forms and the workflows and data providers they name"

    def __init__(self, storage: Storage, catalog: CatalogSource) -> None:
        self._forms = storage.table(TableName.FORMS, Form)
        self._catalog = catalog

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Every form; none is one while no catalog is published."""
        async for form in readable_rows(self._forms):
            if isinstance(form, Suspect):
                yield form
            elif await self._missing(form.value):
                where = place(self._forms.name, form.partition_key, form.row_key)
                yield Suspect(where, partial(self._look_again, where, form.partition_key, form.row_key))

    async def _look_again(self, where: str, org_id: str, form_id: str) -> Diagnosis | None:
        form = await self._forms.partition(org_id).find(form_id)
        missing = [] if form is None else await self._missing(form.value)
        if not missing:
            return None
        return diagnosis(
            FindingKind.REFERENCE_DANGLING,
            where,
            f"The form names {' and '.join(missing)}, which the engine does not know, so it cannot be run.",
            "Nothing: a form is the authority. Bring the file back, mend its error, or change the form.",
        )

    async def _missing(self, form: Form) -> list[str]:
        catalog = await self._catalog.get()
        if not catalog.workflows:
            return []
        providers = {one.name for one in catalog.data_providers}
        missing = [] if form.linked_workflow in {one.name for one in catalog.workflows} else [
            f"the workflow {form.linked_workflow}"
        ]  # fmt: skip
        used = {field.data_provider for field in form.form_schema.fields if field.data_provider is not None}
        return missing + [f"the data provider {name}" for name in sorted(used - providers)]


def _dangling(
    where: str,
    meaning: str,
    repair: str,
    is_row_there: Callable[[], Awaitable[bool]],
    is_target_there: Callable[[], Awaitable[bool]],
) -> Suspect:
    async def look_again() -> Diagnosis | None:
        if not await is_row_there() or await is_target_there():
            return None
        return diagnosis(FindingKind.REFERENCE_DANGLING, where, meaning, repair)

    return Suspect(where, look_again)


def _known(table: Table[Keys], partition: str) -> Known[str]:
    return Known(partial(_has, table, partition))


async def _has(table: Table[M], partition_key: str, row_key: str) -> bool:
    return await table.partition(partition_key).find(row_key) is not None


async def _has_pair(table: Table[Keys], key: tuple[str, str]) -> bool:
    return await _has(table, *key)
