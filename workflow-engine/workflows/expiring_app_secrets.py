"""Secrets and certificates of app registrations that are about to end, before something stands still."""

from __future__ import annotations

from typing import Any

from lib.times import days_until, read_time
from msp_automation import IntegrationError, OrganizationContext, param, schedule, workflow

_CREDENTIALS = {"passwordCredentials": "secret", "keyCredentials": "certificate"}


@workflow(
    category="Security",
    tags=["m365", "applications"],
    timeout_seconds=300,
    retries=2,
    retry_delay_seconds=60,
    retry_on=(IntegrationError,),
)
@schedule("45 6 * * 1", timezone="Europe/Berlin", name="weekly")
@param("within_days", label="Ends within days", min=1, max=365)
@param("include_expired", label="Those that have ended, too")
async def expiring_app_secrets(
    context: OrganizationContext, within_days: int = 30, include_expired: bool = True
) -> list[dict[str, Any]]:
    """Secrets and certificates of the tenant's app registrations that end soon or have ended.

    An old secret whose application has another one that lives on is in the list with `hasNewer`: it can
    be deleted. SAML certificates of enterprise applications are not in it.

    Microsoft Graph: Application.Read.All.
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Reading app registrations")
    asked = {"$select": f"id,appId,displayName,{','.join(_CREDENTIALS)}", "$top": 999}
    applications = await graph.get_all("/applications", asked)
    rows = [row for one in applications for row in _rows(one, within_days)]
    found = [
        row for row in rows if row["daysLeft"] <= within_days and (include_expired or row["daysLeft"] > 0)
    ]
    ending = sum(row["state"] == "ends soon" and not row["hasNewer"] for row in found)
    if ending:
        context.log.warning(f"{ending} secrets and certificates end within {within_days} days")
    context.log.info(f"{len(applications)} app registrations looked at")
    await context.set_progress(1, "Done")
    return sorted(found, key=lambda row: str(row["ends"]))


def _rows(application: dict[str, Any], within_days: int) -> list[dict[str, Any]]:
    ends = [
        (kind, one["displayName"], end)
        for name, kind in _CREDENTIALS.items()
        for one in application[name]
        if (end := read_time(one["endDateTime"])) is not None
    ]
    lives_on = any(days_until(end) > within_days for _, _, end in ends)
    return [
        {
            "application": application["displayName"],
            "applicationId": application["appId"],
            "kind": kind,
            "name": name,
            "ends": end.isoformat(),
            "daysLeft": days_until(end),
            "state": "ended" if days_until(end) <= 0 else "ends soon",
            "hasNewer": lives_on,
        }
        for kind, name, end in ends
    ]
