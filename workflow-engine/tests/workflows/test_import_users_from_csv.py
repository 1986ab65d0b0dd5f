"""`import_users_from_csv` against the Graph sandbox: what it says, what it leaves, what it does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import FileReference, OrganizationContext, ValidationError
from msp_automation.testing import host_of
from msp_devstack.demo import CONTOSO
from msp_devstack.running import RunningGraph

MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]

TABLE = """First name;Last name;email;department
Ada;Grün;ada.import@contoso.example;Sales
Ben;;ben.import@contoso.example;
Cleo;Weiß;no-address;
Ada;Grün;ADA.import@contoso.example;Sales

Dora;=1+1;dora.import@contoso.example;
"""


def a_table(text: str = TABLE, encoding: str = "utf-8") -> FileReference:
    return FileReference.from_bytes("new people.csv", text.encode(encoding))


def outcomes(result: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["line"], row["outcome"]) for row in result["rows"]]


async def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)["users"]
    context = make_context()
    result = await run(context, "import_users_from_csv", table=a_table())
    assert outcomes(result) == [
        (2, "would be created"),
        (3, "skipped"),
        (4, "skipped"),
        (5, "skipped"),
        (7, "would be created"),
    ]
    assert result["counts"] == {"would be created": 2, "skipped": 3}
    assert result["report"].name == "new people preview.csv"
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id)["users"] == before


async def test_people_are_created_and_reported_and_not_created_twice(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    context = make_context()
    result = await run(context, "import_users_from_csv", table=a_table(), dry_run=False)
    assert result["counts"] == {"created": 2, "skipped": 3}
    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, "ada.import@contoso.example")
    assert user is not None
    assert (user["displayName"], user["department"]) == ("Ada Grün", "Sales")
    assert user["passwordProfile"] == {"forceChangePasswordNextSignIn": True}

    report = await result["report"].read()
    assert host_of(context).files[result["report"].file_id] == report
    rows = list(csv.DictReader(io.StringIO(report.decode("utf-8-sig"))))
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (str(line), outcome) for line, outcome in outcomes(result)
    ]
    again = await run(make_context(), "import_users_from_csv", table=a_table(), dry_run=False)
    assert again["counts"] == {"exists": 2, "skipped": 3}


async def test_what_graph_refuses_stops_no_other_row(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    table = "first_name,last_name,email\nA,B,a@elsewhere.example\nC,D,c.import@contoso.example\n"
    result = await run(make_context(), "import_users_from_csv", table=a_table(table), dry_run=False)
    assert outcomes(result) == [(2, "failed"), (3, "created")]
    assert result["rows"][0]["detail"]


async def test_a_spreadsheet_runs_nothing_that_the_report_holds(make_context: MakeContext, run: Run) -> None:
    table = "first_name,last_name,email\n=HYPERLINK(1),B,a.import@contoso.example\n,x,@SUM(1)\n"
    result = await run(make_context(), "import_users_from_csv", table=a_table(table))
    rows = list(csv.DictReader(io.StringIO((await result["report"].read()).decode("utf-8-sig"))))
    assert [(row["name"], row["email"]) for row in rows] == [
        ("'=HYPERLINK(1) B", "a.import@contoso.example"),
        ("x", "'@SUM(1)"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
async def test_excels_encodings_are_read(make_context: MakeContext, run: Run, encoding: str) -> None:
    result = await run(make_context(), "import_users_from_csv", table=a_table(encoding=encoding))
    assert result["rows"][0]["name"] == "Ada Grün"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "first_name,last_name,email\n",
        "name,email\nAda,ada@contoso.example\n",
        'first_name,last_name,email\n"Ada,B\n',
        "first_name,last_name,email\n" + "A,B,a@contoso.example\n" * 501,
    ],
)
async def test_what_is_no_such_table_is_told_at_its_field(
    make_context: MakeContext, run: Run, text: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        await run(make_context(), "import_users_from_csv", table=a_table(text))
    assert set(refusal.value.details["fields"]) == {"table"}
