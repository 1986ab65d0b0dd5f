"""What is committed beside the code says what the code says."""

from __future__ import annotations

import ast
import importlib.util
import json
import re

import pytest

from msp_devstack import openapi
from msp_devstack.services import REPOSITORY


@pytest.mark.parametrize("name", list(openapi.DOCUMENTS))
def test_the_committed_openapi_document_is_current(name: str) -> None:
    committed = (openapi.FOLDER / f"{name}.json").read_text()
    assert committed == openapi.document(openapi.DOCUMENTS[name]), "run `make openapi`"


@pytest.mark.parametrize(
    "name",
    ["requirements.lock", "requirements-node.lock", "devstack/package-lock.json", "client/package-lock.json"],
)
def test_lock_files_carry_hashes_and_no_download_addresses(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    assert "sha256:" in text or "sha512-" in text
    assert not re.search(r'"resolved"|--index-url|--extra-index-url|--find-links', text)


def test_every_room_has_a_readme() -> None:
    rooms = (
        "client",
        "management-api",
        "workflow-engine",
        "sdk",
        "core",
        "devstack",
        "cli",
        "infra",
        "docs",
        "tests",
    )
    assert [room for room in rooms if not (REPOSITORY / room / "README.md").exists()] == []


def test_the_readmes_workflow_is_a_workflow_of_about_twenty_lines() -> None:
    text = (REPOSITORY / "README.md").read_text()
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    namespace: dict[str, object] = {"__name__": "readme"}
    exec(compile(source, "README.md", "exec"), namespace)
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.AsyncFunctionDef)]
    from msp_automation import definition_of

    assert definition_of(namespace[names[0]]).metadata.name == "welcome_guest"  # type: ignore[arg-type]  # the function


def test_the_launch_configurations_name_modules_that_exist() -> None:
    launch = json.loads((REPOSITORY / ".vscode" / "launch.json").read_text())
    modules = {one["module"] for one in launch["configurations"]}
    assert modules == {"msp_cli", "pytest"}
    assert all(importlib.util.find_spec(name) for name in modules)
