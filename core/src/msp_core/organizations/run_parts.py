"""A warm copy of an organization, as the parts of the snapshot that a run starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msp_automation.capabilities import OrganizationInfo
from msp_core.organizations.snapshot import OrganizationSnapshot


@dataclass(frozen=True, slots=True)
class RunSnapshotParts:
    """What `msp_automation.capabilities.RunSnapshot` wants under the same names.

    Args:
        config: Effective typed values; a secret reference is `{"secretRef": name}`.
        integrations: Settings of those that are enabled and complete; names of secrets only.
    """

    org: OrganizationInfo | None
    config: dict[str, Any]
    integrations: dict[str, dict[str, Any]]


def build_run_snapshot_parts(
    snapshot: OrganizationSnapshot, endpoints: Mapping[str, Mapping[str, str]]
) -> RunSnapshotParts:
    """What a run of this organization knows at its start.

    Args:
        endpoints: By integration type, the settings that only the deployment makes, such as
            `{"msgraph": {"authority": …, "base_url": …}}`; they replace whatever a row might hold.
    """
    organization = snapshot.organization
    return RunSnapshotParts(
        org=None
        if organization is None
        else OrganizationInfo(id=organization.id, name=organization.name, tenant_id=organization.tenant_id),
        config={key: value.value for key, value in snapshot.config.items()},
        integrations={
            kind: {**effective.settings, **endpoints.get(kind, {})}
            for kind, effective in snapshot.integrations.items()
            if effective.is_usable
        },
    )
