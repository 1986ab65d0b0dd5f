"""The `msp` command against a running stack, as each of its people."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import organization_ids
from typer.testing import CliRunner, Result

from msp_cli.app import app
from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.debug_client import debugging
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.stack import Stack, StackError

pytestmark = pytest.mark.e2e

Msp = Callable[..., Result]
SECRET = "s3cr3t-set-by-the-command"


@pytest.fixture
def msp(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Msp:
    """Runs one command line against the stack; the first word may be a person to sign in as."""
    monkeypatch.setenv("MSP_CONFIG_FOLDER", str(tmp_path / "config"))
    monkeypatch.setenv("MSP_DATA", str(stack.data))
    for name in ("MSP_ENV", "MSP_ORG"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()

    def run(*arguments: str, stdin: str = "") -> Result:
        return runner.invoke(app, list(arguments), input=stdin)

    return run


def login(msp: Msp, person: demo.DemoPerson) -> None:
    assert msp("login", "--as", person.key).exit_code == 0


def answer(result: Result) -> Any:
    """The one document on stdout of a command that did its work."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(result: Result) -> tuple[int, str]:
    """Exit code and error code of a command that was refused."""
    assert result.stdout == ""
    return result.exit_code, json.loads(result.stderr)["error"]["code"]


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        (demo.ADMIN, {"Contoso", "Fabrikam", "Northwind Traders", "Local MSP"}),
        (demo.TECHNICIAN, {"Contoso", "Fabrikam"}),
        (demo.CLIENT_USER, {"Contoso"}),
    ],
    ids=lambda value: getattr(value, "key", ""),
)
def test_each_person_sees_their_own_organizations(msp: Msp, person: demo.DemoPerson, sees: set[str]) -> None:
    login(msp, person)
    me = answer(msp("whoami", "--json"))
    assert (me["user"]["id"], me["environment"]) == (person.user_id, "local")
    listed = {one["name"] for one in answer(msp("orgs", "list", "--json"))}
    assert sees <= listed
    assert person is demo.ADMIN or sees == listed


def test_a_stranger_is_refused(msp: Msp) -> None:
    login(msp, demo.STRANGER)
    assert refusal(msp("orgs", "list", "--json"))[0] == 3
    assert refusal(msp("workflows", "list", "--json"))[0] == 3


def test_a_workflow_runs_here_and_is_in_the_history(msp: Msp, workflows_root: Path) -> None:
    login(msp, demo.TECHNICIAN)
    result = msp(
        "run",
        "echo",
        "--org",
        "contoso",
        "-p",
        "text=ab",
        "-p",
        "times=2",
        "--dir",
        str(workflows_root),
        "--json",
    )
    record = answer(result)
    assert record["result"] == {"text": "abab", "organization": "Contoso"}
    assert record["integrationCalls"] == []
    assert [line["message"] for line in record["logs"]] == ["Echoing"]
    shown = answer(msp("executions", "show", record["executionId"], "--json"))
    assert (shown["trigger"], shown["executedBy"], shown["status"]) == (
        "cli",
        demo.TECHNICIAN.user_id,
        "Success",
    )
    mine = answer(msp("executions", "list", "--mine", "--json"))
    assert record["executionId"] in [one["executionId"] for one in mine]
    lines = answer(msp("executions", "logs", record["executionId"], "--follow", "--json"))
    assert [line["message"] for line in lines] == ["Echoing"]
    # The engine's own catalog is as it was, whatever folder ran here.
    names = [one["name"] for one in answer(msp("workflows", "list", "--json"))["workflows"]]
    assert {"echo", "onboard_user"} <= set(names)


@pytest.mark.parametrize("where", [[], ["--remote"]], ids=["here", "there"])
def test_what_a_run_called_is_shown(msp: Msp, workflows_root: Path, where: list[str]) -> None:
    login(msp, demo.TECHNICIAN)
    result = msp("run", "licence_report", "--org", "Contoso", "--dir", str(workflows_root), *where)
    assert result.exit_code == 0, result.stderr
    assert "call  msgraph  GET /subscribedSkus → 200" in result.stderr


def test_a_secret_is_read_here_and_seen_by_nobody(msp: Msp, workflows_root: Path) -> None:
    login(msp, demo.TECHNICIAN)
    result = msp("run", "leak", "--org", "Contoso", "--dir", str(workflows_root), "--json")
    record = answer(result)
    assert record["result"]["secret"] == "[redacted]"
    assert demo.HALO_CLIENT_SECRET not in result.output
    assert demo.HALO_CLIENT_SECRET not in msp("executions", "show", record["executionId"]).output


def test_another_organization_is_refused_in_every_way(msp: Msp, stack: Stack, workflows_root: Path) -> None:
    northwind = organization_ids(stack)[demo.NORTHWIND.name]
    contoso = organization_ids(stack)[demo.CONTOSO.name]
    login(msp, demo.TECHNICIAN)
    here = ["run", "echo", "-p", "text=x", "--dir", str(workflows_root), "--json"]
    for command in (
        here, [*here, "--remote"], ["executions", "list", "--json"], ["config", "list", "--json"],
        ["secrets", "list", "--json"], ["providers", "call", "good", "--json"],
        ["config", "set", "a", "b", "--json"],
    ):  # fmt: skip
        assert refusal(msp(*command, "--org", northwind)) == (3, "Forbidden"), command
    assert refusal(msp(*here, "--org", "Northwind"))[0] == 4
    login(msp, demo.CLIENT_USER)
    assert refusal(msp(*here, "--org", contoso)) == (3, "Forbidden")
    assert msp("logout").exit_code == 0
    assert refusal(msp(*here, "--org", contoso)) == (3, "Unauthorized")


def test_wrong_parameters_are_named_here_and_there_alike(msp: Msp, workflows_root: Path) -> None:
    login(msp, demo.TECHNICIAN)
    given = ["--org", "Contoso", "-p", "times=9", "-p", "colour=red", "--json"]
    here = msp("run", "echo", *given, "--dir", str(workflows_root))
    there = msp("run", "echo", *given, "--remote")
    assert here.exit_code == there.exit_code == 2
    fields = json.loads(here.stderr)["error"]["details"]["fields"]
    assert set(fields) == {"text", "times", "colour"}
    assert json.loads(there.stderr)["error"]["details"]["fields"] == fields


def test_what_only_the_msps_own_tenant_knows_is_asked_for_as_the_msp(msp: Msp, stack: Stack) -> None:
    login(msp, demo.ADMIN)
    record = answer(msp("run", "gdap_expiry", "--org", "Local MSP", "--remote", "--json"))
    assert "Fabrikam" in [row["client"] for row in record["result"]]
    own = answer(msp("orgs", "show", "Local MSP", "--json"))
    assert (own["tenantId"], own["tags"]) == (demo.MSP.tenant_id, ["msp"])
    # A home in the MSP's tenant is no right in its organization: neither for technicians nor for clients.
    for person in (demo.TECHNICIAN, demo.CLIENT_USER):
        login(msp, person)
        for command in (["run", "gdap_expiry", "--remote"], ["executions", "list"], ["secrets", "list"]):
            assert refusal(msp(*command, "--org", own["id"], "--json")) == (3, "Forbidden"), command


def test_a_run_there_is_followed_and_can_be_stopped(msp: Msp) -> None:
    login(msp, demo.TECHNICIAN)
    record = answer(msp("run", "slow", "--org", "Contoso", "-p", "seconds=0.2", "--remote", "--json"))
    assert (record["result"], record["trigger"], len(record["logs"])) == ("done", "api", 4)
    failed = msp("run", "fails", "--org", "Contoso", "--remote")
    assert failed.exit_code == 1
    assert "The mailbox is on hold" in failed.stderr
    contoso = answer(msp("orgs", "show", "Contoso", "--json"))
    with_api = ["-p", "seconds=60", "--remote", "--json", "--org", contoso["id"]]
    # A process of its own: in this one two commands at once would write into each other's output.
    command = [str(Path(sys.executable).with_name("msp")), "run", "slow", *with_api]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        found = _until(
            lambda: answer(msp("executions", "list", "--org", "Contoso", "--status", "Running", "--json"))
        )
        execution_id = found[0]["executionId"]
        assert answer(msp("executions", "cancel", execution_id, "--json"))["executionId"] == execution_id
        assert running.wait(30) == 1
    assert answer(msp("executions", "show", execution_id, "--json"))["status"] == "Cancelled"
    assert msp("executions", "cancel", execution_id).exit_code == 1


def test_configuration_and_secrets_go_in_and_values_stay_unseen(msp: Msp) -> None:
    login(msp, demo.ADMIN)
    outputs = [
        msp("config", "set", "made_by_msp", "5", "--type", "int", "--org", "Contoso", "--json"),
        msp("config", "list", "--org", "Contoso", "--json"),
        msp("secrets", "set", "made-by-msp", "--stdin", "--org", "Contoso", "--json", stdin=f"{SECRET}\n"),
        msp("secrets", "list", "--org", "Contoso", "--json"),
        msp("config", "set", "ref", "made-by-msp", "--type", "secret_ref", "--org", "Contoso", "--json"),
    ]
    documents = [answer(one) for one in outputs]
    assert ("made_by_msp", "5") in [(one["key"], one["value"]) for one in documents[1]]
    assert "made-by-msp" in [one["name"] for one in documents[3]]
    refused = msp("secrets", "delete", "made-by-msp", "--org", "Contoso", "--json")
    assert refusal(refused)[0] == 1
    outputs += [
        refused,
        msp("config", "unset", "ref", "--org", "Contoso", "--json"),
        msp("secrets", "delete", "made-by-msp", "--org", "Contoso", "--json"),
        msp("config", "unset", "made_by_msp", "--org", "Contoso", "--json"),
    ]
    assert all(one.exit_code == 0 for one in outputs if one is not refused)
    assert not any(SECRET in one.output for one in outputs)
    # Nowhere to ask, and never as an argument.
    assert refusal(msp("secrets", "set", "other", "--org", "Contoso", "--json")) == (2, "Usage")
    assert refusal(msp("secrets", "set", "other", SECRET, "--org", "Contoso", "--json")) == (2, "Usage")
    assert refusal(msp("config", "list", "--global", "--org", "Contoso", "--json")) == (2, "Usage")


@pytest.mark.long
def test_every_reading_command_writes_one_document(msp: Msp, stack: Stack) -> None:
    login(msp, demo.ADMIN)
    execution_id = answer(msp("run", "echo", "--org", "Contoso", "-p", "text=x", "--remote", "--json"))[
        "executionId"
    ]
    for command in (
        "status", "whoami", "env list", "env show", "orgs list", "orgs show Fabrikam", "workflows list",
        "workflows show onboard_user", "providers list", "providers show good", "providers call good --org Contoso",
        "executions list --all --limit 3", f"executions show {execution_id}", f"executions logs {execution_id}",
        "config list --global", "secrets list --global", "open forms", "doctor --pause 0",
    ):  # fmt: skip
        result = msp(*command.split(), "--json")
        assert isinstance(json.loads(result.stdout), dict | list), command
        people = msp(*command.split())
        assert people.exit_code == result.exit_code, command
        assert people.stdout, command
        assert "\x1b" not in people.output, command
    status = answer(msp("status", "--json"))
    assert status["ok"]
    assert {one["name"]: one["health"] for one in status["services"]}["engine"] == "ok"
    assert f"http://localhost:{stack.ports.engine}" in [one["url"] for one in status["services"]]


def test_a_token_that_is_no_longer_taken_is_replaced_without_a_word(msp: Msp, tmp_path: Path) -> None:
    login(msp, demo.TECHNICIAN)
    path = tmp_path / "config" / "sign-ins" / "local.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"access_token": content["access_token"][:-8] + "AAAAAAAA"}))
    assert answer(msp("whoami", "--json"))["user"]["id"] == demo.TECHNICIAN.user_id


@pytest.mark.long
def test_an_editors_breakpoint_holds_in_a_run_with_the_real_context(
    stack: Stack, msp: Msp, workflows_root: Path, tmp_path: Path
) -> None:
    login(msp, demo.TECHNICIAN)
    path = workflows_root / "workflows" / "stepped.py"
    path.write_text(STEPPED)
    environment = {"MSP_DATA": str(stack.data), "MSP_CONFIG_FOLDER": str(tmp_path / "config")}
    arguments = ["msp_cli", "run", "stepped", "--org", "Contoso", "--json"]
    try:
        with debugging(arguments, {path: [9]}, folder=workflows_root, environment=environment) as session:
            frame = session.wait_until_stopped()
            assert frame["locals"]["domain"] == "'contoso.example'"
            time.sleep(1.4)
            session.go_on(frame)
            code, stdout, stderr = session.finish()
    finally:
        path.unlink()
    assert code == 0, stderr
    assert json.loads(stdout)["status"] == "Success"


@pytest.mark.long
@pytest.mark.parametrize("kind", ["async def", "def"])
def test_an_editors_breakpoint_holds_in_the_running_engine(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "author" / "workflows" / "stepped.py"
    path.parent.mkdir(parents=True)
    path.write_text(STEPPED.replace("async def", kind))
    data = tmp_path / "data"
    with _watched_stack(data, path.parents[1]) as stack:
        seed(stack.ports, forms=False)
        arguments = ["msp_devstack", "debug-engine", "--data", str(data)]
        with debugging(arguments, {path: [9]}, folder=tmp_path) as session:
            with Api(stack.ports, demo.TECHNICIAN) as technician:
                # Before that it is the stack's own engine that answers.
                _until(lambda: _is_lent(data))
                _until(lambda: _answers(technician))
                technician.use(technician.organization_id(demo.CONTOSO.name))
                answers: list[Any] = []
                asking = threading.Thread(
                    target=lambda: answers.append(_run_stepped(technician)), daemon=True
                )
                asking.start()
                frame = session.wait_until_stopped()
                assert frame["locals"]["domain"] == "'contoso.example'"
                time.sleep(1.4)
                session.go_on(frame)
                asking.join(60)
            # As an editor's stop button does: nobody gives the engine back but the stack itself.
            session.process.kill() if kind == "def" else session.process.terminate()
            session.process.wait(30)
        assert [(one["status"], one["result"]) for one in answers] == [("Success", "contoso.example")]
        with Api(stack.ports, demo.TECHNICIAN) as technician:
            _until(lambda: _answers(technician))


STEPPED = '''
from msp_automation import OrganizationContext, workflow


@workflow(timeout_seconds=1)
async def stepped(context: OrganizationContext) -> str:
    """Stand at the next line but one."""
    domain = context.config.require("mail_domain")
    return str(domain)
'''


def _run_stepped(api: Api) -> Any:
    return ok(api.engine.post("/api/workflows/stepped", json={"parameters": {}}))


def _is_lent(data: Path) -> bool:
    mark = data / "engine.borrowed"
    return mark.exists() and bool(json.loads(mark.read_text())["isFree"])


def _answers(api: Api) -> bool:
    try:
        return api.engine.get("/api/health").is_success
    except httpx.HTTPError:
        return False


@contextmanager
def _watched_stack(data: Path, root: Path) -> Iterator[Stack]:
    """A stack that lends its engine to a debugger."""
    with Stack(data, Ports.free(), with_client=False, workflows_root=root) as stack:
        watching = threading.Thread(target=_watch, args=(stack,), daemon=True)
        watching.start()
        yield stack
    watching.join(10)


def _watch(stack: Stack) -> None:
    try:
        stack.watch(poll_seconds=0.05)
    except StackError:
        # The test is over and has stopped everything.
        return


def _until(ask: Callable[[], Any], *, seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
