"""Integrations by name: the built-in ones, and how a client of any is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msp_automation.capabilities import Capabilities, IntegrationCall, IntegrationToken, OrganizationInfo
from msp_automation.errors import ConfigurationError, ValidationError, WorkflowError
from msp_automation.integrations.base import (
    Authentication,
    Connection,
    GetSecret,
    Integration,
    IntegrationTestResult,
    StoreSecret,
)
from msp_automation.integrations.halopsa import HaloPsa
from msp_automation.integrations.msgraph import MsGraph
from msp_automation.integrations.settings import IntegrationSettings
from msp_automation.redaction import Redactor
from msp_automation.settings import Secrets, where_to_set, whose

if TYPE_CHECKING:
    from msp_automation.integrations.network import Network
    from msp_automation.integrations.tokens import FetchToken

BUILT_IN: dict[str, type[Integration]] = {MsGraph.name: MsGraph, HaloPsa.name: HaloPsa}


def settings_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of what an organization sets for a built-in integration.

    Raises:
        LookupError: There is no such integration.
    """
    return _built_in(name).Settings.organization_schema()


def check_settings(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Check what an organization wants to set for a built-in integration, as JSON.

    Raises:
        LookupError: There is no such integration.
        ValidationError: A field is unknown, missing, wrong, or the deployment's to set.
    """
    return _built_in(name).Settings.check_organization_settings(settings)


async def authenticate(
    name: str,
    *,
    org: OrganizationInfo | None,
    settings: Mapping[str, Any],
    get_secret: GetSecret,
    store_secret: StoreSecret | None = None,
    network: Network | None = None,
) -> IntegrationToken:
    """Sign in to a built-in integration; only the trusted side of the platform calls it.

    Args:
        store_secret: Keeps a refresh token that was replaced as it was used.
        network: Where the sign-in goes; the real one unless given.

    Raises:
        IntegrationError: The other system refuses; its reason is kept and explained.
        ConfigurationError: A setting, secret or tenant link is missing.
    """
    kind = _built_in(name)
    return await _sign_in(
        kind, org, _read_settings(kind, org, settings), get_secret, store_secret=store_secret, network=network
    )


def connect(
    name: str,
    *,
    org: OrganizationInfo | None,
    settings: Mapping[str, Any],
    get_secret: GetSecret,
    store_secret: StoreSecret | None = None,
) -> Integration:
    """A client of a built-in integration that signs in by itself, for the platform's own calls.

    Raises:
        LookupError: There is no such integration.
        ConfigurationError: The settings are wrong.
    """
    kind = _built_in(name)
    checked = _read_settings(kind, org, settings)

    async def fetch(_: bool) -> IntegrationToken:
        return await _sign_in(kind, org, checked, get_secret, store_secret=store_secret)

    return _client(
        kind, org, checked, fetch=fetch, record=_forget, redactor=Redactor(), keep_connections=False
    )


async def test_integration(
    name: str,
    *,
    org: OrganizationInfo | None,
    settings: Mapping[str, Any],
    get_secret: GetSecret,
    store_secret: StoreSecret | None = None,  # noqa: PT028 - no test function
) -> IntegrationTestResult:
    """Sign in and make one real call; what goes wrong is the result, not an error.

    Raises:
        LookupError: There is no such integration.
    """
    try:
        client = connect(name, org=org, settings=settings, get_secret=get_secret, store_secret=store_secret)
        return await client.test()
    except WorkflowError as error:
        return IntegrationTestResult(False, error.message, error.details)


# pytest would take the name for a test's wherever it is imported.
test_integration.__test__ = False  # type: ignore[attr-defined] # a function's free attribute


def build_client(
    name: str,
    *,
    org: OrganizationInfo | None,
    settings: Mapping[str, Any] | None,
    capabilities: Capabilities,
    secrets: Secrets,
    redactor: Redactor,
    integration_types: Mapping[str, type[Integration]],
    keep_connections: bool = True,
    network: Network | None = None,
) -> Integration:
    """The client of an integration for one run.

    Args:
        network: Where its requests go; the real one unless given.

    Raises:
        ConfigurationError: It is unknown, not set up for this organization, or wrongly so.
    """
    known = {**integration_types, **BUILT_IN}
    if name not in known:
        raise ConfigurationError(f"There is no integration {name!r}. There are: {', '.join(sorted(known))}.")
    kind = known[name]
    if settings is None:
        raise ConfigurationError(
            f"{kind.label} is not set up for {whose(org)}. "
            f"Set it up under {where_to_set(org, 'Integrations')}.",
            details={"integration": name, "organization": org.name if org else None},
        )
    checked = _read_settings(kind, org, settings)

    async def fetch(refresh: bool) -> IntegrationToken:
        if name in BUILT_IN:
            return await capabilities.get_token(name, refresh=refresh)
        return await _sign_in(kind, org, checked, secrets.get, network=network)

    return _client(
        kind,
        org,
        checked,
        fetch=fetch,
        record=capabilities.record_call,
        redactor=redactor,
        keep_connections=keep_connections,
        network=network,
    )


def _client(
    kind: type[Integration],
    org: OrganizationInfo | None,
    settings: IntegrationSettings,
    *,
    fetch: FetchToken,
    record: Callable[[IntegrationCall], None],
    redactor: Redactor,
    keep_connections: bool,
    network: Network | None = None,
) -> Integration:
    from msp_automation.integrations.network import LoopNetwork, Network, signed_in_client
    from msp_automation.integrations.tokens import TokenSource

    tokens = TokenSource(fetch, redactor)
    way_out = network or Network(LoopNetwork(keep_connections=keep_connections))
    return kind(
        Connection(
            org,
            settings,
            lambda integration: signed_in_client(integration, tokens, record=record, network=way_out),
        )
    )


async def _sign_in(
    kind: type[Integration],
    org: OrganizationInfo | None,
    settings: IntegrationSettings,
    get_secret: GetSecret,
    *,
    store_secret: StoreSecret | None = None,
    network: Network | None = None,
) -> IntegrationToken:
    from msp_automation.integrations.network import anonymous_client
    from msp_automation.integrations.sign_in import explained

    async with anonymous_client(network) as http:
        integration = kind(Connection(org, settings, _refuse_client))
        with explained(integration):
            return await integration.authenticate(
                Authentication(org, settings, get_secret, http, store_secret)
            )


def _read_settings(
    kind: type[Integration], org: OrganizationInfo | None, settings: Mapping[str, Any]
) -> IntegrationSettings:
    try:
        return kind.Settings.read(settings)
    except ValidationError as error:
        fields = "; ".join(f"{name}: {message}" for name, message in error.details["fields"].items())
        raise ConfigurationError(
            f"The settings of {kind.label} for {whose(org)} are wrong. {fields} "
            f"Correct them under {where_to_set(org, 'Integrations')}.",
            details={"integration": kind.name, **error.details},
        ) from None


def _built_in(name: str) -> type[Integration]:
    if name not in BUILT_IN:
        raise LookupError(f"There is no integration {name!r}. There are: {', '.join(sorted(BUILT_IN))}.")
    return BUILT_IN[name]


def _forget(_: IntegrationCall) -> None:
    """A test's calls belong to no run."""


def _refuse_client(_: Integration) -> Any:
    raise WorkflowError("authenticate() signs in with `auth.http`; the client itself needs its token first.")
