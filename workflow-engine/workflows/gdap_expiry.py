"""Delegated administration that is about to end: without it the MSP is locked out of a client."""

from __future__ import annotations

from typing import Any

from lib.times import days_until, read_time
from msp_automation import IntegrationError, OrganizationContext, WorkflowError, param, schedule, workflow
from msp_automation.integrations.msgraph_roles import role_name

_RELATIONSHIPS = "/tenantRelationships/delegatedAdminRelationships"
_GLOBAL_ADMINISTRATOR = "Global Administrator"
_NEVER_EXTENDS = ("PT0S", "P0D")
_FORBIDDEN = 403


@workflow(category="MSP", tags=["gdap"], timeout_seconds=300)
@schedule("0 7 * * 1-5", timezone="Europe/Berlin", name="mornings", tags=["msp"])
@param("within_days", label="Ends within days", min=1, max=730)
@param("ended_days", label="Ended in the last days", min=0, max=365)
async def gdap_expiry(
    context: OrganizationContext, within_days: int = 60, ended_days: int = 30
) -> list[dict[str, Any]]:
    """GDAP relationships that end soon or have ended lately, with their roles.

    Runs for the organization that stands for the MSP itself (tag `msp`): only the MSP's own tenant
    knows its relationships. A client with another relationship that lives on is marked `covered`.

    Microsoft Graph: DelegatedAdminRelationship.Read.All in the MSP's tenant.
    """
    await context.set_progress(0, "Reading relationships")
    relationships = await _relationships(context)
    lasting = {
        one["customer"]["tenantId"]
        for one in relationships
        if one["status"] == "active" and _days_left(one) > within_days
    }
    rows = [
        _row(one, is_covered=one["customer"]["tenantId"] in lasting)
        for one in relationships
        if one["status"] in {"active", "expiring", "expired", "terminated"}
        and -ended_days <= _days_left(one) <= within_days
    ]
    context.log.info(f"{len(relationships)} relationships, {len(rows)} of them to look at")
    await context.set_progress(1, "Done")
    return sorted(rows, key=lambda row: (row["daysLeft"], row["client"]))


async def _relationships(context: OrganizationContext) -> list[dict[str, Any]]:
    """Those that a client has approved; one that still waits has neither client nor end."""
    try:
        found = await context.get_integration("msgraph").get_all(_RELATIONSHIPS, {"$top": 300})
    except IntegrationError as error:
        if error.details.get("status") != _FORBIDDEN:
            raise
        raise WorkflowError(
            f"The tenant of {context.org.name} does not show GDAP relationships. Run this for the "
            "organization of the MSP's own tenant, where the application needs the permission "
            "DelegatedAdminRelationship.Read.All."
        ) from error
    return [one for one in found if one.get("customer") and one.get("endDateTime")]


def _days_left(one: dict[str, Any]) -> int:
    end = read_time(one["endDateTime"])
    return 0 if end is None else days_until(end)


def _row(one: dict[str, Any], *, is_covered: bool) -> dict[str, Any]:
    roles = sorted(role_name(role["roleDefinitionId"]) for role in one["accessDetails"]["unifiedRoles"])
    extends = one.get("autoExtendDuration") not in {None, *_NEVER_EXTENDS}
    return {
        "client": one["customer"]["displayName"],
        "relationship": one["displayName"],
        "ends": one["endDateTime"],
        "daysLeft": _days_left(one),
        "status": one["status"],
        # Microsoft extends none that gives the role of Global Administrator.
        "extendsItself": extends and _GLOBAL_ADMINISTRATOR not in roles,
        "covered": is_covered,
        "roles": roles,
    }
