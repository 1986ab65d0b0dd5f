"""A client of the control routes, for tests and demonstrations."""

from __future__ import annotations

from typing import Any

from msp_devstack.sandbox_client import SandboxControl


class GraphControl(SandboxControl):
    """Asks a Graph sandbox what happened, and makes trouble happen."""

    def tenant(self, tenant_id: str) -> dict[str, Any]:
        """Everything in one tenant."""
        return self._json("GET", f"tenants/{tenant_id}")  # type: ignore[no-any-return] # JSON

    def find_user(self, tenant_id: str, principal_name: str) -> dict[str, Any] | None:
        """One user of a tenant, or None."""
        users = self.tenant(tenant_id)["users"]
        wanted = principal_name.lower()
        return next((user for user in users if user["userPrincipalName"].lower() == wanted), None)

    def group_names_of(self, tenant_id: str, user_id: str) -> set[str]:
        """Names of the groups that a user is in."""
        groups = self.tenant(tenant_id)["groups"]
        return {group["displayName"] for group in groups if user_id in group["members"]}

    def set_consent(self, tenant_id: str, consent: str) -> None:
        """`granted`, `revoked` (Graph answers 403) or `removed` (no token)."""
        self._json("PATCH", f"tenants/{tenant_id}", {"consent": consent})

    def withhold(self, tenant_id: str, *permissions: str) -> None:
        """Consent to all permissions but these."""
        self._json("PATCH", f"tenants/{tenant_id}", {"withheld": permissions})

    def set_premium(self, tenant_id: str, *, is_premium: bool) -> None:
        """Whether the tenant has Entra ID P1, which sign-in times and reports take."""
        self._json("PATCH", f"tenants/{tenant_id}", {"isPremium": is_premium})

    def set_seats(self, tenant_id: str, **seats: int) -> None:
        """Seats bought, by part number."""
        self._json("PATCH", f"tenants/{tenant_id}", {"seats": seats})

    def set_page_size(self, page_size: int | None) -> None:
        """Make pages smaller than Graph's, or None for Graph's own."""
        self._json("PATCH", "settings", {"pageSize": page_size})

    def set_token_seconds(self, seconds: int) -> None:
        """How long the tokens issued from now on live."""
        self._json("PATCH", "settings", {"tokenSeconds": seconds})

    def account(self) -> dict[str, Any]:
        """The MSP's service account: its state, and the refresh tokens that hold, oldest first."""
        return self._json("GET", "account")  # type: ignore[no-any-return] # JSON

    def set_account(self, *, state: str | None = None, forgets_used: bool | None = None) -> None:
        """`active`, `revoked`, `expired` or `unassigned`; whether a refresh token ends as it is used."""
        self._json("PATCH", "account", {"state": state, "forgetsUsed": forgets_used})

    def set_relationship(
        self,
        tenant_id: str,
        *,
        status: str | None = None,
        roles: list[str] | None = None,
        days_left: int | None = None,
    ) -> None:
        """Change the GDAP relationship with a tenant; `status` is active, terminated or expired."""
        change = {"status": status, "roles": roles, "daysLeft": days_left}
        self._json("PATCH", f"relationships/{tenant_id}", change)
