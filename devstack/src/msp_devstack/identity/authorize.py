"""The authorization endpoint: who is it, and back to the application with a code."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from msp_automation.sandboxes.sandbox import read_form
from msp_devstack.demo import DemoPerson
from msp_devstack.identity.claims import OIDC_SCOPES
from msp_devstack.identity.grants import CodeGrant, Grants, Session
from msp_devstack.identity.picker import error_page, picker_page
from msp_devstack.identity.settings import ANY_TENANT, IdentitySettings, origin_of

SESSION_COOKIE = "msp-local-sign-in"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256
_PROMPTS = frozenset({"", "none", "login", "select_account"})
_MODES = frozenset({"query", "fragment"})


class UnanswerableRequest(Exception):
    """A request whose sender cannot be trusted with a redirect; shown as a page."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RefusedRequest(Exception):
    """A request that is answered to the application as an OAuth error."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


@dataclass(frozen=True)
class AuthorizationRequest:
    """The parts of an authorization request that matter here."""

    tenant: str
    client_id: str
    redirect_uri: str
    response_mode: str
    state: str
    parameters: Mapping[str, str]

    def redirect(self, fields: Mapping[str, str]) -> Response:
        """Send `fields` to the application, in the way it asked for."""
        text = urlencode({**fields, **({"state": self.state} if self.state else {})})
        glue = "#" if self.response_mode == "fragment" else "&" if "?" in self.redirect_uri else "?"
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return RedirectResponse(f"{self.redirect_uri}{glue}{text}", 302, headers)


class AuthorizeEndpoint:
    """`/{tenant}/v2.0/authorize`: GET asks, POST brings the choice from the picker."""

    def __init__(self, settings: IdentitySettings, grants: Grants) -> None:
        self._settings = settings
        self._grants = grants

    async def __call__(self, request: Request) -> Response:
        """Answer with a redirect, the picker, or an error page."""
        try:
            wanted = self._read(request)
        except UnanswerableRequest as error:
            return error_page(str(error), error.code)
        try:
            self._check(wanted)
            return await self._answer(request, wanted)
        except RefusedRequest as refused:
            return wanted.redirect({"error": refused.error, "error_description": str(refused)})

    def _read(self, request: Request) -> AuthorizationRequest:
        tenant, given = request.path_params["tenant"], dict(request.query_params)
        if not self._settings.knows_tenant(tenant):
            raise UnanswerableRequest("AADSTS90002", f"Tenant '{tenant}' not found.")
        client_id, redirect_uri = given.get("client_id", ""), given.get("redirect_uri", "")
        if client_id != self._settings.client_id:
            raise UnanswerableRequest("AADSTS700016", f"Application '{client_id}' was not found.")
        if not self._settings.allows_redirect(redirect_uri):
            message = f"The redirect URI '{redirect_uri}' is not one of those configured for the application."
            raise UnanswerableRequest("AADSTS50011", message)
        mode = given.get("response_mode", "query")
        if mode not in _MODES:
            raise UnanswerableRequest("AADSTS9002328", f"response_mode '{mode}' is not supported.")
        return AuthorizationRequest(tenant, client_id, redirect_uri, mode, given.get("state", ""), given)

    def _check(self, wanted: AuthorizationRequest) -> None:
        given = wanted.parameters
        if given.get("response_type") != "code":
            raise RefusedRequest("unsupported_response_type", "AADSTS700054: response_type must be code")
        if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
            given.get("code_challenge", "")
        ):
            message = "AADSTS9002325: Proof Key for Code Exchange (S256) is required"
            raise RefusedRequest("invalid_request", message)
        if given.get("prompt", "") not in _PROMPTS:
            raise RefusedRequest("invalid_request", f"AADSTS90023: unsupported prompt '{given['prompt']}'")
        check_scope(self._settings, given.get("scope", ""))

    async def _answer(self, request: Request, wanted: AuthorizationRequest) -> Response:
        if request.method == "POST":
            return await self._chosen(request, wanted)
        prompt = wanted.parameters.get("prompt", "")
        session_id = request.cookies.get(SESSION_COOKIE, "")
        session = self._grants.find_session(session_id)
        if session is not None and prompt in {"", "none"} and self._fits(session.person, wanted):
            return self._with_code(wanted, session.person, session_id)
        if prompt == "none":
            raise RefusedRequest("login_required", "AADSTS50058: nobody is signed in in this browser")
        people = [person for person in self._settings.people if _of_tenant(person, wanted.tenant)]
        action = f"{request.url.path}?{request.url.query}"
        return picker_page(people, action=action, return_origin=origin_of(wanted.redirect_uri))

    async def _chosen(self, request: Request, wanted: AuthorizationRequest) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin != origin_of(str(request.url)):
            return error_page("The choice came from another page.", "AADSTS900561", status=403)
        key = (await read_form(request)).get("person", "")
        if not key:
            raise RefusedRequest("access_denied", "AADSTS65004: the sign-in was cancelled")
        person = self._settings.person(key)
        if person is None or not _of_tenant(person, wanted.tenant):
            return error_page(f"There is no person '{key}' in this tenant.", "AADSTS50034")
        self._grants.end_session(request.cookies.get(SESSION_COOKIE, ""))
        expires_at = self._settings.clock() + self._settings.session_seconds
        session_id = self._grants.open_session(Session(person, expires_at))
        response = self._with_code(wanted, person, session_id)
        response.set_cookie(
            SESSION_COOKIE, session_id, max_age=self._settings.session_seconds, httponly=True, samesite="lax"
        )
        return response

    def _fits(self, person: DemoPerson, wanted: AuthorizationRequest) -> bool:
        hint = wanted.parameters.get("login_hint", "")
        return _of_tenant(person, wanted.tenant) and hint.lower() in {"", person.email.lower()}

    def _with_code(self, wanted: AuthorizationRequest, person: DemoPerson, session_id: str) -> Response:
        grant = CodeGrant(
            person=person,
            client_id=wanted.client_id,
            redirect_uri=wanted.redirect_uri,
            scope=wanted.parameters.get("scope", ""),
            challenge=wanted.parameters["code_challenge"],
            nonce=wanted.parameters.get("nonce"),
            session_id=session_id,
            family=secrets.token_hex(8),
            expires_at=self._settings.clock() + self._settings.code_seconds,
        )
        return wanted.redirect({"code": self._grants.issue_code(grant)})


def check_scope(settings: IdentitySettings, scope: str) -> None:
    """Refuse scopes that nobody here offers.

    Raises:
        RefusedRequest: A word of `scope` is unknown, or there is none.
    """
    offered = {settings.api_scope, f"api://{settings.audience}/.default", f"{settings.audience}/.default"}
    words = scope.split()
    if not words:
        raise RefusedRequest("invalid_request", "AADSTS900144: the request must contain 'scope'")
    for word in words:
        if word not in OIDC_SCOPES and word not in offered:
            raise RefusedRequest("invalid_scope", f"AADSTS70011: the scope '{word}' is not valid")


def _of_tenant(person: DemoPerson, tenant: str) -> bool:
    return tenant in ANY_TENANT or person.tenant_id == tenant
