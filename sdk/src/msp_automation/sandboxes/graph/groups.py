"""`/groups`: list, create, read, members."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.bodies import json_object
from msp_automation.sandboxes.graph.errors import bad_request
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import CREATE_GROUPS, READ_GROUPS, WRITE_MEMBERS
from msp_automation.sandboxes.graph.state import Json, new_id, now
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_GROUP_PROPERTIES = (
    "id", "displayName", "description", "mail", "mailNickname", "mailEnabled", "securityEnabled",
    "groupTypes", "isAssignableToRole", "createdDateTime",
)  # fmt: skip
GROUPS = Collection("groups", frozenset(_GROUP_PROPERTIES), _GROUP_PROPERTIES, is_directory=True)
_MEMBER_PROPERTIES = ("id", "displayName", "mail", "userPrincipalName")
MEMBERS = Collection("directoryObjects", frozenset(_MEMBER_PROPERTIES), _MEMBER_PROPERTIES, is_directory=True)
_TO_CREATE = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_NICKNAME = re.compile(r"[!#$%&'*+./0-9=?A-Z^_`a-z{|}~-]{1,64}")
_REFERENCE = re.compile(
    r"https?://[^/]+/(?:v1\.0|beta)/(?:directoryObjects|users)/(?P<id>[0-9A-Za-z-]{1,64})"
)


class GroupRoutes:
    """What Graph answers under `/groups`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def collection(self, request: Request) -> Response:
        """GET lists, POST creates."""
        if request.method == "POST":
            return await self._create(request)
        tenant = self._tokens.require(request, READ_GROUPS)
        size = self._store.directory.page_size
        return JSONResponse(GROUPS.page(request, tenant.groups.values(), page_size=size))

    async def one(self, request: Request) -> Response:
        """GET `/groups/{group}`."""
        tenant = self._tokens.require(request, READ_GROUPS)
        return JSONResponse(GROUPS.select(tenant.group(request.path_params["group"]), request))

    async def members(self, request: Request) -> Response:
        """GET `/groups/{group}/members`."""
        tenant = self._tokens.require(request, READ_GROUPS)
        group = tenant.group(request.path_params["group"])
        users = [tenant.users[user_id] for user_id in tenant.members[group["id"]]]
        size = self._store.directory.page_size
        page = MEMBERS.page(request, users, page_size=size)
        # Groups, devices and contacts may be members too, so Graph names each one's type.
        page["value"] = [{"@odata.type": "#microsoft.graph.user", **user} for user in page["value"]]
        return JSONResponse(page)

    async def add_member(self, request: Request) -> Response:
        """POST `/groups/{group}/members/$ref`."""
        tenant = self._tokens.require(request, WRITE_MEMBERS)
        group = tenant.group(request.path_params["group"])
        reference = (await json_object(request)).get("@odata.id")
        match = _REFERENCE.fullmatch(str(reference))
        if match is None:
            raise bad_request("The value for '@odata.id' is not a reference to a directory object.")
        tenant.add_member(group["id"], match["id"])
        self._store.save()
        return Response(status_code=204)

    async def remove_member(self, request: Request) -> Response:
        """DELETE `/groups/{group}/members/{user}/$ref`."""
        tenant = self._tokens.require(request, WRITE_MEMBERS)
        group = tenant.group(request.path_params["group"])
        tenant.remove_member(group["id"], request.path_params["user"])
        self._store.save()
        return Response(status_code=204)

    async def _create(self, request: Request) -> Response:
        tenant = self._tokens.require(request, CREATE_GROUPS)
        body = await json_object(request)
        group = _checked(body) | {"id": new_id(), "createdDateTime": now()}
        group["mail"] = f"{group['mailNickname']}@{tenant.domain}" if group["mailEnabled"] else None
        tenant.groups[group["id"]] = group
        tenant.members[group["id"]] = []
        self._store.save()
        return JSONResponse(GROUPS.select(group, request), 201)


def _checked(body: Json) -> Json:
    """The values of a new group.

    Source: https://learn.microsoft.com/graph/api/group-post-groups
    """
    for name in _TO_CREATE:
        if body.get(name) is None or body[name] == "":
            message = f"A value is required for property '{name}' of resource 'Group'."
            raise bad_request(message, target=name, detail="PropertyRequired")
    unknown = sorted(set(body) - {*_TO_CREATE, "description", "groupTypes", "isAssignableToRole"})
    if unknown:
        message = f"Property '{unknown[0]}' does not exist as a declared property or extension property."
        raise bad_request(message)
    if not _NICKNAME.fullmatch(str(body["mailNickname"])):
        message = "Invalid value specified for property 'mailNickname' of resource 'Group'."
        raise bad_request(message, target="mailNickname", detail="InvalidValue")
    if body["mailEnabled"] and "Unified" not in body.get("groupTypes", []):
        raise bad_request(
            "The service does not currently support writes of mail-enabled groups. "
            "Please ensure that the mail-enablement property is unset and the security-enablement "
            "property is set."
        )
    return {"description": None, "groupTypes": [], "isAssignableToRole": None, **body}
