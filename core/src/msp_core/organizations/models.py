"""A client organization and its link to a Microsoft 365 tenant."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime, utc_now

OrganizationName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]

Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A lower-case word, or some joined by hyphens."""

Tags = Annotated[tuple[Tag, ...], Field(max_length=20), AfterValidator(lambda tags: tuple(sorted(set(tags))))]
"""What an organization is grouped by: schedules name tags."""


class TenantLinkStatus(StrEnum):
    """What is known of the link between an organization and its tenant."""

    NOT_LINKED = "notLinked"
    LINKED = "linked"
    FAILING = "failing"
    EXPIRING = "expiring"


EXPIRES_WITHIN: Final = timedelta(days=30)


class TenantLink(Model):
    """The link's last known state; `verified_at` is None until a call has been tried.

    `roles` are names, and `ends_at` is the end, of the GDAP relationship; it counts for nothing while the
    relationship extends itself.
    """

    status: TenantLinkStatus = TenantLinkStatus.NOT_LINKED
    verified_at: UtcDatetime | None = None
    reason: str | None = None
    roles: tuple[str, ...] = ()
    ends_at: UtcDatetime | None = None
    extends_itself: bool = False

    @property
    def current_status(self) -> TenantLinkStatus:
        """The status at this moment: a link that worked draws nearer to its end without being checked."""
        if self.status not in {TenantLinkStatus.LINKED, TenantLinkStatus.EXPIRING}:
            return self.status
        if self.ends_at is None or self.extends_itself or self.ends_at - utc_now() > EXPIRES_WITHIN:
            return TenantLinkStatus.LINKED
        return TenantLinkStatus.EXPIRING

    @property
    def current_reason(self) -> str | None:
        """Why it fails, or when it ends if that is near."""
        if self.current_status is not TenantLinkStatus.EXPIRING or self.ends_at is None:
            return self.reason
        verb = "ended" if self.ends_at <= utc_now() else "ends"
        return f"The GDAP relationship {verb} on {self.ends_at:%Y-%m-%d}. Renew it in Partner Center."


class Organization(Model):
    """A client of the MSP.

    Args:
        active_since: When it was last activated again; None while it never was deactivated.
        tags_changed_at: None while its tags are those it was made with.
    """

    id: OrgId
    name: str
    tenant_id: str | None = None
    is_active: bool = True
    created_at: UtcDatetime
    created_by: UserId
    updated_at: UtcDatetime
    updated_by: UserId
    tenant_link: TenantLink = TenantLink()
    tags: Tags = ()
    active_since: UtcDatetime | None = None
    tags_changed_at: UtcDatetime | None = None

    def is_home_of(self, tenant_id: str) -> bool:
        """Whether people of this tenant are this organization's people now."""
        return self.is_active and self.tenant_id is not None and self.tenant_id == tenant_id


class OrganizationCreate(Model):
    """What an admin gives to create an organization."""

    name: OrganizationName
    tenant_id: str | None = None
    tags: Tags = ()


class OrganizationUpdate(Model):
    """What an admin changes; a property that is not given stays.

    `tenant_id` given as None unlinks the tenant, so "not given" is told by `model_fields_set`.
    """

    name: OrganizationName | None = None
    tenant_id: str | None = None
    is_active: bool | None = None
    tags: Tags | None = None


class TenantClaim(Model):
    """Which organization holds a tenant: the row that keeps two from linking the same one."""

    org_id: OrgId
    claimed_at: UtcDatetime
