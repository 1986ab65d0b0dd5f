"""Customers of the MSP as Microsoft Graph knows them, and what an import of some came to.

Source: https://learn.microsoft.com/graph/api/resources/delegatedadminrelationship
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from msp_core.ids import OrgId
from msp_core.models import Model, UtcDatetime
from msp_core.organizations.models import Organization

# While it expires, Graph's word for the last days, a relationship still holds.
_HOLDING: Final = frozenset({"active", "expiring"})


class GdapRole(Model):
    """A role that a relationship gives the MSP; the rarer ones go by their id."""

    id: str
    name: str


class GdapRelationship(Model):
    """One relationship; `status` is Graph's word."""

    id: str
    display_name: str
    status: str
    roles: tuple[GdapRole, ...] = ()
    ends_at: UtcDatetime | None = None
    extends_itself: bool = False

    @property
    def is_active(self) -> bool:
        """Whether it holds, by Graph's word."""
        return self.status in _HOLDING


class GdapCustomer(Model):
    """A tenant with all its relationships with the MSP, and the organization that is linked to it."""

    tenant_id: str
    display_name: str
    relationships: tuple[GdapRelationship, ...]
    organization_id: OrgId | None = None
    organization_name: str | None = None

    @property
    def active(self) -> tuple[GdapRelationship, ...]:
        """The relationships that hold."""
        return tuple(one for one in self.relationships if one.is_active)

    @property
    def is_active(self) -> bool:
        """Whether any relationship holds."""
        return bool(self.active)

    @property
    def roles(self) -> tuple[str, ...]:
        """Names of the roles that the active relationships give, sorted."""
        return tuple(sorted({role.name for one in self.active for role in one.roles}))

    @property
    def ends_at(self) -> datetime | None:
        """When the last active relationship ends; None where none is, or where one has no end."""
        ends = [one.ends_at for one in self.active]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    @property
    def extends_itself(self) -> bool:
        """Whether the relationship that lasts longest renews itself."""
        return any(one.extends_itself and one.ends_at == self.ends_at for one in self.active)


class ImportOutcome(StrEnum):
    """What an import did about one tenant."""

    CREATED = "created"
    ALREADY_LINKED = "alreadyLinked"
    REFUSED = "refused"


class GdapImport(Model):
    """One tenant of an import; `reason` says why it was refused."""

    tenant_id: str
    outcome: ImportOutcome
    organization: Organization | None = None
    reason: str | None = None
