"""Which settings an organization's run gets, out of its own row and the global one.

The rule that keeps the MSP's secrets at home: as soon as an organization's row sets any field that says
where or as whom to connect, all such fields come from that row, and its secret names resolve in that
organization only. Otherwise whoever manages the row could point a global secret at an address of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from msp_automation.errors import ValidationError
from msp_automation.integrations.base import Integration
from msp_automation.integrations.settings import IntegrationSettings
from msp_core.config.models import Origin
from msp_core.ids import GLOBAL, OrgId
from msp_core.integrations.models import EffectiveIntegration, IntegrationRow
from msp_core.secrets.names import find_secret_name

IntegrationTypes = Mapping[str, type[Integration]]


@dataclass(frozen=True, slots=True)
class Marks:
    """What kind of field each of a settings model's fields is."""

    connection: frozenset[str]
    secret: frozenset[str]
    deployment: frozenset[str]
    shared_only: frozenset[str]


@cache
def marks_of(model: type[IntegrationSettings]) -> Marks:
    """The model's marks; asked for once, since the SDK finds them by building a JSON Schema."""
    return Marks(
        # A secret is part of "as whom", whether or not its field says so.
        connection=model.connection_fields() | model.secret_fields(),
        secret=model.secret_fields(),
        deployment=model.deployment_fields(),
        shared_only=model.shared_only_fields(),
    )


def connects_itself(model: type[IntegrationSettings], row: IntegrationRow) -> bool:
    """Whether the row says where or as whom to connect."""
    return any(row.settings.get(name) is not None for name in marks_of(model).connection)


def merged_settings(
    model: type[IntegrationSettings], own: IntegrationRow | None, shared: IntegrationRow | None
) -> dict[str, Any]:
    """The settings that count, without those that their row may not hold.

    Args:
        own: An organization's row, never the one of GLOBAL.
    """
    marks = marks_of(model)
    hidden = marks.deployment
    if own is not None and connects_itself(model, own):
        hidden = hidden | marks.connection
    below = {} if shared is None else {k: v for k, v in shared.settings.items() if k not in hidden}
    refused = marks.deployment | marks.shared_only
    above = {} if own is None else {k: v for k, v in own.settings.items() if k not in refused}
    return below | above


def effective_integrations(
    types: IntegrationTypes, org_id: OrgId, own: Sequence[IntegrationRow], shared: Sequence[IntegrationRow]
) -> dict[str, EffectiveIntegration]:
    """Every integration that is set up for the organization, by type, usable or not.

    Args:
        own: The organization's rows; none for `GLOBAL`.
        shared: The rows of GLOBAL.
    """
    mine = {row.type: row for row in own if row.type in types}
    below = {row.type: row for row in shared if row.type in types}
    return {
        kind: effective_integration(types[kind], org_id, mine.get(kind), below.get(kind))
        for kind in sorted(mine.keys() | below.keys())
    }


def effective_integration(
    integration: type[Integration],
    org_id: OrgId,
    own: IntegrationRow | None,
    shared: IntegrationRow | None,
) -> EffectiveIntegration:
    """One integration as a run of the organization gets it; at least one row is given."""
    model = integration.Settings
    is_on_its_own = own is not None and connects_itself(model, own)
    settings = merged_settings(model, own, shared)
    names = (find_secret_name(str(settings[name])) for name in marks_of(model).secret if settings.get(name))
    return EffectiveIntegration(
        type=integration.name,
        org_id=org_id,
        enabled=_is_enabled(own, shared, is_on_its_own=is_on_its_own),
        settings=settings,
        origin=Origin.GLOBAL if own is None else Origin.ORG,
        secrets_from_global=not is_on_its_own or org_id == GLOBAL,
        secret_names=frozenset(name for name in names if name is not None),
        shared_secret_names=shared_secret_names(model, settings),
        problems=problems_of(model, settings),
    )


def shared_secret_names(model: type[IntegrationSettings], settings: Mapping[str, Any]) -> frozenset[str]:
    """The secrets in `settings` that are the MSP's own, whatever organization it works for."""
    marks = marks_of(model)
    names = (
        find_secret_name(str(settings[one])) for one in marks.secret & marks.shared_only & settings.keys()
    )
    return frozenset(name for name in names if name is not None)


def kept_from_runs(types: IntegrationTypes, shared: Sequence[IntegrationRow]) -> frozenset[str]:
    """Names of global secrets that no run may read: they open more than the run's own organization.

    Args:
        shared: The rows of GLOBAL.
    """
    found = (
        shared_secret_names(types[row.type].Settings, row.settings) for row in shared if row.type in types
    )
    return frozenset[str]().union(*found)


def problems_of(model: type[IntegrationSettings], settings: Mapping[str, Any]) -> dict[str, str]:
    """What is missing or wrong, a sentence for each field."""
    try:
        model.check_organization_settings(settings)
    except ValidationError as error:
        fields: Mapping[str, str] = error.details.get("fields") or {"settings": str(error)}
        return dict(fields)
    return {}


def _is_enabled(own: IntegrationRow | None, shared: IntegrationRow | None, *, is_on_its_own: bool) -> bool:
    """Switched on; an organization that uses the MSP's connection needs both switches."""
    if own is None:
        return shared is not None and shared.enabled
    return own.enabled and (is_on_its_own or shared is None or shared.enabled)
