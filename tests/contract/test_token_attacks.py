"""No forged, foreign or outdated token opens a route of either service; each attempt is in the log."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.isolation.operations import SERVICES
from tests.isolation.people import Identity, serve_keys
from tests.isolation.platform import Places, Platform
from tests.isolation.running import log_lines

from msp_devstack import demo
from msp_devstack.signing import SigningKey, base64url

OURS: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY: Final = SigningKey(OURS)
PEM: Final = OURS.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
ROUTES: Final = (
    (SERVICES[0], "GET", "/api/me"),
    (SERVICES[0], "POST", "/api/organizations"),
    (SERVICES[1], "GET", "/api/admin/metadata"),
    (SERVICES[1], "POST", "/api/workflows/keep"),
)
BODY: Final = {"name": "Made by an attacker"}

Claims = dict[str, Any]


def part(content: Any) -> str:
    return base64url(json.dumps(content).encode())


def signed(claims: Claims, *, key: rsa.RSAPrivateKey = OURS, kid: str = KEY.kid, **header: Any) -> str:
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid, **header})


def unsigned(claims: Claims, alg: str) -> str:
    return f"{part({'alg': alg, 'typ': 'JWT', 'kid': KEY.kid})}.{part(claims)}"


def without_signature(claims: Claims) -> str:
    return signed(claims).rpartition(".")[0] + "."


def by_hmac(claims: Claims) -> str:
    token = unsigned(claims, "HS256")
    return f"{token}.{base64url(hmac.new(PEM, token.encode(), hashlib.sha256).digest())}"


def changed(claims: Claims) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{part(claims | {'oid': 'b0000000-0000-4000-8000-000000000009'})}.{signature}"


def issued_by(claims: Claims, tenant_id: str) -> str:
    return str(claims["iss"]).replace(demo.MSP_TENANT_ID, tenant_id)


ATTACKS: Final[dict[str, Callable[[Claims], str]]] = {
    "no signature": without_signature,
    "two parts": lambda claims: signed(claims).rpartition(".")[0],
    "alg=none": lambda claims: unsigned(claims, "none") + ".",
    "alg=None": lambda claims: unsigned(claims, "None") + ".",
    "HS256 with the public key": by_hmac,
    "changed after it was signed": changed,
    "wrong issuer": lambda claims: signed(claims | {"iss": "https://login.evil.example/v2.0"}),
    "issuer of another tenant": lambda claims: signed(
        claims | {"iss": issued_by(claims, demo.CONTOSO.tenant_id)}
    ),
    "wrong audience": lambda claims: signed(claims | {"aud": demo.SPA_CLIENT_ID}),
    "wrong tenant": lambda claims: signed(claims | {"tid": demo.CONTOSO.tenant_id}),
    "expired": lambda claims: signed(claims | {"exp": int(time.time()) - 120}),
    "not yet valid": lambda claims: signed(claims | {"nbf": int(time.time()) + 600}),
    "unknown key id": lambda claims: signed(claims, key=FOREIGN, kid="of-nobody"),
    "another key under a known id": lambda claims: signed(claims, key=FOREIGN),
    "a key brought along": lambda claims: signed(claims, key=FOREIGN, jwk=SigningKey(FOREIGN).public_jwk),
    "of an application": lambda claims: signed({k: v for k, v in claims.items() if k != "scp"}),
}


class Answers:
    """What came of every attack at every route, and what was logged meanwhile."""

    def __init__(self) -> None:
        self.by_attack: dict[str, list[tuple[str, int, Any, list[str]]]] = {}
        self.control: list[int] = []


def claims_of(identity: Identity) -> Claims:
    claims: Claims = jwt.decode(identity.token(demo.ADMIN), options={"verify_signature": False})
    return claims


async def attack(places: Places) -> Answers:
    found, platform = Answers(), Platform(places)

    async def send(token: str) -> Iterator[Any]:
        headers = {"Authorization": f"Bearer {token}"}
        return iter(
            [
                await platform.clients[service].request(
                    method, path, headers=headers, json=BODY if method == "POST" else None
                )
                for service, method, path in ROUTES
            ]
        )

    try:
        await platform.start()
        claims = claims_of(places.identity)
        found.control = [answer.status_code for answer in await send(signed(claims))]
        for name, forge in ATTACKS.items():
            token = forge(claims)
            with log_lines() as lines:
                answers = list(await send(token))
            found.by_attack[name] = [
                (token, answer.status_code, answer.json(), [one for one in lines if id_ in one])
                for answer in answers
                for id_ in [answer.headers["X-Request-Id"]]
            ]
    finally:
        await platform.close()
    return found


@pytest.fixture(scope="module")
def answers(
    new_storage_account: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Answers]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    nowhere = "http://127.0.0.1:9"
    with serve_keys(KEY) as identity:
        folder = tmp_path_factory.mktemp("attacks")
        yield asyncio.run(attack(Places(new_storage_account(), folder, identity, nowhere, nowhere)))
    root.setLevel(level)
    root.handlers = handlers


def test_the_same_token_unharmed_is_let_in_everywhere(answers: Answers) -> None:
    # A workflow that works for an organization, of which none is named, and a body that is not its own.
    assert answers.control == [200, 201, 200, 400]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_answered_401_in_the_error_shape_at_every_route(answers: Answers, name: str) -> None:
    assert len(answers.by_attack[name]) == len(ROUTES)
    for _, status, body, _ in answers.by_attack[name]:
        assert status == 401
        assert body["error"] == "Unauthorized"
        assert body["message"].startswith("Sign in again")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_logged_without_the_token(answers: Answers, name: str) -> None:
    for token, _, body, lines in answers.by_attack[name]:
        assert any("token_refused" in line for line in lines)
        pieces = [piece for piece in token.split(".") if piece]
        said = "\n".join(lines) + json.dumps(body)
        assert [piece for piece in pieces if piece in said] == []
