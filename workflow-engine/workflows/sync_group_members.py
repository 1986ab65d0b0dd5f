"""One group's members follow another's, such as VPN users the field staff."""

from __future__ import annotations

from typing import Any

from lib.directory import can_change_members, find
from msp_automation import (
    IntegrationError,
    OrganizationContext,
    ValidationError,
    WorkflowError,
    param,
    workflow,
)
from msp_automation.integrations.msgraph import MsGraph

_MEMBERS = {"$select": "id,displayName,userPrincipalName", "$top": 999}


@workflow(category="Groups", tags=["m365"], timeout_seconds=900)
@param("source", label="Group to follow", data_provider="get_groups", help_text="Stays as it is")
@param("target", label="Group to change", data_provider="get_groups")
@param("remove_others", help_text="Also take out whoever is not in the group to follow")
@param("at_most", label="Take out at most", min=1, max=500, help_text="With more, nothing is changed")
@param("dry_run", label="Only show what would be done")
async def sync_group_members(
    context: OrganizationContext,
    source: str,
    target: str,
    remove_others: bool = False,
    at_most: int = 10,
    dry_run: bool = True,
) -> list[dict[str, Any]]:
    """Make the people of one group members of another, and if you like nobody else.

    Direct members that are people count; nested groups and devices stay as they are.

    Microsoft Graph: Group.Read.All, User.Read.All; to change GroupMember.ReadWrite.All.
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Comparing")
    await _require_fit(graph, source, target)
    wanted, present = await _people(graph, source), await _people(graph, target)
    changes = [("add", one) for key, one in wanted.items() if key not in present]
    surplus = [("remove", one) for key, one in present.items() if key not in wanted]
    if remove_others and surplus:
        _require_safe(wanted, surplus, at_most)
        changes += surplus
    rows = []
    for number, (what, person) in enumerate(changes):
        await context.set_progress(number / len(changes), f"{number + 1} of {len(changes)}")
        outcome = f"would {what}" if dry_run else await _change(graph, what, target, person["id"])
        context.log.info(f"{person['userPrincipalName']}: {outcome}")
        name, email = person["displayName"], person["userPrincipalName"]
        rows.append({"person": name, "email": email, "outcome": outcome})
    await context.set_progress(1, "Done")
    return rows


async def _require_fit(graph: MsGraph, source: str, target: str) -> None:
    if source == target:
        raise ValidationError.for_fields({"target": "Choose another group than the one to follow."})
    for field, group_id in (("source", source), ("target", target)):
        group = await find(graph, "/groups/{id}", group_id)
        if group is None:
            raise ValidationError.for_fields({field: "This organization has no such group."})
    if not can_change_members(group) or group.get("isAssignableToRole"):
        raise WorkflowError(
            f"The members of {group['displayName']} cannot be changed here: it is a distribution list, has "
            "members by rule, or carries administrator roles. Nothing was changed."
        )


def _require_safe(wanted: dict[str, Any], surplus: list[Any], at_most: int) -> None:
    if not wanted or len(surplus) > at_most:
        why = "the group to follow is empty" if not wanted else f"at most {at_most} are allowed"
        raise WorkflowError(f"{len(surplus)} people would be taken out, but {why}. Nothing was changed.")


async def _people(graph: MsGraph, group_id: str) -> dict[str, Any]:
    members = await graph.get_all("/groups/{group}/members", _MEMBERS, group=group_id)
    return {one["id"]: one for one in members if one["@odata.type"] == "#microsoft.graph.user"}


async def _change(graph: MsGraph, what: str, group_id: str, user_id: str) -> str:
    try:
        if what == "add":
            reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user_id}"}
            await graph.post("/groups/{group}/members/$ref", json=reference, group=group_id)
        else:
            await graph.delete("/groups/{group}/members/{user}/$ref", group=group_id, user=user_id)
    except IntegrationError as error:
        return f"failed: {error.message}"
    return "added" if what == "add" else "removed"
