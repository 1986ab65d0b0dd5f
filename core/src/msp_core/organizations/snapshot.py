"""What a request or a run needs to know of one organization, read once and kept warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msp_core.config.models import ConfigItem, EffectiveValue
from msp_core.ids import OrgId
from msp_core.integrations.models import EffectiveIntegration
from msp_core.organizations.models import Organization
from msp_core.organizations.stamps import StampPair
from msp_core.storage import Stored

ConfigRows = Mapping[str, Stored[ConfigItem]]
"""Rows of configuration by key, as they lie in one partition."""


@dataclass(frozen=True, slots=True)
class OrganizationSnapshot:
    """An organization with its effective configuration and integrations, as of one stamp.

    Args:
        organization: None for the snapshot of GLOBAL, which runs without organization use.
        own_config: The rows that the effective configuration came from; of GLOBAL, the shared ones.
        shared_config: The rows that all organizations share.
        kept_secrets: Names of global secrets that no run may read.
    """

    org_id: OrgId
    organization: Organization | None
    config: Mapping[str, EffectiveValue]
    own_config: ConfigRows
    shared_config: ConfigRows
    integrations: Mapping[str, EffectiveIntegration]
    stamp: StampPair
    kept_secrets: frozenset[str] = frozenset()
