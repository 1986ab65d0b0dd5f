"""Integration settings as stored, as read and as a run sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from msp_core.config.models import Origin
from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime


class IntegrationTest(Model):
    """What the last real call came to."""

    ok: bool
    message: str
    details: dict[str, Any] = Field(default_factory=dict)
    tested_at: UtcDatetime
    tested_by: UserId


class IntegrationRow(Model):
    """Settings as stored for one organization, or for GLOBAL."""

    type: str
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict)
    updated_at: UtcDatetime
    updated_by: UserId


class IntegrationSet(Model):
    """What somebody gives to set an integration up."""

    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict)


class IntegrationType(Model):
    """A type of integration that can be set up."""

    type: str
    label: str
    settings_schema: dict[str, Any]


class IntegrationConfig(Model):
    """One integration as an organization's list shows it.

    `settings` is the row's own part, `effective_settings` what a run would get; neither holds a secret,
    only names of secrets. `missing_secrets` are names that resolve to nothing, `problems` what else
    keeps it from working. `enabled` is whether a run may use it, `own_enabled` the switch of the row's own
    part, and `etag` that part's version, both None without one. `shared_settings` are the MSP's, where the
    list is an organization's and there are any.
    """

    type: str
    label: str
    enabled: bool
    own_enabled: bool | None = None
    settings: dict[str, Any]
    effective_settings: dict[str, Any]
    shared_settings: dict[str, Any] | None = None
    scope: Origin
    inherited: bool = False
    last_test: IntegrationTest | None = None
    missing_secrets: tuple[str, ...] = ()
    problems: dict[str, str] = Field(default_factory=dict)
    updated_at: UtcDatetime
    updated_by: UserId
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class EffectiveIntegration:
    """An integration as a run of one organization gets it.

    Args:
        org_id: The organization it is for; `GLOBAL` for none.
        secrets_from_global: Whether its secret names may resolve to the MSP's values. False as soon as
            the organization's row says where or as whom to connect: otherwise whoever manages that
            row could have the MSP's secret sent to an address of their choice.
        secret_names: The names its settings refer to; no other name resolves for it.
        shared_secret_names: Those of them that resolve to the MSP's values only, never to an
            organization's, and that the platform may renew: a refresh token.
    """

    type: str
    org_id: OrgId
    enabled: bool
    settings: dict[str, Any]
    origin: Origin
    secrets_from_global: bool
    secret_names: frozenset[str] = frozenset()
    shared_secret_names: frozenset[str] = frozenset()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether a run can use it at all."""
        return self.enabled and not self.problems
