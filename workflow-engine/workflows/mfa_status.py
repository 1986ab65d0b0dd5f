"""Who could sign in with a password alone."""

from __future__ import annotations

from typing import Any, Literal

from lib.directory import explain_premium
from msp_automation import IntegrationError, OrganizationContext, param, schedule, workflow

_REPORT = "/reports/authenticationMethods/userRegistrationDetails"


@workflow(
    category="Security",
    tags=["m365", "mfa"],
    timeout_seconds=300,
    retries=2,
    retry_delay_seconds=60,
    retry_on=(IntegrationError,),
)
@schedule("15 6 * * 1", timezone="Europe/Berlin", name="weekly")
@param(
    "show",
    label="List",
    options=[
        {"label": "People without MFA", "value": "missing"},
        {"label": "Administrators without MFA", "value": "administrators"},
        {"label": "Everybody", "value": "everybody"},
    ],
)
@param("include_guests", help_text="Guests mostly prove who they are in their own tenant")
async def mfa_status(
    context: OrganizationContext,
    show: Literal["missing", "administrators", "everybody"] = "missing",
    include_guests: bool = False,
) -> list[dict[str, Any]]:
    """Who has registered a second factor and who has not, administrators first.

    It says who could be asked for a second factor, not who is asked: that is up to Conditional Access
    or security defaults. Blocked accounts are not in Microsoft's report.

    Microsoft Graph: AuditLog.Read.All (tenants with Entra ID P1).
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Reading registrations")
    with explain_premium("who registered for MFA"):
        details = await graph.get_all(_REPORT)
    people = [one for one in details if include_guests or one["userType"] != "guest"]
    missing = [one for one in people if not one["isMfaCapable"]]
    admins = [one for one in missing if one["isAdmin"]]
    if admins:
        names = ", ".join(sorted(one["userPrincipalName"] for one in admins))
        context.log.warning(f"Administrators without MFA: {names}")
    context.log.info(f"{len(people) - len(missing)} of {len(people)} people have MFA")
    listed = {"missing": missing, "administrators": admins, "everybody": people}[show]
    await context.set_progress(1, "Done")
    order = sorted(listed, key=lambda one: (not one["isAdmin"], one["userDisplayName"].casefold()))
    return [_row(one) for one in order]


def _row(one: dict[str, Any]) -> dict[str, Any]:
    # Registered, but with a method that the tenant's policy does not allow.
    is_disallowed = one["isMfaRegistered"] and not one["isMfaCapable"]
    return {
        "person": one["userDisplayName"],
        "email": one["userPrincipalName"],
        "administrator": one["isAdmin"],
        "mfa": "method not allowed" if is_disallowed else "yes" if one["isMfaCapable"] else "no",
        "methods": one["methodsRegistered"],
        "passwordless": one["isPasswordlessCapable"],
    }
