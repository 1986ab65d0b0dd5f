"""What security reports read of a tenant: guests, sign-ins, methods, roles, inbox rules, applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msp_automation.integrations.msgraph_roles import ROLE_NAMES
from msp_automation.sandboxes.graph import making
from msp_automation.sandboxes.graph.seed import new_user
from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER
from msp_automation.sandboxes.graph.state import Json, new_id
from msp_automation.testing.graph_people import TenantPeople


class TenantSecurity(TenantPeople):
    """The part of a tenant that is about who gets in; users and groups go by id or name."""

    def add_guest(
        self, email: str, *, seen_days_ago: float | None = None, invited_days_ago: float = 0
    ) -> Json:
        """Add a guest by their own address; one who was never seen has not accepted the invitation."""
        values = making.guest(self._state, email, _now(), invited_days_ago=invited_days_ago)
        guest = new_user(new_id(), **values)
        self._state.users[guest["id"]] = guest
        if seen_days_ago is not None:
            guest["externalUserState"] = "Accepted"
            self.sign_in(guest["id"], days_ago=seen_days_ago)
        return guest

    def sign_in(self, user: str, *, days_ago: float = 0) -> None:
        """Let a user's last sign-in be so long ago."""
        self.user(user)["signInActivity"] = making.sign_in_activity(_now(), days_ago=days_ago)

    def drop_premium(self) -> None:
        """Have no Entra ID P1: sign-in times and the report on methods are refused."""
        self._state.is_premium = False

    def register_methods(self, user: str, *methods: str) -> None:
        """Register authentication methods such as `"microsoftAuthenticatorPush"`."""
        self._state.methods[self.user(user)["id"]] = list(methods)

    def assign_role(self, holder: str, role: str, *, eligible: bool = False) -> None:
        """Give a user or group a directory role by its name, such as `"Global Administrator"`.

        Args:
            eligible: They may activate it; Entra ID P2, which this takes, is bought.

        Raises:
            LookupError: There is no such role, user or group.
        """
        ids = {name: role_id for role_id, name in ROLE_NAMES.items()}
        if role not in ids:
            raise LookupError(f"The sandbox knows no role {role!r}. It knows: {', '.join(sorted(ids))}.")
        groups = [key for key, group in self._state.groups.items() if holder in {key, group["displayName"]}]
        holder_id = groups[0] if groups else self.user(holder)["id"]
        kept = self._state.eligible_roles if eligible else self._state.roles
        kept.setdefault(holder_id, []).append(ids[role])
        if eligible:
            self._state.seats.setdefault(BY_PART_NUMBER["AAD_PREMIUM_P2"].id, 1)

    def add_inbox_rule(
        self,
        user: str,
        name: str = "Rule",
        *,
        forward_to: Sequence[str] = (),
        redirect_to: Sequence[str] = (),
        forward_as_attachment_to: Sequence[str] = (),
        is_enabled: bool = True,
    ) -> Json:
        """Add a rule to a user's inbox; without addresses it only stops other rules."""
        rules = self._state.rules.setdefault(self.user(user)["id"], [])
        actions = {
            "forwardTo": forward_to,
            "redirectTo": redirect_to,
            "forwardAsAttachmentTo": forward_as_attachment_to,
        }
        rules.append(making.inbox_rule(len(rules) + 1, name, actions, is_enabled=is_enabled))
        return rules[-1]

    def add_application(
        self,
        name: str,
        *,
        secrets: Mapping[str, float] | None = None,
        certificates: Mapping[str, float] | None = None,
    ) -> Json:
        """Add an app registration whose secrets and certificates, by name, end in so many days."""
        entry = making.application(
            new_id(), self._state, name, _now(), secrets=secrets or {}, certificates=certificates or {}
        )
        self._state.applications[entry["id"]] = entry
        return entry


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
