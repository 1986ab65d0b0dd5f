"""Signing in for the MSP's service account: one refresh token, an access token for each client tenant.

Source: https://learn.microsoft.com/partner-center/developer/enable-secure-app-model
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakKeyDictionary

from msp_automation.errors import ConfigurationError, IntegrationError
from msp_automation.integrations.entra import EntraRefusal, read_refusal
from msp_automation.settings import where_to_set

if TYPE_CHECKING:
    import httpx

    from msp_automation.integrations.base import Authentication, Integration

Problem = Literal[
    "consentMissing", "refreshTokenExpired", "refreshTokenRevoked", "relationshipMissing", "roleMissing"
]

_BAD_REQUEST: Final = 400
# Whoever used the refresh token a moment ago may not have stored its successor yet.
_WAIT_FOR_SUCCESSOR_SECONDS: Final = (0.0, 0.3)

_SECRETS: Final = where_to_set(None, "Secrets")
_STORE_AGAIN: Final = f"Sign the service account in again and store its refresh token under {_SECRETS}."
# What Entra's codes mean for a service account that comes over GDAP; other codes mean what they always do.
# Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
DELEGATED_PROBLEMS: dict[str, tuple[Problem, str]] = {
    "AADSTS65001": (
        "consentMissing",
        "The tenant has not consented to the MSP's application. "
        "Grant consent for it in the tenant, or through Partner Center.",
    ),
    "AADSTS700082": ("refreshTokenExpired", f"The refresh token has expired unused. {_STORE_AGAIN}"),
    "AADSTS70008": ("refreshTokenExpired", f"The refresh token has expired. {_STORE_AGAIN}"),
    "AADSTS50173": (
        "refreshTokenRevoked",
        f"The refresh token was revoked, as by a password change. {_STORE_AGAIN}",
    ),
    "AADSTS70000": (
        "refreshTokenRevoked",
        f"The refresh token is not valid, or no longer. {_STORE_AGAIN}",
    ),
    "AADSTS50020": (
        "relationshipMissing",
        "The service account is not let into this tenant. "
        "Check in Partner Center that a GDAP relationship with it is active.",
    ),
    "AADSTS50105": (
        "roleMissing",
        "The service account holds no role in this tenant. "
        "Add its security group to a role of the GDAP relationship in Partner Center.",
    ),
}
_SPENT: Final = frozenset({"refreshTokenExpired", "refreshTokenRevoked"})

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], asyncio.Lock]] = (
    WeakKeyDictionary()
)


async def sign_in_delegated(
    auth: Authentication, integration: Integration, url: str, form: Mapping[str, str], secret: str
) -> httpx.Response:
    """Redeem the refresh token at one tenant, and have the host keep the token that replaces it.

    Sign-ins with the same refresh token take turns, each with the token that the one before left.

    Args:
        url: The tenant's token endpoint.
        form: Client id, client secret and scope.
        secret: The name of the secret that holds the refresh token.

    Returns:
        The token endpoint's good answer.

    Raises:
        IntegrationError: Entra refuses; `details["problem"]` tells the common reasons apart.
        ConfigurationError: The secret is not set, or this host may not renew it.
    """
    if auth.store_secret is None:
        raise ConfigurationError("Only the platform itself signs in for the service account.")
    fields = {**form, "scope": f"{form['scope']} offline_access", "grant_type": "refresh_token"}
    async with _turn(form["client_id"], secret):
        used = await auth.get_secret(secret)
        if used is None:
            raise ConfigurationError(
                f"Secret {secret!r} with the service account's refresh token is not set. "
                f"Sign the account in and store the token under {_SECRETS}.",
                details={"secret": secret},
            )
        response = await _redeem(auth, integration, url, fields, used)
        if _is_spent(response):
            successor = await _find_successor(auth, secret, used)
            if successor is not None:
                used, response = successor, await _redeem(auth, integration, url, fields, successor)
        if response.status_code >= _BAD_REQUEST:
            raise _refused(auth, integration, _read(response), response.status_code)
        new = _body(response).get("refresh_token")
        if isinstance(new, str) and new not in {"", used}:
            await auth.store_secret(secret, new, replaces=used)
        return response


def _turn(client_id: str, secret: str) -> AbstractAsyncContextManager[None]:
    locks = _turns.setdefault(asyncio.get_running_loop(), {})
    return locks.setdefault((client_id, secret), asyncio.Lock())


async def _redeem(
    auth: Authentication, integration: Integration, url: str, fields: Mapping[str, str], token: str
) -> httpx.Response:
    from msp_automation.integrations.sign_in import request_token

    return await request_token(auth, integration, url, {**fields, "refresh_token": token})


async def _find_successor(auth: Authentication, secret: str, used: str) -> str | None:
    """The token that another process stored in place of `used`, if one did."""
    for seconds in _WAIT_FOR_SUCCESSOR_SECONDS:
        await asyncio.sleep(seconds)
        stored = await auth.get_secret(secret)
        if stored not in {None, used}:
            return stored
    return None


def _is_spent(response: httpx.Response) -> bool:
    if response.status_code < _BAD_REQUEST:
        return False
    known = DELEGATED_PROBLEMS.get(_read(response).code)
    return known is not None and known[0] in _SPENT


def _refused(
    auth: Authentication, integration: Integration, refusal: EntraRefusal, status: int
) -> IntegrationError:
    from msp_automation.integrations.transport import integration_error

    problem, explanation = DELEGATED_PROBLEMS.get(refusal.code, (None, refusal.explanation))
    name = auth.org.name if auth.org else ""
    error = integration_error(
        integration.name,
        f"Entra ID refused the service account's sign-in to {name}'s tenant ({refusal.code}). {explanation}",
        code=refusal.code,
        endpoint="POST /{tenant}/oauth2/v2.0/token",
        status=status,
        reason=refusal.reason,
        request_id=refusal.request_id,
    )
    error.details["problem"] = problem
    return error


def _read(response: httpx.Response) -> EntraRefusal:
    return read_refusal(_body(response), response.status_code)


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
