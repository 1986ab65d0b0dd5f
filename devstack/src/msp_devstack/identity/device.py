"""Signing in where there is no browser: a code on the device, a choice in a browser elsewhere.

Source: https://www.rfc-editor.org/rfc/rfc8628
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.sandbox import read_form
from msp_devstack.identity.authorize import RefusedRequest, check_scope
from msp_devstack.identity.grants import DeviceGrant, Grants
from msp_devstack.identity.picker import (
    device_code_page,
    device_done_page,
    device_picker_page,
    error_page,
)
from msp_devstack.identity.settings import ANY_TENANT, IdentitySettings, origin_of
from msp_devstack.identity.token import error_body

DEVICE_PATH = "/device"

# Without vowels and look-alikes, as section 6.1 advises.
_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_CODE_LETTERS = 8


class DeviceCodeEndpoint:
    """`POST /{tenant}/v2.0/devicecode`: a device wants somebody to sign in."""

    def __init__(self, settings: IdentitySettings, grants: Grants) -> None:
        self._settings = settings
        self._grants = grants

    async def __call__(self, request: Request) -> Response:
        """Answer with the two codes, or with an error in Entra's shape."""
        try:
            return self._begin(request.path_params["tenant"], await read_form(request))
        except RefusedRequest as refused:
            return JSONResponse(error_body(refused), 400, headers={"Cache-Control": "no-store"})

    def _begin(self, tenant: str, given: dict[str, str]) -> Response:
        if not self._settings.knows_tenant(tenant):
            raise RefusedRequest("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if given.get("client_id") != self._settings.cli_client_id:
            message = f"AADSTS700016: Application '{given.get('client_id', '')}' is no public client here."
            raise RefusedRequest("unauthorized_client", message)
        scope = given.get("scope", "")
        check_scope(self._settings, scope)
        user_code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS))
        grant = DeviceGrant(
            client_id=given["client_id"],
            tenant=tenant,
            scope=scope,
            user_code=user_code,
            expires_at=self._settings.clock() + self._settings.device_seconds,
        )
        address = f"{self._settings.base_url}{DEVICE_PATH}"
        body = {
            "device_code": self._grants.issue_device_code(grant),
            "user_code": user_code,
            "verification_uri": address,
            "expires_in": self._settings.device_seconds,
            "interval": self._settings.device_interval_seconds,
            "message": f"To sign in, open the page {address} and enter the code {user_code}.",
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store"})


class DevicePage:
    """`/device`: somebody types the code and chooses who they are."""

    def __init__(self, settings: IdentitySettings, grants: Grants) -> None:
        self._settings = settings
        self._grants = grants

    async def __call__(self, request: Request) -> Response:
        """Ask for the code, then for the person, then say how it went."""
        if request.method == "POST":
            return await self._chosen(request)
        user_code = _normal(request.query_params.get("user_code", ""))
        if not user_code:
            return device_code_page(DEVICE_PATH)
        grant = self._grants.find_user_code(user_code)
        if grant is None:
            return _no_such_code()
        people = [
            person for person in self._settings.people if grant.tenant in {*ANY_TENANT, person.tenant_id}
        ]
        return device_picker_page(people, action=DEVICE_PATH, user_code=user_code)

    async def _chosen(self, request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin != origin_of(str(request.url)):
            return error_page("The choice came from another page.", "AADSTS900561", status=403)
        given = await read_form(request)
        user_code, key = _normal(given.get("user_code", "")), given.get("person", "")
        grant = self._grants.find_user_code(user_code)
        if grant is None:
            return _no_such_code()
        person = self._settings.person(key) if key else None
        if key and (person is None or grant.tenant not in {*ANY_TENANT, person.tenant_id}):
            return error_page(f"There is no person '{key}' in this tenant.", "AADSTS50034")
        self._grants.answer_user_code(user_code, person)
        return device_done_page("Signed in" if person is not None else "Declined")


def _normal(user_code: str) -> str:
    """As issued, however somebody typed it."""
    return user_code.replace("-", "").strip().upper()


def _no_such_code() -> Response:
    return error_page("This code is unknown, was used, or has expired.", "AADSTS70020")
