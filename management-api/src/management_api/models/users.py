"""Bodies of users."""

from __future__ import annotations

from management_api.models.base import Versioned
from msp_core.models import UtcDatetime
from msp_core.users import models as core
from msp_core.users.models import UserType
from msp_http.bodies import RequestBody


class UserUpdate(core.UserUpdate, RequestBody):
    """What to change; what is left out stays."""


class UserRead(Versioned):
    """Somebody who has signed in at least once."""

    id: str
    email: str
    display_name: str
    user_type: UserType
    is_msp_admin: bool
    org_id: str | None
    is_active: bool
    created_at: UtcDatetime
    last_login: UtcDatetime | None
