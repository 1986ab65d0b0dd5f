"""`msp run --sandbox`: no stack; what the run finds comes from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import Result

from msp_devstack import demo

Msp = Callable[..., Result]
SECRET = "s3cr3t-of-contoso"
EXAMPLES = Path(__file__).parents[2] / "workflow-engine"

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


@workflow
async def opens_a_ticket(context: OrganizationContext, summary: str) -> dict:
    halo = context.get_integration("halopsa")
    ticket = await halo.create_ticket(summary)
    client = await halo.get("/client/{client}", client=ticket["client_id"])
    return {"client": client["name"], "ticket": ticket["id"]}

'''


class Halo(BaseHTTPRequestHandler):
    """Another HaloPSA than the sandbox's."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        is_sign_in = self.path.endswith("/token")
        self._answer({"access_token": "t", "expires_in": 60} if is_sign_in else [{"id": 5, "client_id": 7}])

    def do_GET(self) -> None:
        self._answer({"id": 7, "name": "of my own"})

    def _answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


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


def test_graph_and_halopsa_are_there_and_what_was_called_is_shown(msp: Msp) -> None:
    code, record, _ = run(msp, "seats", "--org", "Fabrikam")
    assert (code, record["status"], record["organizationId"]) == (0, "Success", demo.FABRIKAM.id)
    assert record["result"] > 0
    (call,) = record["integrationCalls"]
    assert (call["integration"], call["method"], call["endpoint"]) == ("msgraph", "GET", "/subscribedSkus")
    people = msp("run", "opens_a_ticket", "--sandbox", "--org", "northwind", "-p", "summary=Printer")
    assert people.exit_code == 0, people.stderr
    assert json.loads(people.stdout) == {"client": "Northwind Traders", "ticket": 1001}
    assert "call  halopsa  POST /tickets → 201" in people.stderr
    assert "call  halopsa  GET /client/{client} → 200" in people.stderr


@pytest.mark.parametrize(
    ("example", "org", "told"),
    [("stale_guests", "Contoso", "old.auditor@audit.example"), ("gdap_expiry", "Local MSP", "Fabrikam")],
)
def test_the_examples_find_something(msp: Msp, example: str, org: str, told: str) -> None:
    code, record, _ = run(msp, example, "--org", org, "--dir", str(EXAMPLES))
    assert (code, record["status"]) == (0, "Success")
    assert told in json.dumps(record["result"])


def test_an_organization_of_ones_own_has_an_empty_tenant(msp: Msp) -> None:
    assert run(msp, "seats", "--org", "Elsewhere")[1]["result"] == 0
    assert (
        run(msp, "opens_a_ticket", "--org", "Elsewhere", "-p", "summary=x")[1]["result"]["client"]
        == "Elsewhere"
    )


def test_an_integration_with_settings_of_its_own_leaves_the_sandbox(msp: Msp) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Halo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "base_url": f"http://127.0.0.1:{server.server_port}", "client_id": "mine", "client_secret": "mine",
            "client_ref": 7,
        }  # fmt: skip
        given = ["--integration", f"halopsa={json.dumps(settings)}", "--secret", "mine", "-p", "summary=x"]
        code, record, told = run(msp, "opens_a_ticket", *given, stdin="my-secret\n")
        server.shutdown()
    assert (code, record["result"]) == (0, {"client": "of my own", "ticket": 5}), told
    assert run(msp, "seats", "--integration", "other")[0] == 2


def test_a_real_tenant_is_never_reached_from_the_sandbox(msp: Msp) -> None:
    own = json.dumps({"client_id": "6a000000-0000-4000-8000-00000000000a", "client_secret": "mine"})
    code, record, told = run(msp, "seats", "--integration", f"msgraph={own}")
    assert (code, record) == (2, {})
    assert "always a sandbox" in json.loads(told)["error"]["message"]


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
