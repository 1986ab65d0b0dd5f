"""Inbox rules that send mail away: the first thing that whoever takes over a mailbox sets up."""

from __future__ import annotations

import asyncio
from typing import Any

from lib.directory import NOT_FOUND, status_of
from msp_automation import IntegrationError, OrganizationContext, param, schedule, workflow
from msp_automation.integrations.msgraph import MsGraph

_ACTIONS = {
    "forwardTo": "forward",
    "redirectTo": "redirect",
    "forwardAsAttachmentTo": "forward as attachment",
}
_PROPERTIES = "id,displayName,userPrincipalName,mail"
_AT_ONCE = 8


@workflow(category="Security", tags=["m365", "exchange"], execution_mode="async", timeout_seconds=1800)
@schedule("30 6 * * *", timezone="Europe/Berlin", name="daily")
@param("only_outside", label="Only to other companies", help_text="Leave out the client's own domains")
@param("include_disabled", label="Rules that are switched off, too")
async def mailbox_forwarding_audit(
    context: OrganizationContext, only_outside: bool = True, include_disabled: bool = False
) -> list[dict[str, Any]]:
    """Inbox rules that forward or redirect mail, and to whom.

    Graph does not tell forwarding that an administrator set on the mailbox itself, nor hidden rules:
    for these, look in the Exchange admin center. A mailbox that cannot be read is in the list.

    Microsoft Graph: User.Read.All, Organization.Read.All, MailboxSettings.Read (as the application: a
    service account cannot read other people's rules).
    """
    graph = context.get_integration("msgraph")
    await context.set_progress(0, "Reading people")
    own = await _own_domains(graph)
    asked = {"$select": _PROPERTIES, "$filter": "userType eq 'Member'", "$top": 999}
    people = [one for one in await graph.get_all("/users", asked) if one["mail"]]
    rows: list[dict[str, Any]] = []
    for start in range(0, len(people), _AT_ONCE):
        await context.set_progress(start / len(people), f"{start} of {len(people)} mailboxes")
        found = await asyncio.gather(*(_rules(graph, one) for one in people[start : start + _AT_ONCE]))
        rows += [row for of_one in found for row in of_one]
    context.log.info(f"{len(people)} people, {len(rows)} rules that send mail away")
    await context.set_progress(1, "Done")
    for row in rows:
        row["outside"] = any(address.rpartition("@")[2].lower() not in own for address in row["to"])
    return [
        row
        for row in rows
        if row["problem"] or ((row["outside"] or not only_outside) and (row["enabled"] or include_disabled))
    ]


async def _own_domains(graph: MsGraph) -> set[str]:
    (record, *_) = await graph.get_all("/organization", {"$select": "id,verifiedDomains"})
    return {domain["name"].lower() for domain in record["verifiedDomains"]}


async def _rules(graph: MsGraph, person: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each action of each rule of one mailbox; none for who has no mailbox."""
    base = {"mailbox": person["userPrincipalName"], "rule": None, "action": None, "to": []}
    try:
        rules = await graph.get_all("/users/{user}/mailFolders/inbox/messageRules", user=person["id"])
    except IntegrationError as error:
        if status_of(error) == NOT_FOUND:
            return []
        return [{**base, "enabled": None, "problem": error.message}]
    return [
        {
            **base,
            "rule": rule["displayName"],
            "action": label,
            "to": [entry["emailAddress"]["address"] for entry in rule["actions"][action]],
            "enabled": rule["isEnabled"],
            "problem": None,
        }
        for rule in rules
        for action, label in _ACTIONS.items()
        if (rule["actions"] or {}).get(action)
    ]
