"""Every command: help, an example that exists, JSON; and what starting costs."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import Result

import msp_cli
from msp_cli.app import app

Msp = Callable[..., Result]

TREE: Any = typer.main.get_command(app)
SOURCES = Path(msp_cli.__file__).parent
MAY_IMPORT_AT_TOP = {
    *sys.stdlib_module_names,
    "__future__",
    "msp_cli",
    "msp_automation",
    "httpx",
    "typer",
    "rich",
}


SEATS = """
from msp_automation import OrganizationContext, workflow


@workflow
async def seats(context: OrganizationContext) -> list:
    client = await context.get_integration("halopsa").get("/client/{client}", client=101)
    return [client["name"], len(await context.get_integration("msgraph").get_all("/subscribedSkus"))]
"""


def leaves(command: Any = TREE, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words that lead to it."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from leaves(inner, (*path, name))
    else:
        yield path, command


LEAVES = dict(leaves())
ids = [" ".join(path) for path in LEAVES]


def test_everything_that_was_promised_is_there() -> None:
    wanted = """up, dev, down, status, demo, doctor, debug-engine, chromium, login, logout, whoami, env add, env use,
        env list, env show, env remove, orgs list, orgs show, workflows list, workflows show, providers list,
        providers show, providers call, executions list, executions show, executions logs, executions cancel,
        config list, config set, config unset, secrets list, secrets set, secrets delete, new workflow,
        new provider, new integration, new project, check, run, open"""
    assert {" ".join(path) for path in LEAVES} == {name.strip() for name in wanted.split(",")}


@pytest.mark.parametrize("path", LEAVES, ids=ids)
def test_each_has_help_an_example_and_json(path: tuple[str, ...], msp: Msp) -> None:
    result = msp(*path, "--help")
    assert result.exit_code == 0
    assert "--json" in result.output
    text = " ".join(str(LEAVES[path].help).split())
    summary, _, example = text.partition("Example: ")
    assert len(summary) > 20
    words = shlex.split(example)
    assert words[0] == "msp"
    assert tuple(words[1 : 1 + len(path)]) == path
    options = {name for parameter in LEAVES[path].params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    for parameter in LEAVES[path].params:
        assert parameter.name == "help" or parameter.help, f"{parameter.name} has no help"


@pytest.mark.parametrize("path", LEAVES, ids=ids)
def test_wrong_use_is_told_as_json_too(path: tuple[str, ...], msp: Msp) -> None:
    result = msp(*path, "--no-such-option", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert json.loads(result.stderr)["error"]["code"] == "Usage"


def test_wrong_use_is_told_to_people(msp: Msp) -> None:
    result = msp("orgs", "lst")
    assert result.exit_code == 2
    assert "No such command 'lst'" in result.stderr
    assert msp("orgs").exit_code == 2


def test_nothing_heavy_is_imported_to_show_the_help() -> None:
    """A budget that does not depend on the machine: what the process has loaded."""
    code = (
        "import sys; import msp_cli.app as a\n"
        "try: a.main()\n"
        "except SystemExit: print(','.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.strip().split(",")}
    heavy = {
        "httpx",
        "msal",
        "pydantic",
        "msp_core",
        "msp_automation",
        "workflow_engine",
        "watchfiles",
        "fastapi",
    }
    assert "typer" in loaded
    assert not loaded & (heavy | {"rich", "psutil", "requests", "asyncio", "tomli_w"})


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: path.name)
def test_at_the_top_of_a_module_only_light_things_are_imported(path: Path) -> None:
    tree = ast.parse(path.read_text())
    roots: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
    assert roots <= MAY_IMPORT_AT_TOP


@pytest.mark.long
def test_a_shell_completes_commands_and_options() -> None:
    def complete(line: str) -> list[str]:
        words = line.split(" ")
        environment = os.environ | {
            "_MSP_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", "from msp_cli.app import main; main()"],
            capture_output=True, text=True, timeout=60, check=False, env=environment,
        )  # fmt: skip
        return re.split(r"\s+", done.stdout.strip())

    assert complete("msp exec") == ["executions"]
    assert complete("msp executions ") == ["list", "show", "logs", "cancel"]
    assert "--follow" in complete("msp executions logs --f")


def test_without_the_local_stack_the_authors_commands_are_there(tmp_path: Path) -> None:
    """An author's own repository has the SDK and the command, and nothing of the platform."""
    rooms = Path(__file__).parents[2]
    installed = Path(typer.main.__file__).parents[1]
    # Without site.py nothing that is installed in place is found: only what is named here.
    paths = (rooms / "sdk" / "src", rooms / "cli" / "src", installed)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "MSP_CONFIG_FOLDER": str(tmp_path / "config"),
    }

    # Nor is there pytest where nobody asked for the kit.
    start = "import sys; sys.modules['pytest'] = None; from msp_cli.app import main; main()"

    def msp(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-c", start, *arguments],
            capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment,
        )  # fmt: skip

    listed = msp("--help").stdout
    assert "executions" in listed
    assert "debug-engine" not in listed
    assert msp("new", "project", "mine").returncode == 0
    done = msp("run", "hello", "--sandbox", "--dir", "mine", "-p", "person=Ada", "--json")
    assert json.loads(done.stdout)["result"] == {"message": "Hello, Ada!"}
    (tmp_path / "mine" / "workflows" / "seats.py").write_text(SEATS)
    done = msp("run", "seats", "--sandbox", "--dir", "mine", "--json")
    assert json.loads(done.stdout)["result"] == ["Contoso", 10], done.stderr
    refused = msp("run", "seats", "--org", "Contoso", "--dir", "mine", "--json")
    assert refused.returncode == 2
    assert {"--sandbox", "--remote"} <= set(json.loads(refused.stderr)["error"]["message"].split())
    refused = msp("whoami", "--json")
    assert refused.returncode == 5
    error = json.loads(refused.stderr)["error"]
    assert error["code"] == "Unavailable"
    assert "MSP_DATA" in error["message"]
