"""Tokens of one integration for one organization: fetched once, replaced when refused."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any

from msp_automation.capabilities import IntegrationToken
from msp_automation.redaction import Redactor

FetchToken = Callable[[bool], Awaitable[IntegrationToken]]


class TokenSource:
    """Holds the token of one client; never shared between organizations.

    Args:
        fetch: Gets a token; True asks for a new one.
        redactor: Learns each token, so that no log line can show it.
    """

    def __init__(self, fetch: FetchToken, redactor: Redactor) -> None:
        self._fetch = fetch
        self._redactor = redactor
        self._token: IntegrationToken | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> IntegrationToken:
        """The token in hand while it is fresh, else a new one."""
        token = self._token
        if token is not None and token.is_fresh():
            return token
        return await self._renew(token, refresh=False)

    async def replace(self, refused: IntegrationToken) -> IntegrationToken:
        """A token other than the one the API refused."""
        return await self._renew(refused, refresh=True)

    async def _renew(self, outdated: IntegrationToken | None, *, refresh: bool) -> IntegrationToken:
        async with self._lock:
            # Requests side by side find the token outdated together; one fetches for all.
            if self._token is not None and self._token is not outdated:
                return self._token
            token = await self._fetch(refresh)
            self._redactor.add(token.access_token)
            self._token = token
            return token


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified; empty where the token is none.

    Only to compare a token we fetched ourselves with what we asked for: whoever
    accepts the token verifies it.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
