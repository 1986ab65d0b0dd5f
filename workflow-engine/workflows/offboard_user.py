"""Somebody leaves a client: no sign-in, no sessions, no licences, a ticket."""

from __future__ import annotations

from functools import partial
from typing import Any

from lib.directory import can_change_members, find
from lib.privileges import privileges_of
from lib.steps import Steps, ticket_system
from msp_automation import OrganizationContext, WorkflowError, param, workflow
from msp_automation.integrations.msgraph import MsGraph

_NOT_BY_GRAPH = "Microsoft Graph cannot change its members; do it in the Exchange or Entra admin center."


@workflow(category="User management", tags=["m365", "halopsa"], timeout_seconds=180)
@param("user", label="User", data_provider="get_users", help_text="Who is leaving")
@param("remove_from_groups", help_text="Also take the user out of every group")
@param("dry_run", label="Only show what would be done")
async def offboard_user(
    context: OrganizationContext, user: str, remove_from_groups: bool = False, dry_run: bool = False
) -> dict[str, Any]:
    """Block sign-in, end sessions, take back licences and open a ticket.

    Refused for administrators, of whom a tenant may have one only: their roles have to go first.

    Microsoft Graph: User.ReadWrite.All, LicenseAssignment.ReadWrite.All, Group.Read.All,
    RoleManagement.Read.Directory; to leave groups GroupMember.ReadWrite.All.
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Checking")
    halo = await ticket_system(context)
    person = await find(
        graph, "/users/{id}", user, select="id,displayName,userPrincipalName,assignedLicenses"
    )
    if person is None:
        raise WorkflowError("This user does not exist in the organization's tenant. Nothing was changed.")
    user_id, email = person["id"], person["userPrincipalName"]
    if privileges := await privileges_of(graph, user_id):
        raise WorkflowError(
            f"{person['displayName']} is an administrator ({', '.join(privileges)}). Take these away in the "
            "Entra admin center, make sure that the tenant has another one, and run this again. "
            "Nothing was changed."
        )
    sku_ids = [licence["skuId"] for licence in person["assignedLicenses"]]
    groups = await _groups(graph, user_id) if remove_from_groups else []

    steps = Steps(context, count=4 + len(groups), is_preview=dry_run)
    await steps.do("Block sign-in", lambda: _block(graph, user_id))
    await steps.do("End all sessions", lambda: _end_sessions(graph, user_id))
    await steps.do(f"Take back {len(sku_ids)} licences", lambda: _take_back(graph, user_id, sku_ids))
    for group in groups:
        name = f"Remove from group {group['displayName']}"
        if can_change_members(group):
            await steps.do(name, partial(_remove_member, graph, group["id"], user_id))
        else:
            steps.leave(name, _NOT_BY_GRAPH)
    notes = f"{person['displayName']} ({email}) left {context.org.name}; run by {context.caller.name}."
    ticket = await steps.open_ticket(halo, f"User left: {person['displayName']}", notes)
    if dry_run:
        return await steps.preview()
    steps.require_complete(f"Offboarding {email}", ticket)
    await context.set_progress(1, "Done")
    return {
        "userId": user_id,
        "userPrincipalName": email,
        "licencesTakenBack": len(sku_ids),
        "groupsLeft": [group["displayName"] for group in groups],
        "ticketId": ticket,
    }


async def _groups(graph: MsGraph, user_id: str) -> list[dict[str, Any]]:
    # Roles and administrative units stand in this list too.
    found = await graph.get_all("/users/{user}/memberOf", user=user_id)
    return [entry for entry in found if entry["@odata.type"] == "#microsoft.graph.group"]


async def _block(graph: MsGraph, user_id: str) -> None:
    await graph.patch("/users/{user}", json={"accountEnabled": False}, safe_to_repeat=True, user=user_id)


async def _end_sessions(graph: MsGraph, user_id: str) -> None:
    await graph.post("/users/{user}/revokeSignInSessions", safe_to_repeat=True, user=user_id)


async def _take_back(graph: MsGraph, user_id: str, sku_ids: list[str]) -> None:
    if sku_ids:
        body = {"addLicenses": [], "removeLicenses": sku_ids}
        await graph.post("/users/{user}/assignLicense", json=body, user=user_id)


async def _remove_member(graph: MsGraph, group_id: str, user_id: str) -> None:
    await graph.delete("/groups/{group}/members/{user}/$ref", group=group_id, user=user_id)
