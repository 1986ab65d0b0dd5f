"""Which tokens hold: real RS256 keys, a real key set over HTTP on the loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from msp_core.errors import Unauthenticated, Unavailable
from msp_core.identity.keys import SigningKey, SigningKeys
from msp_core.identity.models import Principal
from msp_core.identity.tokens import TokenSettings, TokenValidator
from msp_core.identity.verified import Verified, VerifiedTokens

TENANT = "a0000000-0000-4000-8000-000000000001"
OTHER_TENANT = "a0000000-0000-4000-8000-000000000002"
PERSON = "b0000000-0000-4000-8000-000000000001"
AUDIENCE = "a9000000-0000-4000-8000-000000000001"
ISSUER = "https://login.example/{tenantid}/v2.0"

KEYS = {
    name: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for name in ("first", "second", "foreign")
}


def public_jwk(name: str, **more: Any) -> dict[str, Any]:
    jwk = json.loads(RSAAlgorithm.to_jwk(KEYS[name].public_key()))
    return {**jwk, "kid": name, "use": "sig", **more}


class KeyServer:
    """Serves a key set on the loopback, as long as it is told to."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [public_jwk("first")]
        self.body: bytes | None = None
        self.status = 200
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests += 1
                body = outer.body if outer.body is not None else json.dumps({"keys": outer.keys}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def validator(server: KeyServer, clock: Clock) -> AsyncIterator[TokenValidator]:
    async with httpx.AsyncClient() as http:
        settings = TokenSettings(audience=AUDIENCE, issuer=ISSUER, jwks_url=server.url)
        yield TokenValidator(settings, http=http, keys=SigningKeys(server.url, http, clock=clock))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    given = {
        "iss": ISSUER.replace("{tenantid}", TENANT),
        "aud": AUDIENCE,
        "tid": TENANT,
        "oid": PERSON,
        "sub": "pairwise",
        "iat": now - 5,
        "nbf": now - 5,
        "exp": now + 3600,
        "scp": "access_as_user",
        "name": "Service Desk Technician",
        "preferred_username": "technician@msp.example",
        "roles": ["Platform.Admin"],
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def sign(payload: dict[str, Any], *, key: str = "first", **header: Any) -> str:
    return jwt.encode(payload, KEYS[key], algorithm="RS256", headers={"kid": key, **header})


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_a_good_token_names_the_person(validator: TokenValidator) -> None:
    principal = await validator.validate(sign(claims()))

    assert principal.user_id == f"{TENANT}.{PERSON}"
    assert principal.email == "technician@msp.example"
    assert principal.name == "Service Desk Technician"
    assert principal.app_roles == ("Platform.Admin",)


async def test_ids_are_taken_in_lower_case(validator: TokenValidator) -> None:
    principal = await validator.validate(sign(claims(oid=PERSON.upper())))

    assert principal.object_id == PERSON


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(time.time()) - 120}, "expired"),
        ({"nbf": int(time.time()) + 600}, "not valid yet"),
        ({"iat": int(time.time()) + 600, "nbf": ...}, "not valid yet"),
        ({"aud": "5a000000-0000-4000-8000-000000000001"}, "another service"),
        ({"aud": [AUDIENCE, "another"]}, "another service"),
        ({"iss": "https://evil.example/v2.0"}, "issuer"),
        ({"iss": ISSUER.replace("{tenantid}", OTHER_TENANT)}, "issuer"),
        ({"tid": OTHER_TENANT}, "issuer"),
        ({"iss": ISSUER, "tid": "{tenantid}"}, "tid"),
        ({"exp": ...}, "claim"),
        ({"tid": ...}, "claim"),
        ({"oid": ...}, "claim"),
        ({"aud": ...}, "claim"),
        ({"iss": ...}, "claim"),
        ({"oid": "x' or 1 eq 1"}, "oid"),
        ({"oid": f"{PERSON}/"}, "oid"),
        ({"oid": [PERSON]}, "oid"),
        ({"oid": None}, "claim"),
        ({"tid": 7}, "tid"),
        ({"exp": "tomorrow"}, "refused"),
        ({"exp": float("inf")}, "refused"),
        ({"scp": ...}, "not to a person"),
        ({"scp": ..., "idtyp": "app"}, "not to a person"),
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(
    validator: TokenValidator, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unauthenticated, match=reason):
        await validator.validate(sign(claims(**changes)))


async def test_times_are_judged_with_a_minute_of_grace(validator: TokenValidator) -> None:
    now = int(time.time())

    assert await validator.validate(sign(claims(exp=now - 30, nbf=now + 30)))


async def test_a_token_without_signature_is_refused(validator: TokenValidator) -> None:
    head, body, _ = sign(claims()).split(".")

    for token in (f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.AAAA"):
        with pytest.raises(Unauthenticated):
            await validator.validate(token)


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "RS512", "PS256", "ES256", "HS256", "", None, 5]
)
async def test_only_rs256_counts(validator: TokenValidator, algorithm: Any) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": "first"}
    token = f"{encoded(header)}.{encoded(claims())}."

    with pytest.raises(Unauthenticated):
        await validator.validate(token)


async def test_the_public_key_is_no_hmac_secret(validator: TokenValidator) -> None:
    pem = (
        KEYS["first"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{encoded(claims())}"
    mac = hmac.new(pem, signed.encode(), hashlib.sha256).digest()

    with pytest.raises(Unauthenticated, match="RS256"):
        await validator.validate(f"{signed}.{encoded(mac)}")


async def test_a_changed_token_is_refused(validator: TokenValidator) -> None:
    head, _, signature = sign(claims()).split(".")

    with pytest.raises(Unauthenticated, match="signature"):
        await validator.validate(f"{head}.{encoded(claims(oid=OTHER_TENANT))}.{signature}")


async def test_a_token_signed_by_another_key_under_a_known_id_is_refused(validator: TokenValidator) -> None:
    with pytest.raises(Unauthenticated, match="signature"):
        await validator.validate(sign(claims(), key="foreign", kid="first"))


async def test_a_key_brought_along_in_the_header_does_not_count(validator: TokenValidator) -> None:
    token = sign(claims(), key="foreign", kid="first", jwk=public_jwk("foreign"), x5u="https://evil.example")

    with pytest.raises(Unauthenticated, match="signature"):
        await validator.validate(token)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "not a token",
        "é.é.é",
        "\x00",
        "e30.e30.e30",
        f"{encoded([])}.{encoded({})}.AAAA",
        f"{encoded(b'[' * 9000)}.{encoded({})}.AAAA",
        "x" * 20_000,
    ],
)
async def test_what_is_no_token_is_refused(validator: TokenValidator, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await validator.validate(token)


@pytest.mark.parametrize("header", [{"kid": ""}, {"kid": 7}, {"crit": ["exp"]}])
async def test_a_token_with_a_strange_header_is_refused(
    validator: TokenValidator, header: dict[str, Any]
) -> None:
    full = {"alg": "RS256", "typ": "JWT", "kid": "first", **header}
    signed = f"{encoded(full)}.{encoded(claims())}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signed.encode(), KEYS["first"])

    with pytest.raises(Unauthenticated):
        await validator.validate(f"{signed}.{encoded(signature)}")


async def test_a_claims_set_that_is_no_object_is_refused(validator: TokenValidator) -> None:
    signed = f"{encoded({'alg': 'RS256', 'kid': 'first'})}.{encoded([1])}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signed.encode(), KEYS["first"])

    with pytest.raises(Unauthenticated):
        await validator.validate(f"{signed}.{encoded(signature)}")


async def test_a_key_that_was_rotated_in_counts_at_once(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    await validator.validate(sign(claims()))
    server.keys.append(public_jwk("second"))
    clock.now += 10

    assert await validator.validate(sign(claims(), key="second"))
    assert server.requests == 2


async def test_unknown_key_ids_are_refused_and_do_not_flood_the_provider(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    for attempt in range(20):
        clock.now += 0.2
        with pytest.raises(Unauthenticated, match="signing key is unknown"):
            await validator.validate(sign(claims(), key="foreign", kid=f"unknown-{attempt}"))

    assert server.requests == 1


async def test_a_withdrawn_key_stops_counting_within_the_hour(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    await validator.validate(sign(claims()))
    server.keys = [public_jwk("second")]
    clock.now += 3601

    with pytest.raises(Unauthenticated, match="signing key is unknown"):
        await validator.validate(sign(claims()))


async def test_a_token_that_held_is_refused_once_its_key_was_withdrawn_or_replaced(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    token = sign(claims())
    for keys in ([public_jwk("second")], [public_jwk("second", kid="first")]):
        server.keys = [public_jwk("first")]
        clock.now += 3601
        for _ in range(2):
            assert (await validator.validate(token)).object_id == PERSON
        server.keys = keys
        assert (await validator.validate(token)).object_id == PERSON
        clock.now += 3601
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                await validator.validate(token)
        clock.now += 3601


async def test_a_token_that_held_is_refused_once_it_has_expired(validator: TokenValidator) -> None:
    token = sign(claims(exp=int(time.time()) - 57))  # with its minute of grace, 2 to 3 s from now
    await validator.validate(token)

    async def ask_for_ten_seconds() -> None:
        ends_at = time.monotonic() + 10
        while time.monotonic() < ends_at:
            await validator.validate(token)
            await asyncio.sleep(0.05)

    with pytest.raises(Unauthenticated, match="expired"):
        await ask_for_ten_seconds()


async def test_a_token_that_held_vouches_for_no_other(validator: TokenValidator) -> None:
    header, body, signature = sign(claims()).split(".")
    await validator.validate(f"{header}.{body}.{signature}")
    other = sign(claims(oid=PERSON.replace("1", "2")), key="foreign", kid="first").split(".")[1]
    for token in (f"{header}.{other}.{signature}", f"{header}.{body}.", f"{header}.{body}.{signature}A"):
        with pytest.raises(Unauthenticated):
            await validator.validate(token)


async def test_a_token_that_held_is_not_taken_apart_again(validator: TokenValidator) -> None:
    token = sign(claims())
    first = await validator.validate(token)
    assert await validator.validate(token) is first
    assert await validator.validate(sign(claims(name="Somebody Else"))) is not first


def test_so_many_tokens_are_remembered_and_no_more() -> None:
    tokens = VerifiedTokens(limit=2)
    key = SigningKey(KEYS["first"].public_key(), None)
    held = {
        name: Verified(Principal(tenant_id=TENANT, object_id=PERSON, name=name), "first", key, 1.0)
        for name in ("a", "b", "c")
    }
    tokens.keep("a", held["a"])
    tokens.keep("b", held["b"])
    assert tokens.find("a") is held["a"]
    tokens.keep("c", held["c"])
    assert (tokens.find("a"), tokens.find("b"), tokens.find("c")) == (held["a"], None, held["c"])
    assert len(tokens) == 2


async def test_without_the_key_set_nothing_can_be_said(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    server.status = 500

    with pytest.raises(Unavailable) as refused:
        await validator.validate(sign(claims()))
    assert refused.value.retry_after_seconds > 0

    server.status = 200
    clock.now += 1
    assert await validator.validate(sign(claims()))


async def test_known_keys_outlast_an_outage_of_the_provider(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    await validator.validate(sign(claims()))
    server.status = 503
    clock.now += 7200

    assert await validator.validate(sign(claims()))
    with pytest.raises(Unavailable):
        await validator.validate(sign(claims(), key="foreign"))


async def test_known_keys_do_not_outlast_a_day(
    validator: TokenValidator, server: KeyServer, clock: Clock
) -> None:
    await validator.validate(sign(claims()))
    server.status = 503
    clock.now += 86_401

    with pytest.raises(Unavailable):
        await validator.validate(sign(claims()))


async def test_a_provider_that_is_gone_altogether_is_unavailable(clock: Clock) -> None:
    gone = KeyServer()
    gone.stop()
    async with httpx.AsyncClient() as http:
        settings = TokenSettings(audience=AUDIENCE, issuer=ISSUER, jwks_url=gone.url)
        with pytest.raises(Unavailable):
            await TokenValidator(settings, http=http).validate(sign(claims()))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"keys": 3}', b'{"keys": []}', b"\xff", b"[" * 100_000])
async def test_a_broken_key_set_is_unavailable_and_forgets_nothing(
    validator: TokenValidator, server: KeyServer, clock: Clock, body: bytes
) -> None:
    await validator.validate(sign(claims()))
    server.body = body
    clock.now += 3601

    assert await validator.validate(sign(claims()))
    with pytest.raises(Unavailable):
        await validator.validate(sign(claims(), key="foreign"))


async def test_keys_for_other_uses_do_not_count(validator: TokenValidator, server: KeyServer) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    KEYS["small"] = small
    server.keys += [
        public_jwk("second", use="enc"),
        public_jwk("small"),
        {"kty": "oct", "kid": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        {"kty": "RSA"},
        "no key",  # type: ignore[list-item] # what a broken provider could send
    ]

    assert await validator.validate(sign(claims()))
    with pytest.raises(Unauthenticated):
        await validator.validate(sign(claims(), key="second"))
    signed = f"{encoded({'alg': 'RS256', 'kid': 'small'})}.{encoded(claims())}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signed.encode(), small)
    with pytest.raises(Unauthenticated, match="signing key is unknown"):
        await validator.validate(f"{signed}.{encoded(signature)}")


async def test_a_key_reserved_for_another_issuer_does_not_count(
    validator: TokenValidator, server: KeyServer
) -> None:
    server.keys = [
        public_jwk("first", issuer=ISSUER),
        public_jwk("second", issuer=ISSUER.replace("{tenantid}", OTHER_TENANT)),
    ]

    assert await validator.validate(sign(claims()))
    with pytest.raises(Unauthenticated, match="another issuer"):
        await validator.validate(sign(claims(), key="second"))


async def test_odd_texts_in_claims_are_dropped_or_cut(validator: TokenValidator) -> None:
    odd = claims(name=["x"], preferred_username="n" * 5000, roles="Platform.Admin")
    principal = await validator.validate(sign(odd))

    assert principal.name == ""
    assert len(principal.email) == 320
    assert principal.app_roles == ()


AZURE = {"WEBSITE_INSTANCE_ID": "1"}
REAL = "https://login.microsoftonline.com/{tenantid}/v2.0"
REAL_KEYS = "https://login.microsoftonline.com/common/discovery/v2.0/keys"


@pytest.mark.parametrize(
    "host",
    [
        "localhost:9100",
        "127.0.0.1",
        "127.8.8.8",
        "[::1]",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "x.localhost",
        "127.1",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_local_provider_is_refused_in_azure(host: str, scheme: str) -> None:
    local = f"{scheme}://{host}/keys"
    for issuer, keys in ((local, REAL_KEYS), (REAL, local)):
        settings = TokenSettings(audience=AUDIENCE, issuer=issuer, jwks_url=keys)
        with pytest.raises(ValueError, match="local one"):
            settings.refuse_loopback_in_azure({"FUNCTIONS_WORKER_RUNTIME": "python"})
        settings.refuse_loopback_in_azure({})


def test_entra_is_welcome_in_azure_but_not_without_encryption() -> None:
    TokenSettings(audience=AUDIENCE, issuer=REAL, jwks_url=REAL_KEYS).refuse_loopback_in_azure(AZURE)
    plain = TokenSettings(audience=AUDIENCE, issuer=REAL, jwks_url=REAL_KEYS.replace("https", "http"))
    with pytest.raises(ValueError, match="https"):
        plain.refuse_loopback_in_azure(AZURE)
