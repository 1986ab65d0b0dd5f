"""What the sandbox holds: tenants with their users, groups, seats and consent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msp_automation.sandboxes.graph.errors import GraphError, bad_request, not_found
from msp_automation.sandboxes.graph.skus import BY_ID

Json = dict[str, Any]


class Consent(StrEnum):
    """How a tenant stands to the MSP's application.

    GRANTED: its administrator consented.
    REVOKED: the application's permissions were taken away; Graph answers 403.
    REMOVED: the application was deleted there; the token endpoint refuses.
    """

    GRANTED = "granted"
    REVOKED = "revoked"
    REMOVED = "removed"


@dataclass
class Tenant:
    """One Microsoft 365 tenant.

    Attributes:
        withheld: Permissions that its administrator did not consent to.
        is_premium: Whether it has Entra ID P1, which sign-in times and reports take.
        members: User ids by group.
        roles: Ids of directory roles by user or group; `eligible_roles` are those to be activated first.
        methods: Registered authentication methods by user.
        rules: Inbox rules by user.
    """

    id: str
    name: str
    domain: str
    country: str = "GB"
    consent: Consent = Consent.GRANTED
    withheld: set[str] = field(default_factory=set)
    is_premium: bool = True
    seats: dict[str, int] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    applications: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    eligible_roles: dict[str, list[str]] = field(default_factory=dict)
    methods: dict[str, list[str]] = field(default_factory=dict)
    rules: dict[str, list[Json]] = field(default_factory=dict)

    def user(self, reference: str) -> Json:
        """The user with this id or user principal name.

        Raises:
            GraphError: 404.
        """
        user = self.users.get(reference) or self.find_user(reference)
        if user is None:
            raise not_found(reference)
        return user

    def find_user(self, principal_name: str) -> Json | None:
        """The user who signs in as `principal_name`, in any case."""
        wanted = principal_name.lower()
        matching = (u for u in self.users.values() if u["userPrincipalName"].lower() == wanted)
        return next(matching, None)

    def group(self, group_id: str) -> Json:
        """The group with this id.

        Raises:
            GraphError: 404.
        """
        if group_id not in self.groups:
            raise not_found(group_id)
        return self.groups[group_id]

    def groups_of(self, user_id: str) -> list[Json]:
        """The groups that a user is a member of."""
        return [self.groups[group_id] for group_id, ids in self.members.items() if user_id in ids]

    def roles_of(self, user_id: str) -> list[str]:
        """The roles that a user has, by their own assignment or by a group's."""
        holders = (user_id, *(group["id"] for group in self.groups_of(user_id)))
        return list(dict.fromkeys(role for holder in holders for role in self.roles.get(holder, [])))

    @property
    def has_identity_governance(self) -> bool:
        """Whether a product with Entra ID P2 was bought."""
        products = [BY_ID[sku_id] for sku_id in self.seats]
        return any("AAD_PREMIUM_P2" in {product.part_number, *product.plans} for product in products)

    def has_mailbox(self, user: Json) -> bool:
        """Whether Exchange Online has a mailbox for a user: members with an address do."""
        return user["userType"] == "Member" and bool(user["mail"])

    def delete_user(self, user_id: str) -> None:
        """Remove a user with their memberships; their seats become free."""
        del self.users[user_id]
        for kept in (self.roles, self.eligible_roles, self.methods):
            kept.pop(user_id, None)
        self.rules.pop(user_id, None)
        for ids in self.members.values():
            if user_id in ids:
                ids.remove(user_id)

    def consumed(self, sku_id: str) -> int:
        """Seats of a product in use."""
        return sum(
            any(licence["skuId"] == sku_id for licence in user["assignedLicenses"])
            for user in self.users.values()
        )

    def change_licences(self, user: Json, add: list[Json], remove: list[str]) -> None:
        """Assign and take licences in one step, or refuse and change nothing.

        Raises:
            GraphError: 400 with Graph's reason.
        """
        held = {licence["skuId"]: licence for licence in user["assignedLicenses"]}
        for sku_id in (*(licence["skuId"] for licence in add), *remove):
            if sku_id not in self.seats:
                raise bad_request(f"License {sku_id} does not correspond to a valid company License.")
        if any(sku_id not in held for sku_id in remove):
            raise bad_request("User does not have a corresponding license.")
        if add and not user["usageLocation"]:
            raise bad_request("License assignment cannot be done for user with invalid usage location.")
        for licence in add:
            sku_id = licence["skuId"]
            if sku_id not in held and self.consumed(sku_id) >= self.seats[sku_id]:
                raise bad_request(f"Subscription with SKU {sku_id} does not have any available licenses.")
        kept = {sku_id: licence for sku_id, licence in held.items() if sku_id not in remove}
        kept |= {licence["skuId"]: licence for licence in add}
        user["assignedLicenses"] = list(kept.values())

    def add_member(self, group_id: str, user_id: str) -> None:
        """Put a user into a group.

        Raises:
            GraphError: 404, or 400 when the user is in it or Graph may not manage it.
        """
        self._require_manageable(group_id)
        if user_id not in self.users:
            raise not_found(user_id)
        if user_id in self.members[group_id]:
            raise bad_request(
                "One or more added object references already exist for the following modified properties: "
                "'members'."
            )
        self.members[group_id].append(user_id)

    def remove_member(self, group_id: str, user_id: str) -> None:
        """Take a user out of a group.

        Raises:
            GraphError: 404, or 400 when Graph may not manage it.
        """
        self._require_manageable(group_id)
        if user_id not in self.members[group_id]:
            raise not_found(user_id)
        self.members[group_id].remove(user_id)

    def _require_manageable(self, group_id: str) -> None:
        group = self.group(group_id)
        if group["mailEnabled"] and "Unified" not in group["groupTypes"]:
            raise bad_request("Cannot Update a mail-enabled security groups and or distribution list.")

    def snapshot(self) -> Json:
        """The whole tenant as JSON, for proofs and for the state file."""
        return {
            "id": self.id,
            "name": self.name,
            "domain": self.domain,
            "country": self.country,
            "consent": self.consent.value,
            "seats": {BY_ID[sku_id].part_number: count for sku_id, count in self.seats.items()},
            "users": list(self.users.values()),
            "groups": [{**group, "members": self.members[key]} for key, group in self.groups.items()],
            "withheld": sorted(self.withheld),
            "isPremium": self.is_premium,
            "applications": list(self.applications.values()),
            "roles": self.roles,
            "eligibleRoles": self.eligible_roles,
            "methods": self.methods,
            "rules": self.rules,
        }


class AccountState(StrEnum):
    """What the MSP's service account may do with its refresh tokens.

    ACTIVE: sign in. REVOKED: its sessions were ended, as by a password change. EXPIRED: nobody used the
    tokens for 90 days. UNASSIGNED: the application is restricted to assigned accounts, and it is not one.
    """

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNASSIGNED = "unassigned"


@dataclass
class ServiceAccount:
    """The MSP's account that works in the client tenants over GDAP.

    Attributes:
        tokens: Refresh tokens that hold, oldest first.
        forgets_used: Whether a token ends as it is used. Entra lets used ones live on.
    """

    tokens: list[str]
    state: AccountState = AccountState.ACTIVE
    forgets_used: bool = False
    principal_name: str = "gdap-service@msp.example"


@dataclass
class Directory:
    """All tenants, and the settings that hold for each."""

    tenants: dict[str, Tenant]
    relationships: list[Json]
    account: ServiceAccount
    page_size: int | None = None
    token_seconds: int = 3599

    def find_tenant(self, reference: str) -> Tenant | None:
        """The tenant with this id or verified domain."""
        wanted = reference.lower()
        return next((t for t in self.tenants.values() if wanted in {t.id, t.domain.lower()}), None)

    def roles_over(self, tenant_id: str) -> frozenset[str]:
        """The ids of the roles that active relationships give the MSP in a tenant; empty without any."""
        moment = now()
        return frozenset(
            role["roleDefinitionId"]
            for entry in self.relationships
            if entry["customer"]["tenantId"] == tenant_id
            and entry["status"] == "active"
            and entry["endDateTime"] > moment
            for role in entry["accessDetails"]["unifiedRoles"]
        )

    def tenant(self, tenant_id: str) -> Tenant:
        """The tenant with this id.

        Raises:
            GraphError: 404.
        """
        if tenant_id not in self.tenants:
            raise GraphError(404, "TenantNotFound", f"There is no tenant {tenant_id} in this sandbox.")
        return self.tenants[tenant_id]


def new_id() -> str:
    """An object id."""
    return str(uuid.uuid4())


def now() -> str:
    """This moment as Graph writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
