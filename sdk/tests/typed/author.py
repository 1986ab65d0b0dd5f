"""What an author writes, as type checkers see it: each `EXPECT` line says what they must tell."""

from __future__ import annotations

from typing import Any, reveal_type

from msp_automation import Option, OrganizationContext, data_provider, param, schedule, workflow
from msp_automation.testing import Execution, GraphSandbox, RecordedContext, SubmitForm


@workflow(category="User management", timeout_seconds=60)
@param("email", label="E-mail", type="email")
@param("seats", min=1)
async def onboard(context: OrganizationContext, email: str, seats: int = 1) -> dict[str, int]:
    """Create a user."""
    graph = context.get_integration("msgraph")
    reveal_type(graph)  # EXPECT MsGraph
    reveal_type(context.get_integration("halopsa"))  # EXPECT HaloPsa
    reveal_type(context.get_integration("acme"))  # EXPECT Any
    reveal_type(context.config.require("domain", type=str))  # EXPECT str
    reveal_type(context.config.get("seats", 5, type=int))  # EXPECT int
    reveal_type(context.config.get("seats", type=int))  # EXPECT int | None
    reveal_type(context.config.get("anything"))  # EXPECT Any
    reveal_type(await context.secrets.get("key"))  # EXPECT str | None
    reveal_type(context.org.tenant_id)  # EXPECT str | None
    return {"seats": seats}


@param("day")
@workflow
def remind(context: OrganizationContext, day: str) -> int:
    """A plain function."""
    reveal_type(context.wait(onboard(context, "ada@contoso.example")))  # EXPECT dict[str, int]
    return len(day)


@workflow
@schedule("0 6 * * 1", timezone="Europe/Berlin")
async def report(context: OrganizationContext) -> list[str]:
    """A scheduled one."""
    return [context.caller.name]


@data_provider(cache_ttl_seconds=60)
async def groups(context: OrganizationContext, search: str = "") -> list[Option]:
    """Options."""
    return [Option(label=search, value=search)]


async def call_them(context: OrganizationContext, submit_form: SubmitForm, graph: GraphSandbox) -> None:
    reveal_type(onboard)  # EXPECT ...email: str, seats: int
    reveal_type(await onboard(context, "ada@contoso.example", seats=2))  # EXPECT dict[str, int]
    reveal_type(remind(context, "Monday"))  # EXPECT int
    reveal_type(await report(context))  # EXPECT list[str]
    reveal_type(await groups(context))  # EXPECT list[Option]
    await onboard(context, 5)  # EXPECT error
    await onboard(context)  # EXPECT error
    await onboard(context, "ada@contoso.example", seat=2)  # EXPECT error
    remind("Monday", context)  # EXPECT error
    workflow(timeout="60")  # EXPECT error
    param("email", kind="email")  # EXPECT error
    context.log.inform("hello")  # EXPECT error
    reveal_type(submit_form(onboard, {"email": "x"}))  # EXPECT Execution
    reveal_type(graph.user("x"))  # EXPECT dict[str, Any]


def look(execution: Execution, context: RecordedContext, anything: Any) -> None:
    reveal_type(execution.messages)  # EXPECT list[str]
    reveal_type(context.progress)  # EXPECT list[tuple[float, str | None]]
    context.nothing_of_the_kind(anything)  # EXPECT error
