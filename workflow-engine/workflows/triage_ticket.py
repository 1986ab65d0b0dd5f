"""A new ticket comes in from HaloPSA, by webhook: it gets a category and a priority."""

from __future__ import annotations

from typing import Any, Final

from lib.steps import ticket_system
from msp_automation import OrganizationContext, ValidationError, WorkflowError, param, workflow

RULES: Final = (
    (("phishing", "malware", "ransomware", "suspicious", "hacked"), "Security", 1),
    (("outage", "down for everyone", "nobody can", "offline"), "Outage", 1),
    (("password", "locked out", "sign in", "mfa"), "Access", 2),
    (("new starter", "onboard", "leaver", "offboard"), "People", 3),
    (("printer", "scanner", "toner"), "Printing", 4),
)
"""Words in a ticket, the category and priority in HaloPSA that they mean; the first rule that fits counts."""

OTHERWISE: Final = ("General", 3)


@workflow(
    category="Tickets",
    tags=["halopsa", "webhook"],
    execution_mode="async",
    timeout_seconds=60,
    expose_in_forms=False,
    retries=2,
)
@param("event", help_text="What HaloPSA sends; the ticket's number is taken from it and nothing else")
async def triage_ticket(context: OrganizationContext, event: dict[str, Any]) -> dict[str, Any]:
    """Give a new HaloPSA ticket a category and a priority."""
    number = _ticket_number(event)
    halo = await ticket_system(context)
    # The event says which ticket; what is in it, and whose it is, HaloPSA says.
    ticket = await halo.get("/tickets/{ticket}", ticket=number)
    if ticket["client_id"] != halo.settings.client_ref:
        raise WorkflowError(
            f"Ticket {number} belongs to another client than {context.org.name}; nothing was changed."
        )
    if ticket.get("category_1"):
        context.log.info(f"Ticket {number} has a category already: it stays as it is")
        return {"ticketId": number, "category": ticket["category_1"], "changed": False}
    category, priority = _sorted(f"{ticket.get('summary', '')} {ticket.get('details', '')}")
    change = {"id": number, "category_1": category, "priority_id": priority}
    await halo.post("/tickets", json=[change], safe_to_repeat=True)
    context.log.info(f"Ticket {number}: {category}, priority {priority}")
    return {"ticketId": number, "category": category, "priority": priority, "changed": True}


def _ticket_number(event: dict[str, Any]) -> int:
    ticket = event.get("ticket")
    number = ticket.get("id") if isinstance(ticket, dict) else event.get("object_id")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValidationError.for_fields({"event": "has no ticket number, neither ticket.id nor object_id"})
    return number


def _sorted(text: str) -> tuple[str, int]:
    words = text.casefold()
    for signs, category, priority in RULES:
        if any(sign in words for sign in signs):
            return category, priority
    return OTHERWISE
