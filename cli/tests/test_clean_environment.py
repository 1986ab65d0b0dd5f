"""The command in an environment that holds the two wheels and what they ask for: no pytest, no platform."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]

SOURCE = '''
from typing import Any

from msp_automation import OrganizationContext, workflow


@workflow(timeout_seconds=1)
async def counts(context: OrganizationContext, note: str) -> dict[str, Any]:
    """Count a client's people, and note it in a ticket."""
    people = await context.get_integration("msgraph").get_all("/users")
    breakpoint()
    ticket = await context.get_integration("halopsa").create_ticket(note)
    return {"people": len(people), "client": ticket["client_name"]}
'''


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `msp` of a clean environment."""
    folder = tmp_path_factory.mktemp("clean")
    left_out = shutil.ignore_patterns("build", "*.egg-info", "tests", "__pycache__")
    rooms = [shutil.copytree(REPOSITORY / one, folder / one, ignore=left_out) for one in ("sdk", "cli")]
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, *rooms], check=True, cwd=folder)
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    (folder / "versions.txt").write_text("\n".join(re.findall(r"^[a-z0-9-]+==[^\s;]+", lock, re.M)), "utf-8")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = (
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "-c",
        folder / "versions.txt",
        "--find-links",
        folder,
    )
    subprocess.run([*install, "msp-automation-cli"], check=True, cwd=folder)
    return python.with_name("msp")


@pytest.fixture
def msp(command: Path, tmp_path: Path) -> Run:
    """Runs it as somebody who has nothing of this repository."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *arguments], cwd=tmp_path, input=stdin, capture_output=True, text=True, timeout=60,
            check=False, env=environment | {"MSP_CONFIG_FOLDER": str(tmp_path / "config")},
        )  # fmt: skip

    return run


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_authors_own_repository_needs_no_more_than_the_wheels(msp: Run, tmp_path: Path) -> None:
    assert msp("new", "project", "acme").returncode == 0
    (tmp_path / "acme" / "workflows" / "counts.py").write_text(SOURCE)
    assert msp("check", "acme", "--json").returncode == 0

    # A breakpoint holds for longer than the workflow may run.
    pdb = "p len(people)\nimport time; time.sleep(1.2)\nc\n"
    given = ("--dir", "acme", "-p", "note=Counted", "--json")
    done = msp("run", "counts", "--sandbox", *given, stdin=pdb)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["result"] == {"people": 14, "client": "Contoso"}
    assert [call["endpoint"] for call in record["integrationCalls"]] == ["/users", "/tickets"]
    assert "(Pdb) 14" in done.stderr

    refused = msp("run", "counts", "--org", "Contoso", *given)
    assert (refused.returncode, refused.stdout) == (2, "")
    told = json.loads(refused.stderr)["error"]["message"]
    assert "--sandbox" in told
    assert "--remote" in told
    # The platform's engine is reached over HTTP alone: what lacks here is a sign-in, not a package.
    address = "http://localhost:9"
    added = msp(
        "env", "add", "mine", "--management", address, "--engine", address,
        "--tenant", "10000000-0000-4000-8000-000000000001",
        "--client-id", "5a000000-0000-4000-8000-000000000002",
        "--audience", "a9000000-0000-4000-8000-000000000001",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    refused = msp("run", "counts", "--org", "Contoso", "--remote", "--env", "mine", *given)
    assert (refused.returncode, json.loads(refused.stderr)["error"]["code"]) == (3, "Unauthorized")
