"""The token endpoint: codes and refresh tokens become tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.sandbox import read_form
from msp_devstack.demo import DemoPerson
from msp_devstack.identity.authorize import RefusedRequest, check_scope
from msp_devstack.identity.claims import access_claims, client_info, id_claims
from msp_devstack.identity.grants import CodeGrant, Grants, RefreshGrant
from msp_devstack.identity.settings import ANY_TENANT, IdentitySettings
from msp_devstack.signing import SigningKey, base64url

# Clocks and networks are not exact: who asks at four fifths of the interval is not told off.
_IMPATIENCE = 0.8
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenEndpoint:
    """`POST /{tenant}/v2.0/token`."""

    def __init__(self, settings: IdentitySettings, grants: Grants, key: SigningKey) -> None:
        self._settings = settings
        self._grants = grants
        self._key = key

    async def __call__(self, request: Request) -> Response:
        """Answer with tokens, or with an error in Entra's shape."""
        try:
            given = await read_form(request)
            self._check_sender(request, given.get("client_id"))
            return JSONResponse(self._redeem(request.path_params["tenant"], given), headers=_NO_STORE)
        except RefusedRequest as refused:
            return JSONResponse(error_body(refused), 400, headers=_NO_STORE)

    def _check_sender(self, request: Request, client_id: str | None) -> None:
        tenant = request.path_params["tenant"]
        if not self._settings.knows_tenant(tenant):
            raise RefusedRequest("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        origin = request.headers.get("origin")
        if client_id == self._settings.cli_client_id:
            if origin is not None:
                message = "AADSTS9002326: tokens of a public client are not redeemed by pages"
                raise RefusedRequest("invalid_request", message)
            return
        if origin is None:
            message = "AADSTS9002327: tokens of a single-page application are redeemed by its page only"
            raise RefusedRequest("invalid_request", message)
        if not self._settings.allows_origin(origin):
            raise RefusedRequest("invalid_request", f"AADSTS9002326: origin '{origin}' is not permitted")

    def _redeem(self, tenant: str, given: dict[str, str]) -> dict[str, Any]:
        if given.get("client_id") not in {self._settings.client_id, self._settings.cli_client_id}:
            message = f"AADSTS700016: Application '{given.get('client_id', '')}' was not found."
            raise RefusedRequest("unauthorized_client", message)
        match given.get("grant_type"):
            case "authorization_code":
                return self._by_code(tenant, given)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._by_device_code(tenant, given)
            case "refresh_token":
                return self._by_refresh_token(tenant, given)
            case other:
                message = f"AADSTS70003: the grant type '{other}' is not supported"
                raise RefusedRequest("unsupported_grant_type", message)

    def _by_code(self, tenant: str, given: dict[str, str]) -> dict[str, Any]:
        code = given.get("code", "")
        grant = self._grants.find_code(code)
        if grant is None:
            raise RefusedRequest("invalid_grant", "AADSTS70008: the code is unknown or has expired")
        if grant.is_used:
            self._grants.revoke_family(grant.family)
            raise RefusedRequest("invalid_grant", "AADSTS54005: the code was already redeemed")
        # Spent by the first try, right or wrong: nobody gets to guess the verifier.
        self._grants.use_code(code, grant)
        self._check_binding(tenant, given, grant)
        scope = given.get("scope") or grant.scope
        check_scope(self._settings, scope)
        refresh = RefreshGrant(
            grant.person, grant.client_id, scope, grant.session_id, grant.family, self._refresh_end()
        )
        return self._tokens(grant.person, scope, refresh, nonce=grant.nonce)

    def _check_binding(self, tenant: str, given: dict[str, str], grant: CodeGrant) -> None:
        if given.get("client_id") != grant.client_id:
            raise RefusedRequest("invalid_grant", "AADSTS700007: the code was issued to another application")
        if given.get("redirect_uri") != grant.redirect_uri:
            message = "AADSTS50011: the redirect URI is not the one that the code was issued for"
            raise RefusedRequest("invalid_grant", message)
        if tenant not in ANY_TENANT and grant.person.tenant_id != tenant:
            raise RefusedRequest("invalid_grant", "AADSTS50020: the code is for a user of another tenant")
        challenge = base64url(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if not hmac.compare_digest(challenge, grant.challenge):
            message = "AADSTS501481: the code_verifier does not match the code_challenge"
            raise RefusedRequest("invalid_grant", message)

    def _by_device_code(self, tenant: str, given: dict[str, str]) -> dict[str, Any]:
        code, now = given.get("device_code", ""), self._settings.clock()
        grant = self._grants.find_device_code(code)
        if grant is None or grant.client_id != given.get("client_id"):
            # Entra tells an expired code apart; here an expired one is forgotten.
            raise RefusedRequest("expired_token", "AADSTS70020: the device code is unknown or has expired")
        if tenant != grant.tenant:
            raise RefusedRequest("invalid_grant", "AADSTS50020: the code was asked for at another tenant")
        if grant.is_denied:
            raise RefusedRequest("authorization_declined", "AADSTS65004: the sign-in was declined")
        if grant.person is None:
            self._grants.put_device_code(code, replace(grant, asked_at=now))
            if now - grant.asked_at < self._settings.device_interval_seconds * _IMPATIENCE:
                raise RefusedRequest("slow_down", "AADSTS70016: ask less often")
            raise RefusedRequest("authorization_pending", "AADSTS70016: nobody has typed the code yet")
        self._grants.drop_device_code(code)
        refresh = RefreshGrant(
            grant.person, grant.client_id, grant.scope, "", secrets.token_hex(8), self._refresh_end()
        )
        return self._tokens(grant.person, grant.scope, refresh, nonce=None)

    def _by_refresh_token(self, tenant: str, given: dict[str, str]) -> dict[str, Any]:
        token = given.get("refresh_token", "")
        grant = self._grants.find_refresh(token)
        if grant is None:
            raise RefusedRequest("invalid_grant", "AADSTS700084: the refresh token is unknown or has expired")
        if grant.is_used:
            self._grants.revoke_family(grant.family)
            raise RefusedRequest("invalid_grant", "AADSTS70000: the refresh token was used before")
        if grant.client_id != given.get("client_id"):
            raise RefusedRequest("invalid_grant", "AADSTS700007: the token was issued to another application")
        if tenant not in ANY_TENANT and grant.person.tenant_id != tenant:
            raise RefusedRequest("invalid_grant", "AADSTS50020: the token is for a user of another tenant")
        scope = given.get("scope") or grant.scope
        check_scope(self._settings, scope)
        self._grants.use_refresh(token, grant)
        following = RefreshGrant(
            grant.person, grant.client_id, scope, grant.session_id, grant.family, grant.expires_at
        )
        return self._tokens(grant.person, scope, following, nonce=None)

    def _tokens(
        self, person: DemoPerson, scope: str, refresh: RefreshGrant, *, nonce: str | None
    ) -> dict[str, Any]:
        words = set(scope.split())
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": scope,
            "expires_in": self._settings.access_token_seconds,
            "ext_expires_in": self._settings.access_token_seconds,
            "access_token": self._key.sign(access_claims(self._settings, person, scope, refresh.client_id)),
            "client_info": client_info(person),
        }
        if "openid" in words:
            answer["id_token"] = self._key.sign(id_claims(self._settings, person, nonce, refresh.client_id))
        if "offline_access" in words:
            answer["refresh_token"] = self._grants.issue_refresh(refresh)
        return answer

    def _refresh_end(self) -> float:
        return self._settings.clock() + self._settings.refresh_token_seconds


def error_body(refused: RefusedRequest) -> dict[str, Any]:
    """An OAuth error as Entra words it.

    Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    """
    description = str(refused)
    code = description.partition(":")[0].removeprefix("AADSTS")
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    return {
        "error": refused.error,
        "error_description": description,
        "error_codes": [int(code)] if code.isdigit() else [],
        "timestamp": now,
        "trace_id": secrets.token_hex(16),
        "correlation_id": secrets.token_hex(16),
    }
