"""Access tokens: which hold, and whom they speak for."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import httpx
import jwt
import structlog
from jwt.exceptions import PyJWTError

from msp_core.errors import Unauthenticated
from msp_core.identity.keys import SigningKey, SigningKeys
from msp_core.identity.models import Principal
from msp_core.identity.verified import Verified, VerifiedTokens

_log = structlog.get_logger(__name__)

_LEEWAY_SECONDS: Final = 60
_MAX_TOKEN_CHARACTERS: Final = 16_384
_MAX_CLAIM_CHARACTERS: Final = 320
_MAX_ROLES: Final = 64
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_AZURE_MARKS: Final = ("WEBSITE_INSTANCE_ID", "FUNCTIONS_WORKER_RUNTIME")


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Which access tokens hold.

    Args:
        audience: The API registration's client id.
        issuer: With `{tenantid}` where the token's own tenant stands.
        jwks_url: Where the signing keys lie.
    """

    audience: str
    issuer: str
    jwks_url: str

    def refuse_loopback_in_azure(self, environ: Mapping[str, str]) -> None:
        """Refuse to start in Azure with a local identity provider, whose keys anybody may hold.

        Args:
            environ: The process's environment; Azure's own variables tell where it runs.

        Raises:
            ValueError: It runs in Azure and the issuer or the keys are on this machine, or not on https.
        """
        if not any(environ.get(mark) for mark in _AZURE_MARKS):
            return
        for name, address in (("issuer", self.issuer), ("key set", self.jwks_url)):
            parts = urlsplit(address)
            if parts.scheme != "https" or parts.hostname is None or _is_loopback(parts.hostname):
                raise ValueError(
                    f"The token {name} {address!r} is a local one. In Azure, set MSP_TOKEN_ISSUER and "
                    "MSP_JWKS_URL to Entra ID's https addresses."
                )


def _is_loopback(host: str) -> bool:
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".localtest")):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        # "127.1" and "2130706433" are numbers to a resolver, though not to ip_address.
        return host.replace(".", "").replace("x", "").isdigit()
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or address.is_unspecified or (mapped is not None and mapped.is_loopback)


class TokenValidator:
    """Turns a bearer token into a `Principal`, or refuses it.

    Args:
        http: Reads the key set; the caller closes it.
        keys: In place of the default, for other times of keeping.
    """

    def __init__(
        self, settings: TokenSettings, *, http: httpx.AsyncClient, keys: SigningKeys | None = None
    ) -> None:
        self._settings = settings
        self._keys = keys or SigningKeys(settings.jwks_url, http)
        self._verified = VerifiedTokens()

    async def validate(self, token: str) -> Principal:
        """Whoever the token speaks for.

        Only RS256 counts; issuer, audience, tenant, times and signature must all hold, and the token
        must speak for a person: one made for an application alone (no `scp` claim) is refused.
        A token that held holds again without another look until it expires, while its key is among the
        provider's; who it speaks for is checked in each request all the same.

        Raises:
            Unauthenticated: The token does not hold.
            Unavailable: The signing keys cannot be read now.

        Source: https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens
        """
        if len(token) > _MAX_TOKEN_CHARACTERS:
            _refuse("it is no access token")
        kept = self._verified.find(token)
        if (
            kept is not None
            and time.time() < kept.expires_at
            and await self._keys.find(kept.key_id) is kept.key
        ):
            return kept.principal
        key_id = _key_id_of(token)
        key = await self._keys.find(key_id)
        if key is None:
            _refuse("its signing key is unknown", kid=key_id)
        claims = self._claims(token, key)
        principal = self._principal(claims, key)
        expires_at = int(claims["exp"]) + _LEEWAY_SECONDS
        self._verified.keep(token, Verified(principal, key_id, key, expires_at))
        return principal

    def _claims(self, token: str, key: SigningKey) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._settings.audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "tid", "oid"], "strict_aud": True},
            )
        except PyJWTError as error:
            _refuse(_REASONS.get(type(error), "it does not hold"), error=type(error).__name__)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            _refuse("a claim is malformed", error=type(error).__name__)

    def _principal(self, claims: Mapping[str, Any], key: SigningKey) -> Principal:
        tenant_id, object_id = _uuid_claim(claims, "tid"), _uuid_claim(claims, "oid")
        if claims["iss"] != self._settings.issuer.replace("{tenantid}", tenant_id):
            _refuse("its issuer is not the one of its tenant")
        # A key may be reserved for one issuer, such as Microsoft's consumer accounts.
        if key.issuer is not None and claims["iss"] != key.issuer.replace("{tenantid}", tenant_id):
            _refuse("its signing key belongs to another issuer")
        if not _text(claims.get("scp")):
            _refuse("it was issued to an application, not to a person (no scp claim)")
        return Principal(
            tenant_id=tenant_id,
            object_id=object_id,
            email=_text(claims.get("preferred_username")) or _text(claims.get("email")),
            name=_text(claims.get("name")),
            app_roles=_roles(claims.get("roles")),
        )


_REASONS: Final[Mapping[type[Exception], str]] = {
    jwt.ExpiredSignatureError: "it has expired",
    jwt.ImmatureSignatureError: "it is not valid yet",
    jwt.InvalidAudienceError: "it was issued for another service",
    jwt.InvalidSignatureError: "its signature does not hold",
    jwt.InvalidAlgorithmError: "it is not signed with RS256",
    jwt.MissingRequiredClaimError: "a claim is missing",
}


def _key_id_of(token: str) -> str:
    if not token.isascii():
        _refuse("it is no access token")
    try:
        header = jwt.get_unverified_header(token)
    except (PyJWTError, ValueError, TypeError, RecursionError):
        _refuse("it is no access token")
    if header.get("alg") != "RS256":
        _refuse("it is not signed with RS256")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id or "crit" in header:
        _refuse("its header names no signing key, or asks for what is not supported")
    return key_id


def _refuse(reason: str, **context: str) -> NoReturn:
    _log.info("token_refused", reason=reason, **context)
    raise Unauthenticated(f"Sign in again: the access token was refused because {reason}.")


def _uuid_claim(claims: Mapping[str, Any], name: str) -> str:
    value = claims[name]
    lowered = value.lower() if isinstance(value, str) and value.isascii() else ""
    if _UUID.fullmatch(lowered) is None:
        _refuse(f"its claim {name} is no UUID")
    return lowered


def _text(value: Any) -> str:
    return value[:_MAX_CLAIM_CHARACTERS] if isinstance(value, str) else ""


def _roles(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(role for role in value if isinstance(role, str))[:_MAX_ROLES]
