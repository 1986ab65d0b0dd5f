"""A new password for somebody who may ask the service desk for one, which administrators may not."""

from __future__ import annotations

from typing import Any

from lib.directory import find
from lib.passwords import random_password
from lib.privileges import privileges_of
from msp_automation import IntegrationError, OrganizationContext, WorkflowError, param, workflow
from msp_automation.integrations.msgraph import MsGraph

_PROPERTIES = "id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled"


@workflow(category="User management", tags=["m365", "service desk"], timeout_seconds=60)
@param("user", label="User", data_provider="get_users")
@param(
    "temporary_password",
    label="Temporary password",
    min_length=12,
    max_length=128,
    help_text="Tell it on the phone; empty for one that nobody knows, which keeps an intruder out",
)
@param("verified", label="I have made sure who is asking", help_text="By a call back or your own procedure")
@param("end_sessions", help_text="Sign the user out everywhere")
async def reset_password(
    context: OrganizationContext,
    user: str,
    verified: bool,
    temporary_password: str | None = None,
    end_sessions: bool = True,
) -> dict[str, Any]:
    """Set a temporary password that has to be changed at the next sign-in.

    Refused for whoever holds a directory role, may activate one, or is in a group that carries roles.
    The password is in no answer, log or record.

    Microsoft Graph: User.Read.All, Group.Read.All, RoleManagement.Read.Directory,
    User-PasswordProfile.ReadWrite.All; to end sessions User.RevokeSessions.All.
    """
    if not verified:
        raise WorkflowError("Make sure who is asking, tick the box and run this again. Nothing was changed.")
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Checking")
    person = await find(graph, "/users/{id}", user, select=_PROPERTIES)
    if person is None:
        raise WorkflowError("This user does not exist in the organization's tenant. Nothing was changed.")
    _require_own_password(person)
    if privileges := await privileges_of(graph, person["id"]):
        raise WorkflowError(
            f"{person['displayName']} is an administrator ({', '.join(privileges)}). A Privileged "
            "Authentication Administrator or Global Administrator of the tenant has to reset this password, "
            "in the Entra admin center. Nothing was changed."
        )
    await context.set_progress(0.5, "Setting the password")
    profile = {"password": temporary_password or random_password(), "forceChangePasswordNextSignIn": True}
    body = {"passwordProfile": profile}
    await graph.patch("/users/{user}", json=body, safe_to_repeat=True, user=person["id"])
    context.log.info(f"Password of {person['userPrincipalName']} reset by {context.caller.name}")
    if end_sessions:
        await _end_sessions(graph, person["id"])
    await context.set_progress(1, "Done")
    return {
        "user": person["userPrincipalName"],
        "sessionsEnded": end_sessions,
        "next": "The user sets a password of their own at the next sign-in."
        if temporary_password
        else "Nobody knows the password: self-service reset or a Temporary Access Pass lets the user in.",
    }


def _require_own_password(person: dict[str, Any]) -> None:
    why = (
        "is a guest: the password is their own company's"
        if person["userType"] == "Guest"
        else "is blocked"
        if not person["accountEnabled"]
        else "comes from the company's own Active Directory: reset the password there"
        if person["onPremisesSyncEnabled"]
        else None
    )
    if why is not None:
        raise WorkflowError(f"{person['displayName']} {why}. Nothing was changed.")


async def _end_sessions(graph: MsGraph, user_id: str) -> None:
    try:
        await graph.post("/users/{user}/revokeSignInSessions", safe_to_repeat=True, user=user_id)
    except IntegrationError as error:
        raise WorkflowError(
            f"The new password is set, but the user is still signed in elsewhere. {error.message}"
        ) from error
