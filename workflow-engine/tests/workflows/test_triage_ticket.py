"""`triage_ticket` against the HaloPSA sandbox: proven by asking it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import OrganizationContext, ValidationError, WorkflowError
from msp_devstack.demo import CONTOSO, FABRIKAM, DemoOrganization
from msp_devstack.running import RunningHalo

MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]


async def ticket_of(
    context: OrganizationContext, summary: str, *, client: DemoOrganization = CONTOSO, **fields: Any
) -> int:
    """A new ticket of a client, made in HaloPSA itself."""
    halo = context.get_integration("halopsa")
    return int((await halo.create_ticket(summary, client_id=client.halo_client, **fields))["id"])


@pytest.mark.parametrize(
    ("summary", "sorted_as"),
    [
        ("Suspicious mail from the bank", ("Security", 1)),
        ("PHISHING? and my password does not work", ("Security", 1)),
        ("Locked out of Windows", ("Access", 2)),
        ("New starter on Monday", ("People", 3)),
        ("Toner is empty", ("Printing", 4)),
        ("A question", ("General", 3)),
    ],
)
async def test_a_ticket_is_sorted_by_its_words(
    make_context: MakeContext,
    run: Run,
    halopsa_sandbox: RunningHalo,
    summary: str,
    sorted_as: tuple[str, int],
) -> None:
    context = make_context()
    number = await ticket_of(context, summary)
    result = await run(context, "triage_ticket", event={"ticket": {"id": number, "summary": "lies"}})
    assert (result["category"], result["priority"], result["changed"]) == (*sorted_as, True)
    (ticket,) = halopsa_sandbox.control.tickets()
    assert (ticket["category_1"], ticket["priority_id"], ticket["summary"]) == (*sorted_as, summary)


async def test_what_a_technician_sorted_stays(make_context: MakeContext, run: Run) -> None:
    context = make_context()
    number = await ticket_of(context, "Malware!", category_1="Training")
    result = await run(context, "triage_ticket", event={"object_id": number})
    assert result == {"ticketId": number, "category": "Training", "changed": False}


async def test_another_clients_ticket_is_not_touched(
    make_context: MakeContext, run: Run, halopsa_sandbox: RunningHalo
) -> None:
    context = make_context()
    number = await ticket_of(context, "Outage", client=FABRIKAM)
    with pytest.raises(WorkflowError, match="another client"):
        await run(context, "triage_ticket", event={"ticket": {"id": number}})
    (ticket,) = halopsa_sandbox.control.tickets()
    assert "category_1" not in ticket


@pytest.mark.parametrize("event", [{}, {"ticket": {}}, {"ticket": {"id": "7"}}, {"object_id": True}])
async def test_an_event_without_a_ticket_is_refused(
    make_context: MakeContext, run: Run, event: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="ticket number"):
        await run(make_context(), "triage_ticket", event=event)
