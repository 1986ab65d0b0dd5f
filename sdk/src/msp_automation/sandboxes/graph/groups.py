"""`/groups`: list, read, members."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.bodies import json_object
from msp_automation.sandboxes.graph.errors import bad_request
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_GROUPS, WRITE_MEMBERS
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_GROUP_PROPERTIES = (
    "id", "displayName", "description", "mail", "mailNickname", "mailEnabled", "securityEnabled",
    "groupTypes", "createdDateTime",
)  # fmt: skip
GROUPS = Collection("groups", frozenset(_GROUP_PROPERTIES), _GROUP_PROPERTIES)
_MEMBER_PROPERTIES = ("id", "displayName", "mail", "userPrincipalName")
MEMBERS = Collection("directoryObjects", frozenset(_MEMBER_PROPERTIES), _MEMBER_PROPERTIES)
_REFERENCE = re.compile(
    r"https?://[^/]+/(?:v1\.0|beta)/(?:directoryObjects|users)/(?P<id>[0-9A-Za-z-]{1,64})"
)


class GroupRoutes:
    """What Graph answers under `/groups`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def collection(self, request: Request) -> Response:
        """GET `/groups`."""
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
        return JSONResponse(MEMBERS.page(request, users, page_size=size))

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
