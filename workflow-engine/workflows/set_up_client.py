"""A new client: does our access work, do our groups exist, does the service desk know?"""

from __future__ import annotations

from typing import Any

from lib.directory import quoted
from lib.steps import ticket_system
from msp_automation import IntegrationError, OrganizationContext, WorkflowError, param, workflow
from msp_automation.integrations.halopsa import HaloPsa
from msp_automation.integrations.msgraph import MsGraph

# What the group is called, and the name its address would have: fixed, so that other scripts find them.
STANDARD_GROUPS = {"MFA exclusions": "mfa-exclusions", "VPN users": "vpn-users", "Licensing": "licensing"}
_ADMINS = "roleDefinitionId eq '62e90394-69f5-4237-9190-012177145e10'"  # Global Administrator
_CHECKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Read users", "/users", {"$top": 1}),
    ("Read groups", "/groups", {"$top": 1}),
    ("Read licences", "/subscribedSkus", {}),
    ("Read sign-in times", "/users", {"$select": "id,signInActivity", "$top": 1}),
    ("Read administrator roles", "/roleManagement/directory/roleAssignments", {"$filter": _ADMINS}),
    ("Read app registrations", "/applications", {"$top": 1}),
)


@workflow(category="MSP", tags=["m365", "halopsa"], timeout_seconds=180)
@param("groups", label="Groups to have", options=list(STANDARD_GROUPS))
@param("notes", label="Notes for the service desk", max_length=2000)
@param("dry_run", label="Only check, and show what would be made")
async def set_up_client(
    context: OrganizationContext, groups: list[str] | None = None, notes: str = "", dry_run: bool = False
) -> list[dict[str, Any]]:
    """Check the access to a new client's tenant, create our standard groups and open a ticket.

    Run it again whenever you like: what is there stays as it is. Missing permissions are in the list
    and in the ticket; only a tenant or HaloPSA client that does not answer stops it.

    Microsoft Graph: Organization.Read.All and what the list names; Group.Create for missing groups.
    """
    await context.set_progress(0, "Checking")
    halo, graph = await ticket_system(context), context.get_integration("msgraph")
    (tenant, *_) = await graph.get_all("/organization")
    domains = [domain["name"] for domain in tenant["verifiedDomains"]]
    context.log.info(f"Tenant {tenant['displayName']}", domains=domains)
    rows = [_row("Tenant", "ok", f"{tenant['displayName']} ({', '.join(domains)})")]
    rows += [await _check(graph, *check) for check in _CHECKS]
    wanted = list(STANDARD_GROUPS) if groups is None else groups
    for number, name in enumerate(wanted):
        await context.set_progress(0.5 + number / len(wanted) / 2, f"Group {name}")
        rows.append(await _have_group(graph, name, dry_run=dry_run))
    rows.append(await _have_ticket(halo, context, rows, notes, dry_run=dry_run))
    failed = [row for row in rows if row["outcome"] == "failed"]
    for row in failed:
        context.log.warning(f"{row['step']}: {row['detail']}")
    await context.set_progress(1, "Done" if not failed else f"Done, {len(failed)} to finish by hand")
    return rows


def _row(step: str, outcome: str, detail: str) -> dict[str, Any]:
    return {"step": step, "outcome": outcome, "detail": detail}


async def _check(graph: MsGraph, step: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
    try:
        await graph.get(path, params=params)
    except IntegrationError as error:
        return _row(step, "failed", error.message)
    return _row(step, "ok", "")


async def _have_group(graph: MsGraph, name: str, *, dry_run: bool) -> dict[str, Any]:
    asked = {"$filter": f"displayName eq {quoted(name)}", "$select": "id"}
    body = {
        "displayName": name,
        "mailNickname": STANDARD_GROUPS[name],
        "mailEnabled": False,
        "securityEnabled": True,
    }
    step = f"Group {name}"
    try:
        if await graph.get_all("/groups", asked):
            return _row(step, "was there", "")
        if dry_run:
            return _row(step, "would be created", "")
        await graph.post("/groups", json=body)
    except IntegrationError as error:
        return _row(step, "failed", error.message)
    return _row(step, "created", "")


async def _have_ticket(
    halo: HaloPsa, context: OrganizationContext, rows: list[dict[str, Any]], notes: str, *, dry_run: bool
) -> dict[str, Any]:
    summary = f"New client: {context.org.name}"
    try:
        tickets = await halo.get_all("/tickets", {"client_id": halo.settings.client_ref})
        known = next((one for one in tickets if one["summary"] == summary), None)
        if known is not None:
            return _row("Ticket", "was there", str(known["id"]))
        if dry_run:
            return _row("Ticket", "would be opened", "")
        lines = [f"- {row['step']}: {row['outcome']} {row['detail']}".rstrip() for row in rows]
        ticket = await halo.create_ticket(summary, "\n".join([notes, "", *lines]).strip())
    except WorkflowError as error:
        return _row("Ticket", "failed", error.message)
    return _row("Ticket", "opened", str(ticket["id"]))
