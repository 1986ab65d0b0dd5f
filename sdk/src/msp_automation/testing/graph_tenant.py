"""One tenant of the Graph sandbox: read and filled by plain calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from msp_automation.sandboxes.graph.seed import new_group, new_user
from msp_automation.sandboxes.graph.skus import BY_ID, BY_PART_NUMBER
from msp_automation.sandboxes.graph.state import Consent, Json, new_id, now
from msp_automation.testing.graph_security import TenantSecurity

_GROUP_KINDS = {"security": "Security", "m365": "Unified", "distribution": "Distribution"}
_KNOWN = frozenset(new_user(""))


class GraphTenant(TenantSecurity):
    """A Microsoft 365 tenant as the sandbox holds it; everything here happens without a request."""

    @property
    def groups(self) -> list[Json]:
        """All groups, oldest first."""
        return list(self._state.groups.values())

    def add_user(
        self,
        name: str,
        *,
        licences: Sequence[str] = (),
        groups: Sequence[str] = (),
        **properties: Any,
    ) -> Json:
        """Add a user by name (`"Ada Lovelace"`) or sign-in name (`"ada@contoso.example"`).

        Args:
            licences: Part numbers such as `"SPB"`; missing seats are bought.
            groups: Names of groups; missing ones are made.
            properties: Graph's properties, such as `accountEnabled=False` or `userType="Guest"`.

        Raises:
            TypeError: There is no such property.
        """
        unknown = sorted(set(properties) - _KNOWN)
        if unknown:
            raise TypeError(f"Users have no property {unknown[0]!r}. There are: {', '.join(sorted(_KNOWN))}.")
        local, _, domain = name.partition("@")
        words = local.replace(".", " ").split() if domain else name.split()
        nickname = local if domain else ".".join(words).lower()
        principal = name if domain else f"{nickname}@{self.domain}"
        values = {
            "displayName": " ".join(word.capitalize() if domain else word for word in words),
            "givenName": words[0].capitalize() if domain else words[0],
            "surname": words[-1].capitalize() if domain else words[-1],
            "userPrincipalName": principal,
            "mail": principal,
            "mailNickname": nickname,
            "usageLocation": "GB",
            "createdDateTime": now(),
        }
        user = new_user(new_id(), **{**values, **properties})
        self._state.users[user["id"]] = user
        for part_number in licences:
            self.assign_licence(principal, part_number)
        for group in groups:
            self.add_member(group, user["userPrincipalName"])
        return user

    def remove_user(self, reference: str) -> None:
        """Delete a user with their memberships; their seats become free."""
        self._state.delete_user(self.user(reference)["id"])

    def add_group(
        self,
        name: str,
        members: Sequence[str] = (),
        *,
        kind: Literal["security", "m365", "distribution"] = "security",
        **properties: Any,
    ) -> Json:
        """Add a group with these members, by id or sign-in name.

        Args:
            properties: Graph's properties, such as `isAssignableToRole=True`.
        """
        group = {**new_group(new_id(), self._state, name, _GROUP_KINDS[kind]), **properties}
        self._state.groups[group["id"]] = group
        self._state.members[group["id"]] = [self.user(member)["id"] for member in members]
        return group

    def group(self, reference: str) -> Json:
        """The group with this id or name.

        Raises:
            LookupError: There is none; names those there are.
        """
        for group in self.groups:
            if reference in {group["id"], group["displayName"]}:
                return group
        there = ", ".join(group["displayName"] for group in self.groups) or "none"
        raise LookupError(f"{self._state.name} has no group {reference!r}. There are: {there}.")

    def add_member(self, group: str, user: str) -> None:
        """Put a user into a group, which is made if there is none of the name."""
        names = {one["displayName"] for one in self.groups} | set(self._state.groups)
        found = self.group(group) if group in names else self.add_group(group)
        self._state.members[found["id"]].append(self.user(user)["id"])

    def members_of(self, group: str) -> list[str]:
        """The sign-in names of a group's members."""
        ids = self._state.members[self.group(group)["id"]]
        return [self._state.users[user_id]["userPrincipalName"] for user_id in ids]

    def groups_of(self, user: str) -> list[str]:
        """The names of the groups that a user is in."""
        return [group["displayName"] for group in self._state.groups_of(self.user(user)["id"])]

    def buy_licences(self, part_number: str, seats: int) -> str:
        """Have so many seats of a product, and learn its SKU id.

        Raises:
            LookupError: The sandbox does not know the product.
        """
        sku_id = _sku_id(part_number)
        self._state.seats[sku_id] = seats
        return sku_id

    def assign_licence(self, user: str, part_number: str) -> None:
        """Give a user a licence; a missing seat is bought."""
        sku_id = _sku_id(part_number)
        licences = self.user(user)["assignedLicenses"]
        licences.append({"skuId": sku_id, "disabledPlans": []})
        self._state.seats[sku_id] = max(self._state.seats.get(sku_id, 0), self._state.consumed(sku_id))

    def licences_of(self, user: str) -> list[str]:
        """The part numbers of a user's licences."""
        return [BY_ID[licence["skuId"]].part_number for licence in self.user(user)["assignedLicenses"]]

    def grant_consent(self) -> None:
        """The application may work here, as at the beginning."""
        self._state.consent = Consent.GRANTED
        self._state.withheld.clear()

    def revoke_permissions(self, *permissions: str) -> None:
        """Take permissions of the application away, all unless named: sign-in works, Graph answers 403.

        Args:
            permissions: Names such as `"AuditLog.Read.All"`.
        """
        self._state.withheld |= set(permissions)
        if not permissions:
            self._state.consent = Consent.REVOKED

    def remove_application(self) -> None:
        """Delete the application from the tenant: sign-in fails with AADSTS7000229."""
        self._state.consent = Consent.REMOVED


def _sku_id(part_number: str) -> str:
    if part_number not in BY_PART_NUMBER:
        raise LookupError(f"The sandbox knows no {part_number!r}. It knows: {', '.join(BY_PART_NUMBER)}.")
    return BY_PART_NUMBER[part_number].id
