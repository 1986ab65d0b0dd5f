"""Warm copies of what one person may do in one organization, each checked against that person's stamp."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msp_core.ids import OrgId, UserId
from msp_core.organizations.copies import MAX_AGE_SECONDS, WarmCopies
from msp_core.permissions.models import PermissionGrant
from msp_core.permissions.repository import PermissionRepository
from msp_core.users.models import User
from msp_core.users.repository import UserRepository

_MAX_ENTRIES: Final = 5000


@dataclass(frozen=True, slots=True)
class Access:
    """A person's record and their grant in one organization, as stored."""

    user: User
    grant: PermissionGrant | None


class AccessReader:
    """Reads records and grants, and keeps them while the person's stamp is the stored one.

    The stamp is read on each request, and whoever changes a person or a grant writes it before they answer:
    so a revoked permission is gone, and a disabled person is out, from the next request on. A copy is never
    used longer than `max_age_seconds`, which bounds what a writer that crashed between its write and the
    stamp can leave behind; nobody was told that such a change had been made.
    """

    def __init__(
        self,
        users: UserRepository,
        grants: PermissionRepository,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._users = users
        self._grants = grants
        self._warm: WarmCopies[tuple[UserId, OrgId], Access] = WarmCopies(
            limit=_MAX_ENTRIES, clock=clock, max_age_seconds=max_age_seconds
        )

    def now(self) -> float:
        """The moment to hand to `get`: taken before the stamp is read."""
        return self._warm.now()

    async def get(self, user_id: UserId, org_id: OrgId, *, stamp: str | None, now: float) -> Access | None:
        """The person and their grant; None for somebody who never signed in.

        Args:
            stamp: The person's stamp, read in this request before this call.
            now: When that reading began, by `now()`: a copy must never look younger than its stamp.
        """
        key = (user_id, org_id)
        warm = self._warm.find(key, stamp=stamp, now=now)
        if warm is not None:
            return warm.value
        user, grant = await asyncio.gather(self._users.find(user_id), self._grants.find(user_id, org_id))
        if user is None:
            return None
        access = Access(user.value, None if grant is None else grant.value)
        self._warm.keep(key, access, stamp=stamp, now=now)
        return access
