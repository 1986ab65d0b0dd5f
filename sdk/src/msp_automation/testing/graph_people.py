"""Who is in one tenant of the Graph sandbox."""

from __future__ import annotations

from msp_automation.sandboxes.graph.state import Json, Tenant


class TenantPeople:
    """A tenant and its users, as the sandbox holds them."""

    def __init__(self, state: Tenant) -> None:
        self._state = state

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self._state.id

    @property
    def domain(self) -> str:
        """The one verified domain."""
        return self._state.domain

    @property
    def users(self) -> list[Json]:
        """All users, oldest first, as the sandbox holds them."""
        return list(self._state.users.values())

    def find_user(self, reference: str) -> Json | None:
        """The user with this id or sign-in name, or None."""
        return self._state.users.get(reference) or self._state.find_user(reference)

    def user(self, reference: str) -> Json:
        """The user with this id or sign-in name.

        Raises:
            LookupError: There is none; names those there are.
        """
        found = self.find_user(reference)
        if found is None:
            there = ", ".join(user["userPrincipalName"] for user in self.users) or "none"
            raise LookupError(f"{self._state.name} has no user {reference!r}. There are: {there}.")
        return found
