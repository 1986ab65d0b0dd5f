"""Many new people at once, from a table that the client sent."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lib.directory import find, status_of
from lib.passwords import random_password
from lib.tables import read_csv, write_csv
from msp_automation import (
    FileReference,
    IntegrationError,
    OrganizationContext,
    ValidationError,
    param,
    workflow,
)
from msp_automation.integrations.msgraph import MsGraph

_FIRST_SERVER_ERROR = 500
_MOST_ROWS = 500
_NEEDED = ("first_name", "last_name", "email")
_COLUMNS = ("line", "email", "name", "outcome", "detail")
_EMAIL = re.compile(r"[^@\s'/\\]{1,64}@[^@\s'/\\.]+(?:\.[^@\s'/\\.]+)+")


@workflow(category="User management", tags=["m365", "csv"], timeout_seconds=900)
@param(
    "table",
    label="Table of people (CSV)",
    help_text="Columns first_name, last_name, email, and if you like job_title, department",
)
@param("dry_run", label="Only show what would be done")
async def import_users_from_csv(
    context: OrganizationContext, table: FileReference, dry_run: bool = True
) -> dict[str, Any]:
    """Create a Microsoft 365 user for each row of a table, without a licence.

    Microsoft Graph: User.ReadWrite.All.
    """
    rows = read_csv(await table.read(), field="table", most_rows=_MOST_ROWS)
    _require_columns(rows)
    graph = context.get_integration("msgraph")
    seen: set[str] = set()
    report: list[dict[str, Any]] = []
    for number, (line, row) in enumerate(rows):
        await context.set_progress(number / len(rows), f"{number + 1} of {len(rows)}")
        outcome, detail = await _one(graph, row, seen, dry_run=dry_run)
        name = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
        report.append(
            {
                "line": line,
                "email": row.get("email", ""),
                "name": name,
                "outcome": outcome,
                "detail": detail,
            }
        )
        context.log.info(f"Line {line}: {outcome}", detail=detail)
    stem = table.name.rpartition(".")[0] or table.name
    saved = await context.save_file(
        f"{stem} {'preview' if dry_run else 'report'}.csv", write_csv(report, _COLUMNS)
    )
    await context.set_progress(1, "Done")
    counts = Counter(str(row["outcome"]) for row in report)
    return {"dryRun": dry_run, "counts": dict(counts), "rows": report, "report": saved}


def _require_columns(rows: list[tuple[int, dict[str, str]]]) -> None:
    if not rows:
        raise ValidationError.for_fields({"table": "The table has no rows below its column names."})
    missing = [name for name in _NEEDED if all(name not in row for _, row in rows)]
    if missing:
        raise ValidationError.for_fields({"table": f"The table has no column {', '.join(missing)}."})


async def _one(graph: MsGraph, row: dict[str, str], seen: set[str], *, dry_run: bool) -> tuple[str, str]:
    """What became of one row, and why; one that cannot be done stops no other."""
    email = row.get("email", "")
    missing = [name for name in _NEEDED if not row.get(name)]
    if missing:
        return "skipped", f"There is no {', '.join(missing)}."
    if _EMAIL.fullmatch(email) is None:
        return "skipped", "This is no e-mail address."
    if email.lower() in seen:
        return "skipped", "The table has this address twice."
    seen.add(email.lower())
    try:
        if await find(graph, "/users/{id}", email) is not None:
            return "exists", "Nothing was changed."
        if dry_run:
            return "would be created", ""
        await _create(graph, row)
    except IntegrationError as error:
        return "failed", error.message
    return "created", "Set a password or a Temporary Access Pass for the first sign-in."


async def _create(graph: MsGraph, row: dict[str, str]) -> None:
    email = row["email"]
    user = {
        "accountEnabled": True,
        "displayName": f"{row['first_name']} {row['last_name']}",
        "givenName": row["first_name"],
        "surname": row["last_name"],
        "userPrincipalName": email,
        "mailNickname": re.sub(r"[^A-Za-z0-9._-]", "", email.partition("@")[0]) or "user",
        "jobTitle": row.get("job_title") or None,
        "department": row.get("department") or None,
        "passwordProfile": {"password": random_password(), "forceChangePasswordNextSignIn": True},
    }
    try:
        await graph.post("/users", json=user)
    except IntegrationError as error:
        status = status_of(error)
        if status is not None and status < _FIRST_SERVER_ERROR:
            raise
        # The answer was lost; whether the user was created, only Graph can say.
        if await find(graph, "/users/{id}", email) is None:
            raise
