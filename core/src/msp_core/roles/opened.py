"""Warm copies of what roles open, under the one stamp of everything about roles."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from msp_core.ids import GLOBAL, FormId, OrgId, UserId
from msp_core.organizations.copies import WarmCopies
from msp_core.permissions.models import OrgScope
from msp_core.roles.access import RoleAccess

_MAX_ANSWERS: Final = 5000
_MAX_LISTS: Final = 500


class OpenedForms:
    """Answers as `RoleAccess`, from memory while the stamp that the scope's request read stands."""

    def __init__(self, access: RoleAccess, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._answers: WarmCopies[tuple[UserId, FormId], bool] = WarmCopies(limit=_MAX_ANSWERS, clock=clock)
        self._lists: WarmCopies[tuple[UserId, OrgId], frozenset[FormId]] = WarmCopies(
            limit=_MAX_LISTS, clock=clock
        )

    async def opens(self, scope: OrgScope, form_id: FormId) -> bool:
        """Whether one of the person's roles opens the form."""
        user_id = scope.user.id
        if scope.stamps is None:
            return await self._access.opens(user_id, form_id)
        key, stamp, now = (user_id, form_id), scope.stamps.roles, self._answers.now()
        copy = self._answers.find(key, stamp=stamp, now=now)
        if copy is not None:
            return copy.value
        is_open = await self._access.opens(user_id, form_id)
        self._answers.keep(key, is_open, stamp=stamp, now=now)
        return is_open

    async def list_for(self, scope: OrgScope) -> frozenset[FormId]:
        """The forms of the organization and the global ones that one of the person's roles opens."""
        user_id, homes = scope.user.id, {scope.org_id, GLOBAL}
        if scope.stamps is None:
            return frozenset(await self._access.forms_open_to(user_id, homes))
        key, stamp, now = (user_id, scope.org_id), scope.stamps.roles, self._lists.now()
        copy = self._lists.find(key, stamp=stamp, now=now)
        if copy is not None:
            return copy.value
        opened = frozenset(await self._access.forms_open_to(user_id, homes))
        self._lists.keep(key, opened, stamp=stamp, now=now)
        return opened
