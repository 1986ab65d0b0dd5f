"""From a scope to what a run may use: its snapshot, and the binding its capabilities are served from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from msp_automation.capabilities import CallerInfo, RunKind, RunSnapshot
from msp_core.errors import NotFound
from msp_core.ids import OrgId
from msp_core.organizations.run_parts import build_run_snapshot_parts
from msp_core.organizations.snapshot import OrganizationSnapshot
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.permissions.models import OrgScope
from msp_core.secrets.service import SecretService
from msp_core.users.models import User
from workflow_engine.execution.capabilities import RunBinding, RunIntegration

Endpoints = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RunContext:
    """One organization and one caller, as a run sees them."""

    org_id: OrgId
    caller: CallerInfo
    config: Mapping[str, Any]
    binding: RunBinding

    def snapshot(
        self,
        *,
        execution_id: str,
        kind: RunKind,
        name: str,
        timeout_seconds: float,
        form_id: str | None = None,
    ) -> RunSnapshot:
        """What the runner gets at the start."""
        return RunSnapshot(
            execution_id=execution_id,
            kind=kind,
            name=name,
            org=self.binding.org,
            caller=self.caller,
            config=dict(self.config),
            integrations={name: dict(one.settings) for name, one in self.binding.integrations.items()},
            timeout_seconds=timeout_seconds,
            form_id=form_id,
        )


class RunContexts:
    """Makes run contexts.

    Args:
        endpoints: Where built-in integrations connect to, by the deployment's settings.
    """

    def __init__(
        self, snapshots: OrganizationSnapshots, secrets: SecretService, endpoints: Endpoints
    ) -> None:
        self._snapshots = snapshots
        self._secrets = secrets
        self._endpoints = endpoints

    async def of(self, scope: OrgScope) -> RunContext:
        """The context of a run that the scope's holder starts now; no request when the scope has its copy."""
        snapshot = scope.snapshot or await self._snapshots.get(scope.org_id)
        if snapshot is None:
            raise NotFound("There is no such organization.")
        return self._make(snapshot, scope.user)

    async def for_admitted(self, org_id: OrgId, user: User) -> RunContext:
        """The context of a run that was admitted before.

        Raises:
            NotFound: The organization is gone or no longer active.
        """
        snapshot = await self._snapshots.get(org_id)
        organization = None if snapshot is None else snapshot.organization
        if snapshot is None or (organization is not None and not organization.is_active):
            raise NotFound("The organization is no longer active.")
        return self._make(snapshot, user)

    def _make(self, snapshot: OrganizationSnapshot, user: User) -> RunContext:
        parts = build_run_snapshot_parts(snapshot, self._endpoints)
        return RunContext(
            org_id=snapshot.org_id,
            caller=CallerInfo(
                user_id=user.id, email=user.email, name=user.display_name, user_type=user.user_type.value
            ),
            config=parts.config,
            binding=RunBinding(
                org=parts.org,
                read_secret=partial(
                    self._secrets.resolve_for_run, snapshot.org_id, kept=snapshot.kept_secrets
                ),
                integrations={
                    name: RunIntegration(
                        settings, *self._secrets.for_integration(snapshot.integrations[name])
                    )
                    for name, settings in parts.integrations.items()
                },
            ),
        )
