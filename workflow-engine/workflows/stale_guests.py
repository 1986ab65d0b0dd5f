"""Guests that nobody has seen for months: a way in that nobody watches."""

from __future__ import annotations

from typing import Any

from lib.directory import explain_premium
from lib.times import days_since, read_time
from msp_automation import IntegrationError, OrganizationContext, WorkflowError, param, schedule, workflow
from msp_automation.integrations.msgraph import MsGraph

_PROPERTIES = "id,displayName,mail,userPrincipalName,accountEnabled,createdDateTime,externalUserState"


@workflow(category="Security", tags=["m365", "guests"], timeout_seconds=600)
@schedule("0 6 * * 1", timezone="Europe/Berlin", name="weekly")
@param("days_unused", label="Days without a sign-in", min=30, max=730)
@param("disable", label="Block them", help_text="Otherwise they are only listed")
@param("at_most", label="Block at most", min=1, max=500, help_text="With more than this, none is blocked")
async def stale_guests(
    context: OrganizationContext, days_unused: int = 90, disable: bool = False, at_most: int = 25
) -> list[dict[str, Any]]:
    """Guest accounts that nobody has used for a while; blocks them if you say so.

    A guest who never signed in counts from the invitation. Blocked guests keep their memberships, so
    that a mistake is undone in the Entra admin center.

    Microsoft Graph: User.Read.All, AuditLog.Read.All (tenants with Entra ID P1); to block
    User.ReadWrite.All.
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Reading guests")
    asked = {"$select": f"{_PROPERTIES},signInActivity", "$filter": "userType eq 'Guest'", "$top": 500}
    with explain_premium("when guests last signed in"):
        guests = await graph.get_all("/users", asked)
    rows = [row for guest in guests if (row := _row(guest))["daysUnused"] >= days_unused]
    rows.sort(key=lambda row: -row["daysUnused"])
    context.log.info(f"{len(rows)} of {len(guests)} guests unused for {days_unused} days")
    if disable:
        await _block(context, graph, [row for row in rows if row["state"] == "active"], at_most)
    await context.set_progress(1, "Done")
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _row(guest: dict[str, Any]) -> dict[str, Any]:
    seen = guest.get("signInActivity") or {}
    names = ("lastSuccessfulSignInDateTime", "lastSignInDateTime", "lastNonInteractiveSignInDateTime")
    times = [time for name in names if (time := read_time(seen.get(name))) is not None]
    last = max(times, default=None)
    since = last or read_time(guest["createdDateTime"])
    return {
        "id": guest["id"],
        "guest": guest["displayName"],
        "email": guest["mail"] or guest["userPrincipalName"],
        "lastSignIn": None if last is None else last.isoformat(),
        "daysUnused": 0 if since is None else days_since(since),
        "invitation": "accepted" if guest["externalUserState"] == "Accepted" else "open",
        "state": "active" if guest["accountEnabled"] else "blocked before",
    }


async def _block(
    context: OrganizationContext, graph: MsGraph, rows: list[dict[str, Any]], at_most: int
) -> None:
    if len(rows) > at_most:
        raise WorkflowError(
            f"{len(rows)} guests would be blocked, more than the {at_most} allowed. Nothing was changed. "
            "Look at the list first, then run this again with a higher limit.",
            details={"guests": [row["email"] for row in rows]},
        )
    for number, row in enumerate(rows):
        await context.set_progress(number / len(rows), f"Blocking {row['email']}")
        try:
            await graph.patch(
                "/users/{user}", json={"accountEnabled": False}, safe_to_repeat=True, user=row["id"]
            )
        except IntegrationError as error:
            row["state"] = f"not blocked: {error.message}"
        else:
            row["state"] = "blocked now"
        context.log.info(f"{row['email']}: {row['state']}")
