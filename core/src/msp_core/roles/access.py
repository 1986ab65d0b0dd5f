"""Which forms a client user's roles open."""

from __future__ import annotations

import asyncio

from msp_core.ids import FormId, OrgId, RoleId, UserId
from msp_core.roles.repository import RoleRepository


class RoleAccess:
    """Answers from UserRoles and FormRoles, which count; the mirrors only suggest where to look.

    A role opens forms only while its own row is there: rows that a deletion left behind open nothing.
    """

    def __init__(self, roles: RoleRepository) -> None:
        self._roles = roles

    async def opens(self, user_id: UserId, form_id: FormId) -> bool:
        """Whether one of the person's roles opens the form."""
        mine, those = await asyncio.gather(
            self._roles.roles_of_user(user_id), self._roles.roles_of_form(form_id)
        )
        return bool(await self._existing(mine & those))

    async def forms_open_to(self, user_id: UserId, org_ids: set[OrgId]) -> set[FormId]:
        """The forms of these organizations that one of the person's roles opens."""
        mine = await self._existing(await self._roles.roles_of_user(user_id))
        grants = await asyncio.gather(*(self._roles.list_forms(role_id) for role_id in mine))
        likely = {grant.form_id for some in grants for grant in some if grant.org_id in org_ids}
        opened = await asyncio.gather(*(self._roles.roles_of_form(form_id) for form_id in likely))
        return {form_id for form_id, roles in zip(likely, opened, strict=True) if roles & mine}

    async def _existing(self, role_ids: set[RoleId]) -> set[RoleId]:
        found = await asyncio.gather(*(self._roles.find(role_id) for role_id in role_ids))
        return {stored.value.id for stored in found if stored is not None}

    async def forget_form(self, form_id: FormId) -> None:
        """Remove every grant of a form that goes away."""
        for role_id in await self._roles.roles_of_form(form_id):
            await self._roles.remove_form(role_id, form_id)
