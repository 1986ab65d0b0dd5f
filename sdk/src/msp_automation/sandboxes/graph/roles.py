"""`/roleManagement/directory`: who holds which directory role, and who may activate one.

Source: https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.integrations.msgraph_roles import role_name
from msp_automation.sandboxes.graph.errors import GraphError
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_ROLES
from msp_automation.sandboxes.graph.state import Json
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_ASSIGNMENT = ("id", "principalId", "roleDefinitionId", "directoryScopeId", "appScopeId")
_OPTIONS = frozenset({"$select", "$filter", "$expand", "$skiptoken"})
ASSIGNMENTS = Collection(
    "roleManagement/directory/roleAssignments", frozenset(_ASSIGNMENT), _ASSIGNMENT, _OPTIONS
)
_INSTANCE = (*_ASSIGNMENT, "startDateTime", "endDateTime", "memberType", "roleEligibilityScheduleId")
ELIGIBILITIES = Collection(
    "roleManagement/directory/roleEligibilityScheduleInstances", frozenset(_INSTANCE), _INSTANCE, _OPTIONS
)
_SINCE = "2025-01-06T08:00:00Z"


class RoleRoutes:
    """What Graph answers under `/roleManagement/directory`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def assignments(self, request: Request) -> Response:
        """GET `/roleManagement/directory/roleAssignments`; what comes by a group is the group's."""
        tenant = self._tokens.require(request, READ_ROLES)
        return self._answer(request, ASSIGNMENTS, _listed(tenant.roles))

    async def eligibilities(self, request: Request) -> Response:
        """GET `/roleManagement/directory/roleEligibilityScheduleInstances`; it takes Entra ID P2."""
        tenant = self._tokens.require(request, READ_ROLES)
        if not tenant.has_identity_governance:
            message = (
                "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
            )
            raise GraphError(400, "AadPremiumLicenseRequired", message)
        found = [
            {
                **entry,
                "startDateTime": _SINCE,
                "endDateTime": None,
                "memberType": "Direct",
                "roleEligibilityScheduleId": entry["id"],
            }
            for entry in _listed(tenant.eligible_roles)
        ]
        return self._answer(request, ELIGIBILITIES, found)

    def _answer(self, request: Request, collection: Collection, found: list[Json]) -> Response:
        page = collection.page(request, found, page_size=self._store.directory.page_size)
        if request.query_params.get("$expand") == "roleDefinition":
            for entry in page["value"]:
                entry["roleDefinition"] = _definition(entry["roleDefinitionId"])
        return JSONResponse(page)


def directory_role(role_id: str) -> Json:
    """A role as it stands among somebody's memberships."""
    return {"id": role_id, "displayName": role_name(role_id), "description": None, "roleTemplateId": role_id}


def _definition(role_id: str) -> Json:
    return {"id": role_id, "displayName": role_name(role_id), "isBuiltIn": True, "templateId": role_id}


def _listed(roles: Mapping[str, Sequence[str]]) -> list[Json]:
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{principal_id}/{role}")),
            "principalId": principal_id,
            "roleDefinitionId": role,
            "directoryScopeId": "/",
            "appScopeId": None,
        }
        for principal_id, held in roles.items()
        for role in held
    ]
