"""The callers of the matrix, with real RS256 tokens, and the key that checks them served on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.isolation.canaries import CONTOSO, FABRIKAM, canary

from msp_core.permissions.models import Permission
from msp_devstack import demo
from msp_devstack.demo import DemoPerson
from msp_devstack.loopback import serving
from msp_devstack.signing import SigningKey


class Caller(StrEnum):
    """Everybody who asks."""

    ADMIN = "admin"
    EXECUTES = "technician with canExecuteWorkflows"
    CONFIGURES = "technician with canManageConfig"
    MAKES_FORMS = "technician with canManageForms"
    VIEWS_HISTORY = "technician with canViewHistory"
    OTHER_TECHNICIAN = "technician of another organization"
    CLIENT = "client user"
    OTHER_CLIENT = "client user of another organization"
    DISABLED = "disabled technician"
    DISABLED_CLIENT = "disabled client user"
    STRANGER = "stranger"
    NOBODY = "no token"

    @property
    def home(self) -> str:
        """The organization whose ids are this caller's own; for those who have none, Contoso."""
        return FABRIKAM if self in {Caller.OTHER_TECHNICIAN, Caller.OTHER_CLIENT} else CONTOSO

    @property
    def foreign(self) -> str:
        """The organization whose ids are somebody else's."""
        return CONTOSO if self.home == FABRIKAM else FABRIKAM


CLIENTS = frozenset({Caller.CLIENT, Caller.OTHER_CLIENT})
TURNED_AWAY = frozenset({Caller.DISABLED, Caller.DISABLED_CLIENT, Caller.STRANGER})
TECHNICIANS: dict[Caller, frozenset[Permission]] = {
    Caller.EXECUTES: frozenset({Permission.CAN_EXECUTE_WORKFLOWS}),
    Caller.CONFIGURES: frozenset({Permission.CAN_MANAGE_CONFIG}),
    Caller.MAKES_FORMS: frozenset({Permission.CAN_MANAGE_FORMS}),
    Caller.VIEWS_HISTORY: frozenset({Permission.CAN_VIEW_HISTORY}),
    Caller.OTHER_TECHNICIAN: frozenset(Permission),
    Caller.DISABLED: frozenset(Permission),
}


def _person(number: int, caller: Caller, tenant_id: str) -> DemoPerson:
    is_msp = tenant_id == demo.MSP_TENANT_ID
    name = caller.value if is_msp else canary(caller.home, f"person-{number}")
    return DemoPerson(
        key=caller.value,
        object_id=f"b0000000-0000-4000-8000-0000000001{number:02d}",
        tenant_id=tenant_id,
        name=name,
        email=f"{name.replace(' ', '-')}@{'msp' if is_msp else caller.home}.example",
        summary="",
        app_roles=("Platform.Admin",) if caller is Caller.ADMIN else (),
    )


def _tenant_of(caller: Caller) -> str:
    if caller is Caller.STRANGER:
        return demo.STRANGER.tenant_id
    if caller in CLIENTS | {Caller.DISABLED_CLIENT}:
        return demo.FABRIKAM.tenant_id if caller.home == FABRIKAM else demo.CONTOSO.tenant_id
    return demo.MSP_TENANT_ID


PEOPLE: dict[Caller, DemoPerson] = {
    caller: _person(number, caller, _tenant_of(caller))
    for number, caller in enumerate(Caller)
    if caller is not Caller.NOBODY
}


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

    def token(self, person: DemoPerson) -> str:
        """An access token for `person`."""
        now = int(time.time())
        return self.key.sign(
            {
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
        )


@contextmanager
def serve_keys(key: SigningKey | None = None) -> Iterator[Identity]:
    """A key pair, a new one if none is given, whose public half is served over HTTP until the block ends."""
    key = key or SigningKey.generate()

    async def keys(_: Request) -> Response:
        return JSONResponse({"keys": [key.public_jwk]})

    with serving(lambda _: Starlette(routes=[Route("/common/discovery/v2.0/keys", keys)])) as base_url:
        yield Identity(base_url, key)
