"""The identity provider's routes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from msp_devstack.identity.authorize import SESSION_COOKIE, AuthorizeEndpoint
from msp_devstack.identity.device import DEVICE_PATH, DeviceCodeEndpoint, DevicePage
from msp_devstack.identity.grants import Grants
from msp_devstack.identity.picker import STYLESHEET_PATH, error_page, signed_out_page, stylesheet
from msp_devstack.identity.settings import ANY_TENANT, IdentitySettings
from msp_devstack.identity.token import TokenEndpoint
from msp_devstack.loopback import LoopbackHostOnly
from msp_devstack.signing import SigningKey

KEY_FILE = "identity-key.pem"
_OPEN_TO_PAGES = ("/token", "/keys", "/openid-configuration")


def create_app(settings: IdentitySettings | None = None) -> ASGIApp:
    """The identity provider as an ASGI app.

    Raises:
        PermissionError: Others may read the signing key's file.
    """
    settings = settings if settings is not None else IdentitySettings()
    key = (
        SigningKey.generate()
        if settings.data_dir is None
        else SigningKey.load_or_create(settings.data_dir / KEY_FILE)
    )
    grants = Grants(settings.clock)
    documents = Documents(settings, key)
    authorize = AuthorizeEndpoint(settings, grants)
    base = "/{tenant}/v2.0"
    routes = [
        Route(f"{base}/authorize", authorize.__call__, methods=["GET", "POST"]),
        Route(f"{base}/token", TokenEndpoint(settings, grants, key).__call__, methods=["POST"]),
        Route(f"{base}/devicecode", DeviceCodeEndpoint(settings, grants).__call__, methods=["POST"]),
        Route(DEVICE_PATH, DevicePage(settings, grants).__call__, methods=["GET", "POST"]),
        Route(f"{base}/logout", Logout(settings, grants).__call__, methods=["GET", "POST"]),
        Route(f"{base}/keys", documents.keys),
        Route("/{tenant}/discovery/v2.0/keys", documents.keys),
        Route(f"{base}/.well-known/openid-configuration", documents.discovery),
        Route(STYLESHEET_PATH, _stylesheet),
    ]
    # CORS is the outermost layer: without it a page sees even a 500 as a CORS failure only.
    return LoopbackHostOnly(CorsForPages(Starlette(routes=routes), settings))


class Documents:
    """The published documents: keys and discovery."""

    def __init__(self, settings: IdentitySettings, key: SigningKey) -> None:
        self._settings = settings
        self._key = key

    async def keys(self, request: Request) -> Response:
        """The public keys."""
        return JSONResponse({"keys": [self._key.public_jwk]})

    async def discovery(self, request: Request) -> Response:
        """The discovery document of a tenant, or of all of them."""
        tenant = request.path_params["tenant"]
        if not self._settings.knows_tenant(tenant):
            return JSONResponse({"error": "invalid_tenant"}, 400)
        base = self._settings.issuer(tenant)
        document: dict[str, Any] = {
            # Entra too writes the placeholder where the tenant is not known beforehand.
            "issuer": self._settings.issuer("{tenantid}" if tenant in ANY_TENANT else tenant),
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "device_authorization_endpoint": f"{base}/devicecode",
            "end_session_endpoint": f"{base}/logout",
            "jwks_uri": f"{base}/keys",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
        }
        return JSONResponse(document)


class Logout:
    """`/{tenant}/v2.0/logout`: forgets the browser."""

    def __init__(self, settings: IdentitySettings, grants: Grants) -> None:
        self._settings = settings
        self._grants = grants

    async def __call__(self, request: Request) -> Response:
        """End the session and go back to the application, or say so."""
        self._grants.end_session(request.cookies.get(SESSION_COOKIE, ""))
        response = self._page(request)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return response

    def _page(self, request: Request) -> Response:
        target = request.query_params.get("post_logout_redirect_uri")
        if target is None:
            return signed_out_page()
        if not self._settings.allows_post_logout(target):
            return error_page(f"You are signed out, but '{target}' may not be returned to.", "AADSTS50011")
        state = request.query_params.get("state")
        query = "" if state is None else ("&" if "?" in target else "?") + urlencode({"state": state})
        return RedirectResponse(f"{target}{query}", 302, {"Cache-Control": "no-store"})


class CorsForPages:
    """Lets the application's page call the endpoints that a page calls."""

    def __init__(self, app: ASGIApp, settings: IdentitySettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with CORS headers where the origin is ours."""
        if scope["type"] != "http" or not scope["path"].endswith(_OPEN_TO_PAGES):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        allowed = self._settings.allows_origin(origin)

        async def with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.add_vary_header("Origin")
                if allowed:
                    answer["Access-Control-Allow-Origin"] = origin
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(headers, allowed=allowed)(scope, receive, with_cors)
        else:
            await self._app(scope, receive, with_cors)


def _preflight(headers: Headers, *, allowed: bool) -> Response:
    if not allowed:
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": headers.get("access-control-request-headers", ""),
            "Access-Control-Max-Age": "600",
        },
    )


async def _stylesheet(request: Request) -> Response:
    return stylesheet()
