"""The command in this process, with a configuration folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from msp_cli.app import app
from msp_devstack import demo
from msp_devstack.ports import Ports
from msp_devstack.running import RunningIdentity

Msp = Callable[..., Result]


@pytest.fixture
def msp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Msp:
    """Runs one command line; nobody sits at the terminal."""
    monkeypatch.setenv("MSP_CONFIG_FOLDER", str(tmp_path / "config"))
    for name in ("MSP_ENV", "MSP_ORG", "MSP_DATA"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()

    def run(*arguments: str, stdin: str = "") -> Result:
        return runner.invoke(app, list(arguments), input=stdin)

    return run


@pytest.fixture
def project(msp: Msp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new author's repository, and we are in it."""
    folder = tmp_path / "acme"
    result = msp("new", "project", str(folder))
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def stack_folder(
    tmp_path: Path, identity_provider: RunningIdentity, monkeypatch: pytest.MonkeyPatch, msp: Msp
) -> Path:
    """The folder of a stack of which only the identity provider runs."""
    folder = tmp_path / "stack"
    folder.mkdir()
    ports = Ports(identity=int(identity_provider.base_url.rpartition(":")[2]), management=1, engine=1)
    state: dict[str, Any] = {
        "ports": asdict(ports),
        "signIn": {
            "authority": f"{identity_provider.base_url}/organizations",
            "clientId": demo.CLI_CLIENT_ID,
            "scope": demo.API_SCOPE,
        },
    }
    (folder / "stack.json").write_text(json.dumps(state))
    monkeypatch.setenv("MSP_DATA", str(folder))
    return folder
