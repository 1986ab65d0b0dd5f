"""Entra's token endpoint for the MSP's application, and the check of the tokens it gave."""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.errors import (
    EntraError,
    GraphError,
    entra_answer,
    missing_permission,
)
from msp_automation.sandboxes.graph.permissions import CONSENTED, READ_RELATIONSHIPS, allows, includes
from msp_automation.sandboxes.graph.service_account import check_refresh_token, check_sign_in, rotate
from msp_automation.sandboxes.graph.state import Consent, Tenant
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.identities import GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET, MSP_TENANT_ID
from msp_automation.sandboxes.sandbox import read_form

GRAPH_AUDIENCE = "https://graph.microsoft.com"
_REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a grant's name
_TENANT_NAME = re.compile(r"[0-9A-Za-z.-]{1,253}")


class TokenKey(Protocol):
    """Signs access tokens and knows its own again."""

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half, as a JWKS document lists it."""

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A signed token with these claims."""

    def verify(self, token: str, *, audience: str) -> dict[str, Any]:
        """The claims of a token that this key signed.

        Raises:
            jwt.InvalidTokenError: Not ours, expired, or for somebody else.
        """


class OwnKey:
    """A key that only this process has: nobody else can check its tokens, and it is there at once."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    @property
    def public_jwk(self) -> dict[str, str]:
        """There is no public half to tell."""
        return {"kty": "oct", "alg": "HS256"}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A signed token with these claims."""
        return jwt.encode(dict(claims), self._secret, algorithm="HS256")

    def verify(self, token: str, *, audience: str) -> dict[str, Any]:
        """The claims of a token that this key signed.

        Raises:
            jwt.InvalidTokenError: Not ours, expired, or for somebody else.
        """
        claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=["HS256"], audience=audience)
        return claims


@dataclass(frozen=True)
class Application:
    """The MSP's application registration."""

    client_id: str = GRAPH_CLIENT_ID
    client_secret: str = GRAPH_CLIENT_SECRET
    home_tenant_id: str = MSP_TENANT_ID


def granted_permissions(tenant: Tenant, application: Application) -> tuple[str, ...]:
    """The permissions that a tenant's administrator consented to."""
    if tenant.consent is not Consent.GRANTED:
        return ()
    extra = (READ_RELATIONSHIPS,) if tenant.id == application.home_tenant_id else ()
    return tuple(name for name in (*CONSENTED, *extra) if name not in tenant.withheld)


class Tokens:
    """Issues tokens per tenant and reads them back."""

    def __init__(
        self, store: DirectoryStore, key: TokenKey, application: Application, clock: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._store = store
        self._key = key
        self._application = application

    async def endpoint(self, request: Request) -> Response:
        """`POST /{tenant}/oauth2/v2.0/token`: client credentials, or the service account's refresh token."""
        try:
            tenant = self._tenant(request.path_params["tenant"])
            given = await read_form(request)
            self._check(given, tenant, request)
            is_delegated = given["grant_type"] == _REFRESH_TOKEN
            refresh_token = self._redeem(given, tenant) if is_delegated else None
        except EntraError as error:
            return entra_answer(error)
        seconds = self._store.directory.token_seconds
        claims = self._user_claims(tenant) if is_delegated else self._application_claims(tenant)
        body = {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": self._issue(tenant, seconds, claims),
        }
        if refresh_token is not None:
            body |= {"scope": given["scope"], "refresh_token": refresh_token}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def keys(self, request: Request) -> Response:
        """The public keys."""
        return JSONResponse({"keys": [self._key.public_jwk]})

    def tenant_of(self, request: Request) -> Tenant:
        """The tenant whose data this request may see: the one its token was issued for.

        Raises:
            GraphError: 401 when there is no good token.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise GraphError(401, "InvalidAuthenticationToken", "Access token is empty.")
        claims = self._read(token.strip())
        request.state.is_delegated = claims.get("idtyp") == "user"
        tenant = self._store.directory.tenants.get(str(claims.get("tid")))
        if tenant is None:
            message = "The identity of the calling application could not be established."
            raise GraphError(401, "Authorization_IdentityNotFound", message)
        request.state.tenant_id = tenant.id
        return tenant

    def require(self, request: Request, permission: str) -> Tenant:
        """The request's tenant, if it gave the application this permission.

        The service account needs a role there that allows it, too.

        Raises:
            GraphError: 401 without a good token, 403 without the permission.
        """
        tenant = self.tenant_of(request)
        if not self.allows(request, tenant, permission):
            raise missing_permission(permission)
        return tenant

    def allows(self, request: Request, tenant: Tenant, permission: str) -> bool:
        """Whether a request whose token was read has this permission, and the role for it."""
        # Consent and roles count at once here; Entra's tokens keep them until they expire.
        is_allowed = includes(granted_permissions(tenant, self._application), permission)
        if request.state.is_delegated and tenant.id != self._application.home_tenant_id:
            return is_allowed and allows(self._store.directory.roles_over(tenant.id), permission)
        return is_allowed

    def _read(self, token: str) -> dict[str, object]:
        try:
            return self._key.verify(token, audience=GRAPH_AUDIENCE)
        except jwt.ExpiredSignatureError:
            message = "Lifetime validation failed, the token is expired."
        except jwt.InvalidAudienceError:
            message = "Access token validation failure. Invalid audience."
        except jwt.InvalidSignatureError:
            message = "Access token validation failure. Invalid signature."
        except jwt.InvalidTokenError:
            message = "CompactToken parsing failed with error code: 80049217"
        raise GraphError(401, "InvalidAuthenticationToken", message)

    def _tenant(self, reference: str) -> Tenant:
        if not _TENANT_NAME.fullmatch(reference):
            message = (
                f"Specified tenant identifier '{reference}' is neither a valid DNS name, "
                "nor a valid external domain."
            )
            raise EntraError(400, "invalid_request", 900023, message)
        tenant = self._store.directory.find_tenant(reference)
        if tenant is None:
            message = (
                f"Tenant '{reference}' not found. Check to make sure you have the correct tenant ID and are "
                "signing into the correct cloud. Check with your subscription administrator, this may happen "
                "if there are no active subscriptions for the tenant."
            )
            raise EntraError(400, "invalid_request", 90002, message)
        return tenant

    def _check(self, given: dict[str, str], tenant: Tenant, request: Request) -> None:
        request.state.tenant_id = tenant.id
        names = ("grant_type", "client_id", "scope")
        for name in (*names, *((_REFRESH_TOKEN,) if given.get("grant_type") == _REFRESH_TOKEN else ())):
            if not given.get(name):
                message = f"The request body must contain the following parameter: '{name}'."
                raise EntraError(400, "invalid_request", 900144, message)
        if given["grant_type"] not in {"client_credentials", _REFRESH_TOKEN}:
            message = f"The app requested an unsupported grant type '{given['grant_type']}'."
            raise EntraError(400, "unsupported_grant_type", 70003, message)
        self._check_client(given, tenant)
        accepted = {f"{GRAPH_AUDIENCE}/.default", f"{request.url.scheme}://{request.url.netloc}/.default"}
        asked = set(given["scope"].split())
        if given["grant_type"] == _REFRESH_TOKEN:
            asked -= {"offline_access", "openid", "profile"}
        if len(asked) != 1 or not asked <= accepted:
            message = (
                f"The provided value for scope {given['scope']} is not valid. Client credential flows must "
                "have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            )
            raise EntraError(400, "invalid_scope", 1002012, message)

    def _check_client(self, given: dict[str, str], tenant: Tenant) -> None:
        app_id = given["client_id"]
        if app_id != self._application.client_id:
            message = (
                f"Application with identifier '{app_id}' was not found in the directory '{tenant.name}'. "
                "This can happen if the application has not been installed by the administrator of the "
                "tenant or consented to by any user in the tenant. You may have sent your authentication "
                "request to the wrong tenant."
            )
            raise EntraError(400, "unauthorized_client", 700016, message)
        secret = given.get("client_secret", "")
        if not secret:
            message = (
                "The request body must contain the following parameter: 'client_assertion' or "
                "'client_secret'."
            )
            raise EntraError(401, "invalid_client", 7000218, message)
        if not hmac.compare_digest(secret.encode(), self._application.client_secret.encode()):
            message = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client "
                f"secret value, not the client secret ID, for a secret added to app '{app_id}'."
            )
            raise EntraError(401, "invalid_client", 7000215, message)
        if tenant.consent is Consent.REMOVED and given["grant_type"] != _REFRESH_TOKEN:
            message = (
                f"The client application {app_id} is missing service principal in the tenant {tenant.id}. "
                "See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"
            )
            raise EntraError(401, "invalid_client", 7000229, message)

    def _redeem(self, given: dict[str, str], tenant: Tenant) -> str:
        """Take a refresh token for another one.

        Raises:
            EntraError: It does not hold, or not for this tenant.
        """
        directory, application = self._store.directory, self._application
        check_refresh_token(directory.account, given[_REFRESH_TOKEN])
        is_let_in = tenant.id == application.home_tenant_id or bool(directory.roles_over(tenant.id))
        check_sign_in(
            directory.account,
            tenant,
            app_id=application.client_id,
            home_tenant_id=application.home_tenant_id,
            is_let_in=is_let_in,
        )
        successor = rotate(directory.account, given[_REFRESH_TOKEN])
        self._store.save()
        return successor

    def _user_claims(self, tenant: Tenant) -> dict[str, object]:
        account = self._store.directory.account
        return {
            "idtyp": "user",
            "oid": str(uuid.uuid5(uuid.NAMESPACE_URL, account.principal_name)),
            "upn": account.principal_name,
            "scp": " ".join(granted_permissions(tenant, self._application)),
            "wids": sorted(self._store.directory.roles_over(tenant.id)),
        }

    def _application_claims(self, tenant: Tenant) -> dict[str, object]:
        return {
            "idtyp": "app",
            "oid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant.id}/{self._application.client_id}")),
            "roles": list(granted_permissions(tenant, self._application)),
        }

    def _issue(self, tenant: Tenant, seconds: int, whose: dict[str, object]) -> str:
        now = int(self._clock())
        claims = {
            **whose,
            "aud": GRAPH_AUDIENCE,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "appid": self._application.client_id,
            "appidacr": "1",
            "tid": tenant.id,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        return self._key.sign(claims)
