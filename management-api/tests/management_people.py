"""People with real RS256 tokens, and the key that checks them served on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from msp_devstack import demo
from msp_devstack.demo import DemoPerson
from msp_devstack.loopback import serving
from msp_devstack.signing import SigningKey

ADMIN = demo.ADMIN
TECHNICIAN = demo.TECHNICIAN
CLIENT_USER = demo.CLIENT_USER
STRANGER = demo.STRANGER
OTHER_TECHNICIAN = replace(
    demo.TECHNICIAN,
    key="other-technician",
    object_id="b0000000-0000-4000-8000-000000000012",
    email="other-technician@msp.example",
)
OTHER_CLIENT_USER = replace(
    demo.CLIENT_USER,
    key="other-client",
    object_id="b0000000-0000-4000-8000-000000000013",
    tenant_id=demo.FABRIKAM.tenant_id,
    name="Fabrikam Client User",
    email="office@fabrikam.example",
)
DISABLED = replace(
    demo.TECHNICIAN,
    key="disabled",
    object_id="b0000000-0000-4000-8000-000000000014",
    email="former@msp.example",
)


@dataclass(frozen=True)
class Identity:
    """Signs tokens as Entra does, under one issuer template."""

    base_url: str
    key: SigningKey

    @property
    def issuer(self) -> str:
        return f"{self.base_url}/{{tenantid}}/v2.0"

    @property
    def jwks_url(self) -> str:
        return f"{self.base_url}/common/discovery/v2.0/keys"

    def token(self, person: DemoPerson, **claims: Any) -> str:
        """An access token for `person`; `claims` replace what it would say."""
        now = int(time.time())
        said = {
            "iss": self.issuer.replace("{tenantid}", person.tenant_id),
            "aud": demo.API_AUDIENCE,
            "tid": person.tenant_id,
            "oid": person.object_id,
            "sub": person.object_id,
            "name": person.name,
            "preferred_username": person.email,
            "roles": list(person.app_roles),
            "scp": "access_as_user",
            "ver": "2.0",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        }
        return self.key.sign(said | claims)


@contextmanager
def serve_keys() -> Iterator[Identity]:
    """A key pair whose public half is served over HTTP until the block ends."""
    key = SigningKey.generate()

    async def keys(_: Request) -> Response:
        return JSONResponse({"keys": [key.public_jwk]})

    with serving(lambda _: Starlette(routes=[Route("/common/discovery/v2.0/keys", keys)])) as base_url:
        yield Identity(base_url, key)
