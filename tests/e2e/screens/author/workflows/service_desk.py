"""Workflows of a service desk, made up: enough kinds of runs to fill every screen."""

import asyncio
from typing import Any

from msp_automation import OrganizationContext, WorkflowError, param, workflow

_DEPARTMENTS = ("Finance", "Front office", "Logistics", "Management", "Sales")


@workflow(category="Reports", tags=["exchange", "m365"])
@param("over_percent", label="Only those that are fuller than (%)", min=0, max=100)
async def mailbox_sizes(context: OrganizationContext, over_percent: int = 0) -> list[dict[str, Any]]:
    """Size, quota and last sign-in of every mailbox."""
    context.log.info("Asking for the mailboxes", pages=2)
    rows = [
        {
            "mailbox": f"{department.split()[0].lower()}.{number:03d}@{context.org.name.lower()}.example",
            "department": department,
            "size_gb": round(number * 7 % 49 + number / 100, 2),
            "quota_gb": 50,
            "items": number * 1_317 % 90_000,
            "archive": number % 3 == 0,
            "last_sign_in": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:{number % 60:02d}:00Z",
        }
        for number in range(1, 201)
        for department in (_DEPARTMENTS[number % len(_DEPARTMENTS)],)
    ]
    context.log.warning("12 mailboxes are nearly full", fullest="sales.006")
    return [row for row in rows if float(str(row["size_gb"])) * 2 >= over_percent]


@workflow(category="Security", tags=["m365", "mfa"])
@param("user", type="email", help_text="Whose methods are removed")
def reset_mfa(context: OrganizationContext, user: str, reason: str | None = None) -> None:
    """Remove a user's sign-in methods, so that they register anew."""
    context.log.info("Looking the user up", user=user)
    context.log.error("Entra ID refuses to remove the last method of a protected account", user=user)
    raise WorkflowError(
        f"{user} is a break-glass account: its methods are changed by two people in the Entra admin centre.",
        details={"user": user, "policy": "Break-glass accounts"},
    )


@workflow(category="Security", tags=["m365"], timeout_seconds=2)
async def review_sign_ins(context: OrganizationContext) -> str:
    """Look for sign-ins from countries where nobody works."""
    context.log.info("Reading the sign-in log of the last 30 days")
    await asyncio.sleep(60)
    return "nothing found"


@workflow(category="Maintenance", tags=["exchange"], execution_mode="async", timeout_seconds=1800)
@param("mailboxes", label="How many mailboxes", min=1, max=500)
async def move_mailboxes_to_the_archive(context: OrganizationContext, mailboxes: int = 120) -> dict[str, int]:
    """Move what is older than two years into the online archive, mailbox by mailbox."""
    for number in range(mailboxes):
        await context.set_progress(0.3 + number / mailboxes * 0.7, f"Mailbox {number + 1} of {mailboxes}")
        context.log.info(f"Mailbox {number + 1} moved", items=number * 37 % 900)
        await asyncio.sleep(5)
    return {"moved": mailboxes}


@workflow(category="Reports", tags=["backup"])
async def backup_summary(context: OrganizationContext) -> dict[str, Any]:
    """How last night's backups went."""
    return {
        "organization": context.org.name,
        "jobs": 14,
        "succeeded": 13,
        "failed": ["FS01: the share \\\\fs01\\projects could not be read"],
        "largest_job_gb": 812.4,
        "all_well": False,
        "remarks": "The job of FS01 has failed three nights in a row. " * 6,
    }


@workflow(category="Hardware", tags=["procurement"])
def order_workplace(  # noqa: PLR0917 - a workflow's signature is its form
    context: OrganizationContext,
    requester: str,
    cost_centre: str,
    device: str,
    quantity: int,
    needed_by: str,
    delivery_address: str,
    approved: bool,
    answers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Order the devices and accessories of a workplace."""
    return {"order": "PO-2026-0417", "device": device, "quantity": quantity}
