"""Access tokens for integrations, kept until shortly before they end."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from msp_automation.capabilities import IntegrationToken, OrganizationInfo
from msp_automation.errors import IntegrationError
from msp_automation.integrations.base import GetSecret, StoreSecret
from msp_automation.integrations.registry import authenticate

_FRESH_FOR: Final = timedelta(minutes=5)
_MOST_KEPT: Final = 2000


class _Key(NamedTuple):
    org_id: str
    integration: str
    settings: str


class IntegrationTokens:
    """One token per organization, integration and settings; asked for once, however many runs want it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, IntegrationToken] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[IntegrationToken]] = {}

    async def get(
        self,
        integration: str,
        *,
        org: OrganizationInfo,
        settings: Mapping[str, Any],
        get_secret: GetSecret,
        store_secret: StoreSecret | None = None,
        refresh: bool = False,
    ) -> IntegrationToken:
        """A token that holds for at least five more minutes, unless it was issued for less.

        Args:
            store_secret: Keeps a refresh token that was replaced as it was used.

        Raises:
            ConfigurationError: A setting or secret is missing.
            IntegrationError: The other system refused, or its token is for another tenant.
        """
        key = _Key(org.id, integration, _digest(settings))
        kept = self._kept.get(key)
        if kept is not None and not refresh and kept.expires_at - datetime.now(UTC) > _FRESH_FOR:
            return kept
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._ask(key, org, settings, get_secret, store_secret))
            self._asking[key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        # Shielded: one run that is cancelled must not take the token from the others that wait for it.
        return await asyncio.shield(asking)

    async def _ask(
        self,
        key: _Key,
        org: OrganizationInfo,
        settings: Mapping[str, Any],
        get_secret: GetSecret,
        store_secret: StoreSecret | None,
    ) -> IntegrationToken:
        token = await authenticate(
            key.integration, org=org, settings=settings, get_secret=get_secret, store_secret=store_secret
        )
        refuse_foreign_tenant(key.integration, org, token)
        self._kept[key] = token
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return token


def refuse_foreign_tenant(integration: str, org: OrganizationInfo, token: IntegrationToken) -> None:
    """Raise unless the token is for the organization's own tenant, where its system has tenants.

    Raises:
        IntegrationError: It is for another one.
    """
    has_tenants = integration == "msgraph" or token.tenant_id is not None
    if has_tenants and (token.tenant_id is None or token.tenant_id != org.tenant_id):
        raise IntegrationError(
            f"The token that {integration} issued is not for the tenant of {org.name}; it was not used.",
            details={"integration": integration, "code": "ForeignTenant"},
        )


def _digest(settings: Mapping[str, Any]) -> str:
    text = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
