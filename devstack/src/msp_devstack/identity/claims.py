"""The claims of the tokens, as Entra's v2.0 endpoint writes them."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from msp_devstack.demo import DemoPerson
from msp_devstack.identity.settings import IdentitySettings
from msp_devstack.signing import base64url

# Who asks for no API's scope gets a token for Microsoft Graph, as at Entra: our API refuses it.
GRAPH_AUDIENCE = "00000003-0000-0000-c000-000000000000"
OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})


def access_claims(
    settings: IdentitySettings, person: DemoPerson, scope: str, client_id: str
) -> dict[str, Any]:
    """Claims of an access token.

    Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    """
    for_api = any(word not in OIDC_SCOPES for word in scope.split())
    audience = settings.audience if for_api else GRAPH_AUDIENCE
    granted = "access_as_user" if for_api else " ".join(sorted(set(scope.split()) - {"offline_access"}))
    claims = _common(settings, person, audience)
    claims |= {"scp": granted, "azp": client_id, "azpacr": "0"}
    return claims | ({"roles": list(person.app_roles)} if for_api and person.app_roles else {})


def id_claims(
    settings: IdentitySettings, person: DemoPerson, nonce: str | None, client_id: str
) -> dict[str, Any]:
    """Claims of an ID token.

    Source: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
    """
    claims = _common(settings, person, client_id)
    return claims | ({"nonce": nonce} if nonce is not None else {})


def client_info(person: DemoPerson) -> str:
    """What MSAL makes its account id of: `{"uid": oid, "utid": tid}`."""
    return base64url(json.dumps({"uid": person.object_id, "utid": person.tenant_id}).encode())


def _common(settings: IdentitySettings, person: DemoPerson, audience: str) -> dict[str, Any]:
    now = int(settings.clock())
    return {
        "iss": settings.issuer(person.tenant_id),
        "aud": audience,
        "iat": now,
        "nbf": now,
        "exp": now + settings.access_token_seconds,
        "oid": person.object_id,
        "tid": person.tenant_id,
        # Pairwise, as at Entra: the same person has another `sub` at another application.
        "sub": base64url(hashlib.sha256(f"{audience}|{person.user_id}".encode()).digest()),
        "preferred_username": person.email,
        "name": person.name,
        "email": person.email,
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
