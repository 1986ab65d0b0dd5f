"""Contexts without an engine: for tests, a REPL, a debugger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msp_automation.capabilities import CallerInfo, LocalCapabilities, OrganizationInfo, RunSnapshot

if TYPE_CHECKING:
    from msp_automation.context import OrganizationContext
    from msp_automation.integrations.base import Integration
    from msp_automation.integrations.network import Network

TESTING_CALLER = CallerInfo(
    user_id="10000000-0000-4000-8000-000000000001.b0000000-0000-4000-8000-000000000002",
    email="technician@msp.example",
    name="Service Desk Technician",
    user_type="MSP",
)
_LONGEST_TESTING_RUN_SECONDS = 300.0

C = TypeVar("C", bound="OrganizationContext")


def testing_context(
    kind: type[C],
    *,
    org: OrganizationInfo | str | None,
    caller: CallerInfo | None,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    integrations: Mapping[str, Mapping[str, Any]],
    endpoints: Mapping[str, Mapping[str, Any]],
    integration_types: Mapping[str, type[Integration]],
    network: Network | None,
) -> C:
    """Build what `OrganizationContext.for_testing` describes."""
    if isinstance(org, str):
        org = organization_named(org)
    merged = {name: {**integrations.get(name, {}), **endpoints.get(name, {})} for name in integrations}
    snapshot = RunSnapshot(
        execution_id=f"testing-{uuid.uuid4()}",
        kind="workflow",
        name="testing",
        org=org,
        caller=caller or TESTING_CALLER,
        config=dict(config),
        integrations=merged,
        timeout_seconds=_LONGEST_TESTING_RUN_SECONDS,
    )
    host = LocalCapabilities(org=org, secrets=secrets, integrations=merged, network=network)
    return kind(snapshot, host, integration_types=integration_types, keep_connections=False, network=network)


def organization_named(name: str) -> OrganizationInfo:
    """An organization with ids that follow from its name."""
    ids = (str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{what}.{name}")) for what in ("organization", "tenant"))
    return OrganizationInfo(id=next(ids), name=name, tenant_id=next(ids))
