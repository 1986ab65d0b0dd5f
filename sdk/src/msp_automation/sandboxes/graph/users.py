"""`/users`: list, create, read, change, delete, sessions and memberships."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.bodies import json_object
from msp_automation.sandboxes.graph.errors import bad_request, insufficient_privileges, needs_premium
from msp_automation.sandboxes.graph.groups import GROUPS
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import (
    READ_GROUPS,
    READ_REPORTS,
    READ_ROLES,
    READ_USERS,
    REVOKE_SESSIONS,
    WRITE_PASSWORDS,
    WRITE_USERS,
)
from msp_automation.sandboxes.graph.roles import directory_role
from msp_automation.sandboxes.graph.seed import new_user
from msp_automation.sandboxes.graph.state import Json, Tenant, new_id, now
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_SIGN_INS = "signInActivity"
_READ_ONLY = frozenset(
    {
        "id", "createdDateTime", "signInSessionsValidFromDateTime", "assignedLicenses", _SIGN_INS,
        "externalUserState", "onPremisesSyncEnabled",
    }
)  # fmt: skip
_PROPERTIES = frozenset(new_user(""))
_WRITABLE = _PROPERTIES - _READ_ONLY
USERS = Collection(
    "users",
    _PROPERTIES - {"passwordProfile"},
    (
        "id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone",
        "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
    ),
    is_directory=True,
)  # fmt: skip
_MEMBERSHIP = (*GROUPS.default, "roleTemplateId")
MEMBERSHIPS = Collection("directoryObjects", frozenset(_MEMBERSHIP), _MEMBERSHIP, is_directory=True)
_LARGEST_PAGE_OF_SIGN_INS = 500
_PRINCIPAL_NAME = re.compile(r"[A-Za-z0-9'._!#^~-]{1,64}@(?P<domain>[A-Za-z0-9.-]{1,48})")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TEXTS = frozenset(
    {
        "displayName", "givenName", "surname", "userPrincipalName", "mail", "mailNickname", "jobTitle",
        "department", "companyName", "employeeId", "officeLocation", "mobilePhone", "preferredLanguage",
        "usageLocation", "userType",
    }
)  # fmt: skip
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 256
_PASSWORD_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_KINDS_NEEDED = 3


class UserRoutes:
    """What Graph answers under `/users`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def collection(self, request: Request) -> Response:
        """GET lists, POST creates."""
        if request.method == "POST":
            return await self._create(request)
        tenant = self._tokens.require(request, READ_USERS)
        size = self._store.directory.page_size
        if USERS.selects(_SIGN_INS, request):
            self._require_sign_ins(request, tenant)
            size = min(size or _LARGEST_PAGE_OF_SIGN_INS, _LARGEST_PAGE_OF_SIGN_INS)
        page = USERS.page(request, tenant.users.values(), page_size=size)
        page["value"] = [_as_told(user) for user in page["value"]]
        return JSONResponse(page)

    async def one(self, request: Request) -> Response:
        """GET reads, PATCH changes, DELETE deletes."""
        if request.method == "PATCH":
            return await self._change(request)
        tenant = self._tokens.require(request, READ_USERS if request.method == "GET" else WRITE_USERS)
        user = tenant.user(request.path_params["user"])
        if request.method == "GET":
            return self._read(request, tenant, user)
        tenant.delete_user(user["id"])
        self._store.save()
        return Response(status_code=204)

    async def revoke_sessions(self, request: Request) -> Response:
        """POST `/users/{user}/revokeSignInSessions`."""
        tenant = self._tokens.require(request, REVOKE_SESSIONS)
        tenant.user(request.path_params["user"])["signInSessionsValidFromDateTime"] = now()
        self._store.save()
        return JSONResponse({"value": True})

    async def member_of(self, request: Request) -> Response:
        """GET `/users/{user}/memberOf` and `…/transitiveMemberOf`; groups hold users only here."""
        tenant = self._tokens.require(request, READ_USERS)
        user = tenant.user(request.path_params["user"])
        # Roles stand in this list, too, so Graph names each one's type.
        groups, roles = tenant.groups_of(user["id"]), tenant.roles_of(user["id"])
        kinds = {group["id"]: "group" for group in groups} | dict.fromkeys(roles, "directoryRole")
        found = [*groups, *(directory_role(role) for role in roles)]
        page = MEMBERSHIPS.page(request, found, page_size=self._store.directory.page_size)
        # What the application may not read comes without its properties.
        shown = {
            "group": self._tokens.allows(request, tenant, READ_GROUPS),
            "directoryRole": self._tokens.allows(request, tenant, READ_ROLES),
        }
        page["value"] = [
            {
                "@odata.type": f"#microsoft.graph.{(kind := kinds[entry['id']])}",
                **(entry if shown[kind] else {**dict.fromkeys(entry), "id": entry["id"]}),
            }
            for entry in page["value"]
        ]
        return JSONResponse(page)

    def _read(self, request: Request, tenant: Tenant, user: Json) -> Response:
        if USERS.selects(_SIGN_INS, request):
            if request.path_params["user"] != user["id"]:
                message = "Get By Key only supports UserId and the key has to be a valid Guid"
                raise bad_request(message)
            self._require_sign_ins(request, tenant)
        return JSONResponse(_as_told(USERS.select(user, request)))

    def _require_sign_ins(self, request: Request, tenant: Tenant) -> None:
        self._tokens.require(request, READ_REPORTS)
        if not tenant.is_premium:
            raise needs_premium()

    async def _change(self, request: Request) -> Response:
        tenant = self._tokens.tenant_of(request)
        changes = await json_object(request)
        is_password = "passwordProfile" in changes
        if is_password:
            self._tokens.require(request, WRITE_PASSWORDS)
        if not is_password or len(changes) > 1:
            self._tokens.require(request, WRITE_USERS)
        user = tenant.user(request.path_params["user"])
        # An administrator's password takes a role that the application does not have.
        if is_password and tenant.roles_of(user["id"]):
            raise insufficient_privileges()
        user.update(_checked(tenant, changes, own_id=user["id"]))
        self._store.save()
        return Response(status_code=204)

    async def _create(self, request: Request) -> Response:
        tenant = self._tokens.require(request, WRITE_USERS)
        body = await json_object(request)
        _require_for_creation(body)
        values = _checked(tenant, body, own_id=None)
        user = new_user(new_id(), createdDateTime=now(), signInSessionsValidFromDateTime=now(), **values)
        tenant.users[user["id"]] = user
        self._store.save()
        return JSONResponse(USERS.select(user, request), 201)


def _as_told(user: Json) -> Json:
    """Without the sign-ins of somebody who never signed in: Graph leaves them out."""
    return {name: value for name, value in user.items() if name != _SIGN_INS or value is not None}


def _require_for_creation(body: Json) -> None:
    if body.get("passwordProfile") is None:
        raise bad_request("A password must be specified to create a new user.")
    for name in ("accountEnabled", "displayName", "mailNickname", "userPrincipalName"):
        if body.get(name) is None or body[name] == "":
            message = f"A value is required for property '{name}' of resource 'User'."
            raise bad_request(message, target=name, detail="PropertyRequired")


def _checked(tenant: Tenant, body: Json, *, own_id: str | None) -> Json:
    """The values of a body, as they are stored; the password is looked at and forgotten."""
    values: Json = {}
    for name, value in body.items():
        if name.startswith("@odata."):
            continue
        if name not in _PROPERTIES:
            message = f"Property '{name}' does not exist as a declared property or extension property."
            raise bad_request(message)
        if name not in _WRITABLE:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        _check_type(name, value)
        values[name] = value
    if "userPrincipalName" in values:
        _check_principal_name(tenant, values["userPrincipalName"], own_id)
    if values.get("usageLocation") is not None and not _COUNTRY.fullmatch(values["usageLocation"]):
        raise _invalid("usageLocation")
    if "passwordProfile" in values:
        values["passwordProfile"] = _without_password(values["passwordProfile"])
    return values


def _check_type(name: str, value: Any) -> None:
    is_good = (
        isinstance(value, bool)
        if name == "accountEnabled"
        else isinstance(value, list)
        if name == "businessPhones"
        else isinstance(value, dict)
        if name == "passwordProfile"
        else value is None or isinstance(value, str)
    )
    if not is_good or (name in _TEXTS and isinstance(value, str) and len(value) > 256):  # noqa: PLR2004
        raise _invalid(name)


def _check_principal_name(tenant: Tenant, principal_name: Any, own_id: str | None) -> None:
    match = _PRINCIPAL_NAME.fullmatch(str(principal_name))
    if match is None:
        raise _invalid("userPrincipalName")
    if match["domain"].lower() != tenant.domain.lower():
        raise bad_request(
            "The domain portion of the userPrincipalName property is invalid. "
            "You must use one of the verified domain names in your organization.",
            target="userPrincipalName",
            detail="InvalidValue",
        )
    other = tenant.find_user(str(principal_name))
    if other is not None and other["id"] != own_id:
        raise bad_request(
            "Another object with the same value for property userPrincipalName already exists.",
            target="userPrincipalName",
            detail="ObjectConflict",
        )


def _without_password(profile: Json) -> Json:
    password = profile.get("password", "")
    kinds = sum(bool(re.search(kind, str(password))) for kind in _PASSWORD_KINDS)
    has_length = isinstance(password, str) and _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD
    if not has_length or kinds < _KINDS_NEEDED:
        raise bad_request(
            "The specified password does not comply with password complexity requirements. "
            "Please provide a different password.",
            target="passwordProfile",
            detail="PasswordComplexity",
        )
    forced = profile.get("forceChangePasswordNextSignIn", True)
    return {"forceChangePasswordNextSignIn": bool(forced)}


def _invalid(name: str) -> Exception:
    message = f"Invalid value specified for property '{name}' of resource 'User'."
    return bad_request(message, target=name, detail="InvalidValue")
