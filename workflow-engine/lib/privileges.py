"""Who is more than a user: roles that they hold, may activate, or get by a group."""

from __future__ import annotations

from msp_automation import IntegrationError, WorkflowError
from msp_automation.integrations.msgraph import MsGraph

_ROLES = "/roleManagement/directory/"
_NO_ROLES_TO_ACTIVATE = "AadPremiumLicenseRequired"


async def privileges_of(graph: MsGraph, user_id: str) -> list[str]:
    """What makes somebody an administrator, by name: directory roles, and groups that may carry them.

    Roles over administrative units and custom roles count, too. Takes the permissions
    RoleManagement.Read.Directory and Group.Read.All.

    Raises:
        WorkflowError: A group cannot be read, so that nobody can say.
        IntegrationError: Graph refused or failed.
    """
    asked = {"$filter": f"principalId eq '{user_id}'", "$expand": "roleDefinition"}
    roles = await graph.get_all(f"{_ROLES}roleAssignments", asked)
    try:
        roles += await graph.get_all(f"{_ROLES}roleEligibilityScheduleInstances", asked)
    except IntegrationError as error:
        # Without Entra ID P2 there are none.
        if error.details.get("code") != _NO_ROLES_TO_ACTIVATE:
            raise
    names = [one["roleDefinition"]["displayName"] for one in roles]
    # Without the advanced query that a filter would take: its index may be behind.
    memberships = await graph.get_all("/users/{user}/transitiveMemberOf", user=user_id)
    if any(one.get("displayName") is None for one in memberships):
        # Graph lists what the application may not read without saying what it is.
        raise WorkflowError(
            "Whether the user's groups carry administrator roles cannot be read. Give the application the "
            "permission Group.Read.All in this tenant. Nothing was changed."
        )
    names += [
        one["displayName"]
        for one in memberships
        if one["@odata.type"] == "#microsoft.graph.directoryRole" or one.get("isAssignableToRole")
    ]
    return list(dict.fromkeys(names))
