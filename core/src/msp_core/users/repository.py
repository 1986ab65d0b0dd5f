"""User rows: table Users, one partition, row key = user id."""

from __future__ import annotations

from msp_core.ids import UserId
from msp_core.storage import Page, Storage, Stored, TableName, Where
from msp_core.users.models import User, UserType


class UserRepository:
    """Reads and writes people's records."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.USERS, User, large_values=False).partition("USER")

    async def find(self, user_id: UserId) -> Stored[User] | None:
        """The record, or None before the first sign-in."""
        return await self._rows.find(user_id)

    async def get(self, user_id: UserId) -> Stored[User]:
        """The record.

        Raises:
            NotFound: This person has never signed in.
        """
        return await self._rows.get(user_id)

    async def insert(self, user: User) -> Stored[User]:
        """Store a new record.

        Raises:
            Conflict: There is one already.
        """
        return await self._rows.insert(user.id, user)

    async def replace(self, user: User, *, etag: str) -> Stored[User]:
        """Store a changed record.

        Raises:
            PreconditionFailed: Somebody changed it first.
        """
        return await self._rows.replace(user.id, user, etag=etag)

    async def list_page(self, *, limit: int, after: str | None, user_type: UserType | None) -> Page[User]:
        """Some records, by id."""
        where = None if user_type is None else Where.eq("userType", user_type.value)
        return await self._rows.list_page(limit=limit, after=after, where=where)
