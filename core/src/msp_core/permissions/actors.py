"""Who starts runs where no person does: a schedule, a webhook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from msp_core.ids import UserId
from msp_core.models import utc_now
from msp_core.users.models import User, UserType

_KEY: Final = re.compile(r"[A-Za-z0-9_.\-]{1,200}")


class ActorKind(StrEnum):
    """What kinds there are; the first part of an actor's id."""

    SCHEDULE = "schedule"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Actor:
    """A starter of runs that nobody signs in as.

    It has no record among the users and no grants: `ScopeResolver.resolve_actor` gives it one permission in
    one organization, for one run.

    Args:
        key: Names it among its kind: 1 to 200 letters, digits, `_`, `.` or `-`.
        name: What history shows as the run's starter.
    """

    kind: ActorKind
    key: str
    name: str

    def __post_init__(self) -> None:
        if _KEY.fullmatch(self.key) is None:
            raise ValueError(f"{self.key!r} cannot name a {self.kind}")

    @property
    def user(self) -> User:
        """The actor as whoever executes a run. Its id, `{kind}:{key}`, is never a person's."""
        return User(
            id=UserId(f"{self.kind}:{self.key}"),
            display_name=self.name,
            user_type=UserType.MSP,
            created_at=utc_now(),
        )


def find_actor(user_id: UserId, name: str) -> Actor | None:
    """The actor whose run this is; None for a person's.

    Args:
        name: As the run's record shows it.
    """
    kind, colon, key = user_id.partition(":")
    if not colon or kind not in set(ActorKind) or _KEY.fullmatch(key) is None:
        return None
    return Actor(ActorKind(kind), key, name)
