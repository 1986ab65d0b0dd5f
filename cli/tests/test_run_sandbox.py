"""`msp run --sandbox`: no stack; what the run finds comes from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from msp_devstack import demo

Msp = Callable[..., Result]
SECRET = "s3cr3t-of-contoso"

SOURCE = '''
import asyncio
import logging
import sys
from datetime import date
from typing import Literal

from msp_automation import OrganizationContext, WorkflowError, data_provider, param, workflow


@workflow
async def shows(
    context: OrganizationContext,
    number: int,
    day: date,
    size: Literal["s", "m"] = "m",
    tags: list[str] | None = None,
    extra: dict | None = None,
    sure: bool = False,
) -> dict:
    """Show what came in."""
    print("printed to stdout")
    logging.getLogger("mine").warning("by logging")
    context.log.info("by the log", number=number)
    context.variables["number"] = number
    return {"number": number, "day": day.isoformat(), "size": size, "tags": tags, "extra": extra, "sure": sure,
        "org": context.org.name}


@workflow
async def uses(context: OrganizationContext) -> dict:
    secret = await context.secrets.require("api-key")
    context.log.info(f"the secret is {secret}")
    return {"greeting": context.config.require("greeting"), "limits": context.config.require("limits"), "s": secret}


@workflow
def fails(context: OrganizationContext) -> None:
    raise WorkflowError("No seats are left.", details={"seats": 0})


@workflow
def breaks(context: OrganizationContext) -> float:
    return 1 / 0


@workflow(timeout_seconds=1)
async def slow(context: OrganizationContext, how: str = "await") -> str:
    import time
    await asyncio.sleep(1.5) if how == "await" else time.sleep(1.5)
    return "done"


@workflow
async def seats(context: OrganizationContext) -> int:
    graph = context.get_integration("msgraph")
    return len(await graph.get_all("/subscribedSkus"))
'''


@pytest.fixture(autouse=True)
def _source(project: Path) -> None:
    (project / "workflows" / "mine.py").write_text(SOURCE)


def run(msp: Msp, *arguments: str, stdin: str = "") -> tuple[int, dict[str, Any], str]:
    result = msp("run", *arguments, "--sandbox", "--json", stdin=stdin)
    return result.exit_code, json.loads(result.stdout or "{}"), result.stderr


def test_parameters_are_read_by_their_types(msp: Msp) -> None:
    code, record, _ = run(
        msp, "shows", "-p", "number=7", "-p", "day=2026-02-01", "-p", "size=s", "-p", "tags=a", "-p", "tags=b,c",
        "-p", 'extra={"k": [1]}', "-p", "sure=true", "--org", "Fabrikam",
    )  # fmt: skip
    assert (code, record["status"]) == (0, "Success")
    assert record["result"] == {
        "number": 7, "day": "2026-02-01", "size": "s", "tags": ["a", "b,c"], "extra": {"k": [1]}, "sure": True,
        "org": "Fabrikam",
    }  # fmt: skip
    assert [line["message"] for line in record["logs"]] == ["by logging", "by the log"]
    assert record["variables"] == {"number": 7}
    assert run(msp, "shows", "-p", "number=1", "-p", "day=2026-02-01", "-p", 'tags=["x"]')[1]["result"][
        "tags"
    ] == ["x"]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (["number=x", "day=tomorrow"], {"number", "day"}),
        (["day=2026-02-01"], {"number"}),
        (["number=1", "day=2026-02-01", "size=xl", "colour=red"], {"size", "colour"}),
        (["number=1", "day=2026-02-01", "extra={"], {"extra"}),
        (["number=1", "number=2", "day=2026-02-01"], {"number"}),
    ],
)
def test_each_wrong_value_is_named(msp: Msp, given: list[str], fields: set[str]) -> None:
    code, record, told = run(msp, "shows", *[word for one in given for word in ("-p", one)])
    error = json.loads(told)["error"]
    assert (code, record, error["code"]) == (2, {}, "ValidationError")
    assert set(error["details"]["fields"]) == fields
    assert msp("run", "shows", "--sandbox", "-p", "nothing").exit_code == 2


def test_configuration_and_secrets_come_from_the_command_line_and_stay_unseen(msp: Msp) -> None:
    result = msp(
        "run", "uses", "--sandbox", "--json", "--config", "greeting=Hello", "--config", 'limits={"a": 1}',
        "--secret", "api-key", stdin=f"{SECRET}\n",
    )  # fmt: skip
    record = json.loads(result.stdout)
    assert record["result"] == {"greeting": "Hello", "limits": {"a": 1}, "s": "[redacted]"}
    assert SECRET not in result.output
    people = msp(
        "run", "uses", "--sandbox", "--config", "greeting=Hello", "--config", "limits=1", "--secret", "api-key",
        stdin=f"{SECRET}\n",
    )  # fmt: skip
    assert people.exit_code == 0
    assert SECRET not in people.output
    assert "the secret is [redacted]" in people.stderr
    missing = run(msp, "uses", "--secret", "api-key")
    assert missing[0] == 2
    assert "one line for each --secret" in missing[2]


def test_a_failure_is_told_with_its_place(msp: Msp) -> None:
    code, record, told = run(msp, "fails")
    assert (code, record["status"], record["error"]["type"]) == (1, "Failed", "WorkflowError")
    assert record["error"]["details"]["seats"] == 0
    assert json.loads(told)["error"]["code"] == "RunFailed"
    people = msp("run", "breaks", "--sandbox")
    assert people.exit_code == 1
    assert people.stdout == ""
    assert "return 1 / 0" in people.stderr
    assert "breaks ended as Failed (ZeroDivisionError): division by zero" in people.stderr
    assert "msp_automation/calling.py" not in people.stderr


def test_what_a_workflow_prints_does_not_spoil_the_document(msp: Msp) -> None:
    result = msp("run", "shows", "--sandbox", "-p", "number=1", "-p", "day=2026-02-01")
    assert json.loads(result.stdout)["number"] == 1
    assert "printed to stdout" in result.stderr
    assert "by logging" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize("how", ["await", "block"])
def test_the_limit_counts_unless_it_is_lifted(msp: Msp, how: str) -> None:
    if how == "await":
        code, record, _ = run(msp, "slow")
        assert (code, record["status"]) == (1, "TimedOut")
    code, record, _ = run(msp, "slow", "-p", f"how={how}", "--no-timeout")
    assert (code, record["result"]) == (0, "done")


def test_a_built_in_integration_brings_its_sandbox(msp: Msp) -> None:
    code, record, _ = run(msp, "seats", "--integration", "msgraph", "--org", "Fabrikam")
    assert (code, record["status"], record["organizationId"]) == (0, "Success", demo.FABRIKAM.id)
    assert record["result"] > 0
    code, _, told = run(msp, "seats", "--integration", "msgraph", "--org", "Elsewhere")
    assert code == 2
    assert "Contoso, Fabrikam, Northwind" in json.loads(told)["error"]["message"]
    assert run(msp, "seats", "--integration", "other")[0] == 2


def test_a_workflow_that_is_not_there_or_is_wrong_is_told_apart(msp: Msp, project: Path) -> None:
    code, _, told = run(msp, "nothing")
    assert code == 4
    assert "breaks, fails, hello" in json.loads(told)["error"]["message"]
    (project / "workflows" / "broken.py").write_text("\nimport msp_core\n")
    code, _, told = run(msp, "broken")
    assert code == 1
    assert json.loads(told)["error"]["message"].startswith("workflows/broken.py:2: ")


@pytest.mark.parametrize(
    "options", [["--remote"], ["--watch", "--json"]], ids=["two places", "a document without end"]
)
def test_options_that_exclude_each_other_are_refused(msp: Msp, options: list[str]) -> None:
    assert msp("run", "hello", "--sandbox", *options).exit_code == 2
    assert msp("run", "hello", "--secret", "x").exit_code == 2
