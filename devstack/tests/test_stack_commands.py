"""The stack's commands where no stack runs, and which folders they work with."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from msp_devstack.cli import app
from msp_devstack.where import AUTHOR_ROOT, REPOSITORY, author_root, data_folder


def msp(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSP_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def test_an_authors_own_folder_has_its_own_stack(tmp_path: Path) -> None:
    assert (author_root(None), data_folder(None)) == (AUTHOR_ROOT, REPOSITORY / ".msp")
    (tmp_path / "workflows").mkdir()
    assert (author_root(None), data_folder(None)) == (tmp_path, tmp_path / ".msp")
    assert (author_root(Path("other")), data_folder(Path("data"))) == (tmp_path / "other", Path("data"))


def test_a_stack_is_found_from_below_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".msp").mkdir()
    (tmp_path / ".msp" / "stack.json").write_text("{}")
    (tmp_path / "workflows" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "workflows" / "deep")
    assert data_folder(None) == tmp_path / ".msp"


@pytest.mark.parametrize("as_json", [True, False])
def test_where_no_stack_runs_they_say_so(tmp_path: Path, as_json: bool) -> None:
    option = ["--json"] if as_json else []
    status = msp("status", "--data", str(tmp_path), *option)
    down = msp("down", "--data", str(tmp_path), *option)
    debug = msp("debug-engine", "--data", str(tmp_path), *option)
    assert (status.exit_code, down.exit_code, debug.exit_code) == (1, 0, 1)
    if as_json:
        assert json.loads(status.stdout)["running"] is False
        assert json.loads(down.stdout) == {"stopped": []}
        assert "make up" in json.loads(debug.stderr)["error"]["message"]
    else:
        assert "No stack is running" in status.stdout
        assert "No stack is running" in down.stdout


def test_a_service_that_does_not_answer_is_shown(tmp_path: Path) -> None:
    me = {"pid": os.getpid(), "started": psutil.Process().create_time()}
    gone = {"pid": 2**22 - 1, "started": 1.0}
    state = {
        "supervisor": me,
        "services": {"engine": gone, "azurite": me},
        "ports": {"engine": 1, "blob": 2, "queue": 3, "table": 4},
    }
    (tmp_path / "stack.json").write_text(json.dumps(state))
    result = msp("status", "--data", str(tmp_path), "--json")
    assert result.exit_code == 1
    found = {one["name"]: (one["health"], one["pid"]) for one in json.loads(result.stdout)["services"]}
    assert found == {"engine": ("does not answer", None), "azurite": ("ok", os.getpid())}
