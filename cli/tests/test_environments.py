"""Environments by name, and which one counts."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from msp_cli.api import pick_organization
from msp_cli.errors import Missing, Usage

Msp = Callable[..., Result]
ADD = (
    "env", "add", "production", "--management", "https://api.msp.example/", "--engine", "https://engine.msp.example",
    "--tenant", "1111", "--client-id", "2222", "--audience", "3333", "--client", "https://msp.example",
)  # fmt: skip


def test_an_environment_is_added_used_and_removed(msp: Msp, tmp_path: Path) -> None:
    assert msp(*ADD).exit_code == 0
    shown = json.loads(msp("env", "show", "production", "--json").stdout)
    assert shown["management"] == "https://api.msp.example"
    assert shown["authority"] == "https://login.microsoftonline.com/1111"
    assert shown["scope"] == "api://3333/access_as_user"
    assert json.loads(msp("env", "list", "--json").stdout) == [
        {"name": "local", "isCurrent": True},
        {"name": "production", "isCurrent": False},
    ]
    path = tmp_path / "config" / "environments.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert msp("env", "use", "production").exit_code == 0
    assert tomllib.loads(path.read_text())["current"] == "production"
    assert msp("open", "executions").stdout.strip() == "https://msp.example/executions"
    assert msp("env", "remove", "production").exit_code == 0
    assert json.loads(msp("env", "list", "--json").stdout) == [{"name": "local", "isCurrent": True}]


def test_the_option_wins_over_the_variable_and_that_over_what_is_in_use(
    msp: Msp, monkeypatch: pytest.MonkeyPatch
) -> None:
    msp(*ADD)
    assert msp("open", "--env", "production").exit_code == 0
    monkeypatch.setenv("MSP_ENV", "production")
    assert msp("open").stdout.strip() == "https://msp.example/"
    assert msp("open", "--env", "local").exit_code == 5
    monkeypatch.delenv("MSP_ENV")
    assert msp("open").exit_code == 5


@pytest.mark.parametrize(
    "address", ["http://api.msp.example", "api.msp.example", "https://me:pw@msp.example", "ftp://x"]
)
def test_a_token_never_travels_in_the_open(msp: Msp, address: str) -> None:
    result = msp(*[address if one.startswith("https://engine") else one for one in ADD])
    assert result.exit_code == 2
    assert "https" in result.stderr


@pytest.mark.parametrize("name", ["local", "../x", "Prod", ""])
def test_a_name_that_could_not_be_a_files_is_refused(msp: Msp, name: str) -> None:
    assert msp(*[name if one == "production" else one for one in ADD]).exit_code == 2


def test_an_unknown_environment_is_answered_with_the_known_ones(msp: Msp) -> None:
    result = msp("env", "use", "staging", "--json")
    assert result.exit_code == 4
    assert "There are: local" in json.loads(result.stderr)["error"]["message"]


def test_the_local_one_needs_a_running_stack(
    msp: Msp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MSP_DATA", str(tmp_path / "nothing"))
    result = msp("whoami", "--json")
    assert result.exit_code == 5
    assert "msp up" in json.loads(result.stderr)["error"]["message"]


def test_the_local_one_has_the_running_stacks_ports(msp: Msp, stack_folder: Path) -> None:
    ports = json.loads((stack_folder / "stack.json").read_text())["ports"]
    assert msp("open", "forms").stdout.strip() == f"http://localhost:{ports['client']}/forms"
    assert msp("open", "elsewhere").exit_code == 2


def test_organizations_are_found_by_name_beginning_and_id() -> None:
    known = [
        {"id": "c0000000-0000-4000-8000-000000000001", "name": "Contoso"},
        {"id": "c0000000-0000-4000-8000-000000000002", "name": "Contoso East"},
        {"id": "c0000000-0000-4000-8000-000000000003", "name": "Fabrikam"},
    ]
    assert pick_organization(known, "contoso")["name"] == "Contoso"
    assert pick_organization(known, "fab")["name"] == "Fabrikam"
    assert pick_organization(known, known[1]["id"].upper())["name"] == "Contoso East"
    for name, kind in (("cont", Usage), (None, Usage), ("north", Missing)):
        with pytest.raises(kind):
            pick_organization(known, name)
    # An id that is not in the person's list is for the services to refuse.
    other = "c0000000-0000-4000-8000-000000000009"
    assert pick_organization(known, other)["id"] == other
