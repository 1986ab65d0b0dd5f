"""A person's record."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from msp_core.errors import Invalid
from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_USER_ID = re.compile(rf"{_UUID}\.{_UUID}")


def parse_user_id(text: str, *, field: str = "userId") -> UserId:
    """A user id from outside: `{tid}.{oid}`, both UUIDs, made lower case.

    Args:
        field: What the caller calls it.

    Raises:
        Invalid: It is anything else.
    """
    lowered = text.lower() if text.isascii() else ""
    if _USER_ID.fullmatch(lowered) is None:
        raise Invalid.field(field, "must be a tenant id and an object id, joined by a dot.")
    return UserId(lowered)


class UserType(StrEnum):
    """Where somebody comes from: the MSP's own tenant, or a client's."""

    MSP = "MSP"
    ORG = "ORG"


class User(Model):
    """Somebody who has signed in at least once.

    As stored and listed, `is_msp_admin` is the flag that an admin set. As `ScopeResolver.resolve_user`
    and `UserService.sign_in` hand it out, it is the effective right of this request: the flag, or the app
    role in the token, or the list in the settings; and never for anybody outside the MSP's own tenant.
    """

    id: UserId
    email: str = ""
    display_name: str = ""
    user_type: UserType
    is_msp_admin: bool = False
    org_id: OrgId | None = None
    is_active: bool = True
    created_at: UtcDatetime
    last_login: UtcDatetime | None = None

    @property
    def tenant_id(self) -> str:
        """The tenant this person signs in with."""
        return self.id.partition(".")[0]

    def has_logged_in_since(self, moment: datetime) -> bool:
        """Whether the recorded sign-in is no older than `moment`."""
        return self.last_login is not None and self.last_login >= moment


class UserUpdate(Model):
    """What an admin may change; None leaves it."""

    is_active: bool | None = None
    is_msp_admin: bool | None = None
