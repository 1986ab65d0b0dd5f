"""A sign-in without a browser: the same requests that MSAL and a person make."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt

from msp_devstack.demo import API_SCOPE, SPA_CLIENT_ID
from msp_devstack.identity.settings import DEFAULT_REDIRECT_URI, origin_of
from msp_devstack.signing import base64url

DEFAULT_SCOPE = f"openid profile offline_access {API_SCOPE}"


class SignInRefused(RuntimeError):
    """The identity provider did not sign the person in; the message says why."""


@dataclass(frozen=True)
class Tokens:
    """What a sign-in yields; tokens stay out of its repr."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int
    scope: str
    claims: dict[str, Any]


def sign_in(
    base_url: str,
    person_key: str,
    *,
    tenant: str = "organizations",
    scope: str = DEFAULT_SCOPE,
    client_id: str = SPA_CLIENT_ID,
    redirect_uri: str = DEFAULT_REDIRECT_URI,
) -> Tokens:
    """Sign a person in with authorization code and PKCE, over HTTP.

    Args:
        base_url: Of the identity provider, such as `http://localhost:9100`.
        person_key: `admin`, `technician`, `client` or `stranger`.
        redirect_uri: One that the provider allows; nothing needs to listen there.

    Raises:
        SignInRefused: The provider answered with an error.
    """
    verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
    query = urlencode(
        {
            "client_id": client_id,
            "response_type": "code",
            "response_mode": "fragment",
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": state,
            "nonce": nonce,
            "prompt": "select_account",
            "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
    )
    base = f"{base_url}/{tenant}/v2.0"
    with httpx.Client(timeout=10) as http:
        picker = http.get(f"{base}/authorize?{query}")
        if picker.is_redirect:
            _answer_of(picker, state)
        _require(picker, 200)
        answer = _answer_of(_require(http.post(picker.request.url, data={"person": person_key}), 302), state)
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": answer["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "scope": scope,
            "client_info": "1",
        }
        reply = _require(
            http.post(f"{base}/token", data=form, headers={"Origin": origin_of(redirect_uri)}), 200
        )
    return _tokens(reply.json(), nonce)


def _require(response: httpx.Response, status: int) -> httpx.Response:
    if response.status_code != status:
        raise SignInRefused(f"{response.request.method} {response.request.url.path}: {response.text[:2000]}")
    return response


def _answer_of(response: httpx.Response, state: str) -> dict[str, str]:
    answer = dict(parse_qsl(urlsplit(response.headers["location"]).fragment))
    if "error" in answer:
        raise SignInRefused(f"{answer['error']}: {answer.get('error_description', '')}")
    if answer.get("state") != state:
        raise SignInRefused("the answer belongs to another sign-in: its state differs")
    return answer


def _tokens(body: dict[str, Any], nonce: str) -> Tokens:
    # Came over the connection to the provider itself; an API that gets it checks the signature.
    claims = jwt.decode(body["id_token"], options={"verify_signature": False})
    if claims.get("nonce") != nonce:
        raise SignInRefused("the ID token belongs to another sign-in: its nonce differs")
    return Tokens(
        access_token=body["access_token"],
        id_token=body["id_token"],
        refresh_token=body.get("refresh_token"),
        expires_in=body["expires_in"],
        scope=body["scope"],
        claims=claims,
    )
