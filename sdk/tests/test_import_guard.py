"""Author files cannot import the platform's own packages, by whatever means."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from msp_automation.discovery import discover
from msp_automation.import_guard import FORBIDDEN, author_import

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def loaded_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host has the platform's packages loaded, as it has when it runs author code in-process."""
    for name in FORBIDDEN:
        if name not in sys.modules:
            monkeypatch.setitem(sys.modules, name, ModuleType(name))


@pytest.mark.usefixtures("loaded_platform")
@pytest.mark.parametrize("module", sorted(FORBIDDEN))
@pytest.mark.parametrize(
    "statement",
    [
        "import {0}",
        "import os, {0}.storage as s",
        "from {0}.storage import x",
        "from {0} import x",
        "def later():\n    import {0}",
        "try:\n    import {0}\nexcept ImportError: pass",
    ],
)
def test_an_import_statement_is_refused_even_if_the_module_is_loaded(
    author_root: Write, module: str, statement: str
) -> None:
    root = author_root({"workflows/w.py": "\n" + statement.format(module) + "\n"})
    errors = discover(root).catalog.errors
    assert len(errors) == 1
    assert f"may not import '{module}" in errors[0].message
    assert "context.get_integration" in errors[0].message
    assert errors[0].line == (3 if "\n" in statement else 2)


def test_a_module_that_is_not_loaded_cannot_be_imported_by_name_either(
    author_root: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "msp_core"]:
        monkeypatch.delitem(sys.modules, name)
    root = author_root({"workflows/w.py": "import importlib\nimportlib.import_module('msp_core')\n"})
    errors = discover(root).catalog.errors
    assert [error.line for error in errors] == [2]
    assert "may not import 'msp_core'" in errors[0].message
    assert "msp_core" not in sys.modules


def test_a_shared_module_is_held_to_the_same_rule(author_root: Write) -> None:
    root = author_root({"workflows/w.py": "x = 1\nimport lib.helper\n", "lib/helper.py": "import msp_core\n"})
    errors = discover(root).catalog.errors
    assert [(error.source_file, error.line) for error in errors] == [("workflows/w.py", 2)]
    assert "It is imported in helper.py, line 1." in errors[0].message


@pytest.mark.parametrize(
    "statement",
    [
        "from msp_automation.testing import submit_form",
        "from msp_automation import testing",
        "import msp_automation.sandboxes.graph.app",
    ],
)
def test_the_test_kit_is_for_tests_only(author_root: Write, statement: str) -> None:
    errors = discover(author_root({"workflows/w.py": f"{statement}\n"})).catalog.errors
    assert len(errors) == 1
    assert "It is for tests" in errors[0].message


def test_names_that_only_begin_alike_are_free(author_root: Write) -> None:
    root = author_root({"workflows/w.py": "from . import azure\n", "workflows/v.py": "import azure_things\n"})
    messages = [error.message for error in discover(root).catalog.errors]
    assert len(messages) == 2
    assert not any("may not import" in message for message in messages)


def test_the_host_itself_may_go_on_importing() -> None:
    with author_import():
        pass
    assert importlib.import_module("msp_core").__name__ == "msp_core"
