"""What is known of a secret besides its value."""

from __future__ import annotations

from enum import StrEnum

from msp_core.config.models import Origin
from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime


class SecretRecord(Model):
    """Who set a secret last, and when; the value is in the vault only."""

    name: str
    updated_at: UtcDatetime
    updated_by: UserId


class SecretChange(Model):
    """A change of a secret's value that is under way."""

    id: str
    began_at: UtcDatetime


class SecretInfo(Model):
    """One name as the list of an organization shows it; there is no value in it, ever.

    `updated_at` is None for a secret that was put into the vault by other means. `etag` names the version of
    the list's own secret; None for an inherited one, and for one put into the vault by other means.
    """

    name: str
    scope: Origin
    overrides: bool = False
    inherited: bool = False
    updated_at: UtcDatetime | None = None
    updated_by: UserId | None = None
    etag: str | None = None


class ReferenceKind(StrEnum):
    """What can name a secret."""

    CONFIG = "config"
    INTEGRATION = "integration"


class SecretReference(Model):
    """One place that names a secret: a configuration key, or an integration's type."""

    kind: ReferenceKind
    org_id: OrgId
    key: str
