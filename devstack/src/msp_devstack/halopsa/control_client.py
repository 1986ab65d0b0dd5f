"""A client of the control routes, for tests and demonstrations."""

from __future__ import annotations

from typing import Any

from msp_devstack.sandbox_client import SandboxControl


class HaloControl(SandboxControl):
    """Asks a HaloPSA sandbox what happened, and makes trouble happen."""

    def tickets(self, client_id: int | None = None) -> list[dict[str, Any]]:
        """Tickets, oldest first, of one client or of all."""
        tickets = self._json("GET", "state")["tickets"]
        return [ticket for ticket in tickets if client_id in {None, ticket["client_id"]}]

    def set_limit(self, count: int, window_seconds: float) -> None:
        """Another rate limit, counting from now."""
        self._json("PATCH", "settings", {"limit": count, "windowSeconds": window_seconds})

    def revoke_tokens(self) -> None:
        """Make every token invalid."""
        self._json("DELETE", "tokens")
