"""`msp executions`: what ran, how it went, and stopping it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msp_cli.errors import Usage
from msp_cli.options import EnvironmentOption, OrganizationOption
from msp_cli.output import AsJson, facts, show, table, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from msp_cli.api import Api

app = typer.Typer(help="What ran, how it went, and stopping it.", no_args_is_help=True)

ExecutionId = Annotated[str, typer.Argument(metavar="ID", help="The execution's id.")]
ALL = "*"


@app.command("list")
def list_executions(
    *,
    organization: OrganizationOption = None,
    mine: Annotated[bool, typer.Option("--mine", help="Your own, in all organizations.")] = False,
    everywhere: Annotated[bool, typer.Option("--all", help="Of all organizations, for admins.")] = False,
    workflow: Annotated[str | None, typer.Option(help="Only of this workflow.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Pending, Running, Success, Failed, Cancelled or TimedOut.")
    ] = None,
    trigger: Annotated[str | None, typer.Option(help="api, form, schedule, webhook or cli.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """List executions, newest first.

    Example: msp executions list --org Contoso --status Failed
    """
    from msp_cli.api import open_api

    filters = {"workflowName": workflow, "status": status, "trigger": trigger}
    if mine and any(filters.values()):
        raise Usage("--mine lists all of your own: leave out --workflow, --status and --trigger.")
    with open_api(environment) as api:
        if mine:
            found = api.all_pages(f"/api/executions/users/{api.me()['user']['id']}", limit=limit)
        else:
            where = ALL if everywhere else str(api.organization(organization)["id"])
            found = api.all_pages("/api/executions", organization=where, params=filters, limit=limit)
    rows = [
        (
            one["executionId"],
            one["workflowName"],
            one["status"],
            str(one["startedAt"])[:19].replace("T", " "),
            "" if one["durationMs"] is None else f"{one['durationMs']} ms",
            one["executedByName"] or one["executedBy"],
        )
        for one in found
    ]
    columns = ("Execution", "Workflow", "Status", "Started", "Took", "By")
    show(found, as_json, lambda out: table(out, columns, rows, empty="There is no execution."))


@app.command("show")
def show_execution(
    execution_id: ExecutionId,
    organization: OrganizationOption = None,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Show an execution with its input, result, error and calls.

    Without --org it is looked for in all organizations you may see.

    Example: msp executions show 01a208ee-816a-7033-919c-e8ded006d001
    """
    from msp_cli.api import open_api
    from msp_cli.running.outcome import call_line

    with open_api(environment) as api:
        found = _find(api, execution_id, organization)
    error = found["error"]

    def render(out: Console) -> None:
        facts(
            out,
            [
                ("execution", found["executionId"]),
                ("workflow", found["workflowName"]),
                ("status", found["status"]),
                ("trigger", found["trigger"]),
                ("by", found["executedByName"] or found["executedBy"]),
                ("started", found["startedAt"]),
                ("took", None if found["durationMs"] is None else f"{found['durationMs']} ms"),
                ("input", found["inputData"]),
                ("result", found["result"]),
                ("error", f"{error['type']}: {error['message']}" if error else None),
            ],
        )
        for call in found["integrationCalls"]:
            out.print(call_line(call), soft_wrap=True)
        if error and (traceback := error["details"].get("traceback")):
            out.print(traceback, style="dim", soft_wrap=True)

    show(found, as_json, render)


@app.command("logs")
def logs(
    *,
    execution_id: ExecutionId,
    organization: OrganizationOption = None,
    follow_it: Annotated[bool, typer.Option("--follow", "-f", help="Stay until it has ended.")] = False,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Show an execution's log.

    Example: msp executions logs 01a208ee-816a-7033-919c-e8ded006d001 --follow
    """
    from msp_cli.api import open_api
    from msp_cli.following import follow
    from msp_cli.running.outcome import line_printer

    with open_api(environment) as api:
        found = _find(api, execution_id, organization)
        where = found["organizationId"]
        print_line = line_printer(as_json, stderr=False)
        if follow_it:
            lines = follow(api, execution_id, None if where == "GLOBAL" else where, print_line)
        else:
            lines = _stored_lines(api, execution_id, where)
            for line in lines:
                print_line(line)
    if as_json:
        write_json(lines)


@app.command("cancel")
def cancel(
    execution_id: ExecutionId,
    organization: OrganizationOption = None,
    environment: EnvironmentOption = None,
    as_json: AsJson = False,
) -> None:
    """Ask a pending or running execution to stop.

    Example: msp executions cancel 01a208ee-816a-7033-919c-e8ded006d001
    """
    from msp_cli.api import open_api

    with open_api(environment) as api:
        where = _find(api, execution_id, organization)["organizationId"]
        found = api.ask(
            "POST",
            f"/api/executions/{execution_id}/cancel",
            service="engine",
            organization=None if where == "GLOBAL" else where,
        )
    text = f"{found['workflowName']} is asked to stop; it is {found['status']} now."
    show(found, as_json, lambda out: out.print(text))


def _find(api: Api, execution_id: str, organization: str | None) -> dict[str, Any]:
    """The record, in the organization that is named or in whichever of the person's own has it.

    Raises:
        Missing: None of them has it.
    """
    from msp_cli.errors import Missing, NotAllowed

    me = api.me()
    if organization is not None:
        from msp_cli.api import pick_organization

        wanted = [str(pick_organization(me["organizations"], organization)["id"])]
    else:
        wanted = [one["id"] for one in me["organizations"]] + (["GLOBAL"] if me["isAdmin"] else [])
    for organization_id in wanted:
        try:
            found: dict[str, Any] = api.get(f"/api/executions/{execution_id}", organization=organization_id)
            return found
        except (Missing, NotAllowed):
            if organization is not None:
                raise
    raise Missing(f"There is no execution {execution_id} that you may see.")


def _stored_lines(api: Api, execution_id: str, organization_id: str) -> list[Mapping[str, Any]]:
    lines: list[Mapping[str, Any]] = []
    after = 0
    while True:
        page = api.get(
            f"/api/executions/{execution_id}/logs",
            organization=organization_id,
            params={"after": after, "limit": 1000},
        )
        lines += page["items"]
        after = page["next"]
        if not page["items"] or page["done"]:
            return lines
