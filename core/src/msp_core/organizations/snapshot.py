"""What a run needs to know of one organization, read once and kept warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msp_core.config.models import EffectiveValue
from msp_core.ids import OrgId
from msp_core.integrations.models import EffectiveIntegration
from msp_core.organizations.models import Organization
from msp_core.organizations.stamps import StampPair


@dataclass(frozen=True, slots=True)
class OrganizationSnapshot:
    """An organization with its effective configuration and integrations, as of one stamp.

    Args:
        organization: None for the snapshot of GLOBAL, which runs without organization use.
        kept_secrets: Names of global secrets that no run may read.
    """

    org_id: OrgId
    organization: Organization | None
    config: Mapping[str, EffectiveValue]
    integrations: Mapping[str, EffectiveIntegration]
    stamp: StampPair
    kept_secrets: frozenset[str] = frozenset()
