"""Whoever a valid token speaks for."""

from __future__ import annotations

from msp_core.ids import UserId
from msp_core.models import Model


class Principal(Model):
    """A person as their access token names them, before any record of ours is read.

    `tenant_id` and `object_id` are lower-case UUIDs, so the user id made of them is a safe key.
    E-mail address and name are for people to read; nothing is decided by them.
    """

    tenant_id: str
    object_id: str
    email: str = ""
    name: str = ""
    app_roles: tuple[str, ...] = ()

    @property
    def user_id(self) -> UserId:
        """The platform's id of this person: `{tid}.{oid}`."""
        return UserId(f"{self.tenant_id}.{self.object_id}")
