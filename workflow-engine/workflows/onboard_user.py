"""A new person at a client: user, licence, groups, ticket."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

from lib.directory import NOT_FOUND, can_change_members, find, status_of
from lib.passwords import random_password
from lib.products import product_name, seats_free
from lib.steps import Steps, ticket_system
from msp_automation import (
    ConfigurationError,
    IntegrationError,
    OrganizationContext,
    ValidationError,
    WorkflowError,
    param,
    workflow,
)
from msp_automation.integrations.msgraph import MsGraph

_FIRST_SERVER_ERROR = 500
# A new user takes a moment to reach all of Entra's replicas; until then Graph may say 404.
_REPLICATION_DELAYS_SECONDS = (0.5, 1, 2, 4, 8)


@workflow(category="User management", tags=["m365", "halopsa"], timeout_seconds=180)
@param("first_name", pattern=r"\S", max_length=64)
@param("last_name", pattern=r"\S", max_length=64)
@param("email", type="email", max_length=113, help_text="The new user's sign-in name")
@param("license_sku", label="Licence", data_provider="get_available_licenses")
@param("groups", label="Groups", data_provider="get_groups", help_text="Groups to add the user to")
@param("job_title", max_length=128)
@param("department", max_length=64)
@param(
    "usage_location",
    pattern=r"^[A-Z]{2}$",
    help_text="Country code such as GB; empty for the organization's own",
)
@param("dry_run", label="Only show what would be done")
async def onboard_user(
    context: OrganizationContext,
    first_name: str,
    last_name: str,
    email: str,
    license_sku: str,
    groups: list[str] | None = None,
    job_title: str | None = None,
    department: str | None = None,
    usage_location: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Create a Microsoft 365 user, assign a licence, add groups and open a ticket.

    Microsoft Graph: User.ReadWrite.All, LicenseAssignment.ReadWrite.All, Organization.Read.All; for groups
    Group.Read.All, GroupMember.ReadWrite.All.
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Checking")
    halo = await ticket_system(context)
    sku = await _sku_with_a_seat(graph, license_sku)
    chosen = await _groups(graph, groups or [])
    await _require_free_name(graph, email)
    user = {
        "accountEnabled": True,
        "displayName": f"{first_name.strip()} {last_name.strip()}",
        "givenName": first_name.strip(),
        "surname": last_name.strip(),
        "userPrincipalName": email,
        "mailNickname": re.sub(r"[^A-Za-z0-9._-]", "", email.partition("@")[0]) or "user",
        "jobTitle": job_title or None,
        "department": department or None,
        "usageLocation": usage_location or await _usage_location(context, graph),
    }
    licence = product_name(sku["skuPartNumber"])

    # Nothing has been changed up to here; if the next line fails, nothing has been either.
    user_id = ""
    if not dry_run:
        user_id = await _create(context, graph, user)
        context.variables["user_id"] = user_id
    steps = Steps(context, count=3 + len(chosen), is_preview=dry_run)
    steps.done.append(f"Create user {email}")
    await steps.do(f"Assign {licence}", lambda: _assign(graph, user_id, sku["skuId"]))
    for group in chosen:
        add = partial(_add_member, graph, group["id"], user_id)
        await steps.do(f"Add to group {group['displayName']}", add)
    notes = (
        f"{user['displayName']} ({email}) was set up for {context.org.name} by {context.caller.name}.\n"
        "The initial password is random and was not kept: reset it, or give the user a "
        "Temporary Access Pass, for the first sign-in."
    )
    ticket = await steps.open_ticket(halo, f"New user: {user['displayName']}", notes)
    if dry_run:
        return await steps.preview()
    steps.require_complete(f"Setting up {email}", ticket)
    await context.set_progress(1, "Done")
    return {
        "userId": user_id,
        "userPrincipalName": email,
        "displayName": user["displayName"],
        "licence": licence,
        "groups": [group["displayName"] for group in chosen],
        "ticketId": ticket,
    }


async def _sku_with_a_seat(graph: MsGraph, sku_id: str) -> dict[str, Any]:
    skus = await graph.get_all("/subscribedSkus")
    sku: dict[str, Any] | None = next((sku for sku in skus if sku["skuId"] == sku_id), None)
    if sku is None:
        raise ValidationError.for_fields({"license_sku": "This organization has not bought this licence."})
    if not seats_free(sku):
        raise WorkflowError(
            f"No seats of {product_name(sku['skuPartNumber'])} are left. "
            "Buy more or free one, then run this again. Nothing was changed.",
            details={"sku": sku["skuPartNumber"], "bought": sku["prepaidUnits"]["enabled"]},
        )
    return sku


async def _groups(graph: MsGraph, group_ids: list[str]) -> list[dict[str, Any]]:
    found = []
    for group_id in dict.fromkeys(group_ids):
        group = await find(graph, "/groups/{id}", group_id)
        if group is None or not can_change_members(group):
            message = f"{group_id} is no group of this organization whose members can be changed."
            raise ValidationError.for_fields({"groups": message})
        found.append(group)
    return found


async def _require_free_name(graph: MsGraph, email: str) -> None:
    existing = await find(graph, "/users/{id}", email)
    if existing is not None:
        raise WorkflowError(
            f"{email} already exists ({existing['displayName']}). "
            "Choose another sign-in name. Nothing was changed.",
            details={"existingUserId": existing["id"]},
        )


async def _usage_location(context: OrganizationContext, graph: MsGraph) -> str:
    """The organization's country: what is configured, else what the tenant itself says."""
    configured = context.config.get("default_usage_location")
    if configured:
        return str(configured)
    records = await graph.get_all("/organization")
    country = records[0].get("countryLetterCode") if records else None
    if not country:
        raise ConfigurationError(
            f"The country of {context.org.name} is not known. "
            "Set the configuration key 'default_usage_location' to its two-letter code."
        )
    return str(country)


async def _create(context: OrganizationContext, graph: MsGraph, user: dict[str, Any]) -> str:
    email = user["userPrincipalName"]
    await context.set_progress(0, f"Create user {email}")
    profile = {"password": random_password(), "forceChangePasswordNextSignIn": True}
    try:
        created = await graph.post("/users", json={**user, "passwordProfile": profile})
    except IntegrationError as error:
        status = status_of(error)
        if status is not None and status < _FIRST_SERVER_ERROR:
            raise
        # The answer was lost; whether the user was created, only Graph can say.
        created = await find(graph, "/users/{id}", email)
        if created is None:
            raise
        context.log.warning("Microsoft Graph gave no clear answer, but the user is there")
    context.log.info(f"Create user {email}: done")
    return str(created["id"])


async def _assign(graph: MsGraph, user_id: str, sku_id: str) -> None:
    body = {"addLicenses": [{"skuId": sku_id, "disabledPlans": []}], "removeLicenses": []}
    for delay in (*_REPLICATION_DELAYS_SECONDS, None):
        try:
            await graph.post("/users/{user}/assignLicense", json=body, safe_to_repeat=True, user=user_id)
        except IntegrationError as error:
            if status_of(error) != NOT_FOUND or delay is None:
                raise
            await asyncio.sleep(delay)
        else:
            return


async def _add_member(graph: MsGraph, group_id: str, user_id: str) -> None:
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user_id}"}
    await graph.post("/groups/{group}/members/$ref", json=reference, group=group_id)
