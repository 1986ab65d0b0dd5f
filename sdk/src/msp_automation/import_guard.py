"""Keeps the platform's own packages out of author files.

This stops accidents, not malice: an author who wants to can get around it.
Their code is reviewed, and a runner holds nothing of the platform to find.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType

FORBIDDEN = frozenset({"msp_core", "msp_http", "workflow_engine", "management_api", "azure"})
FOR_TESTS = ("msp_automation.testing", "msp_automation.sandboxes")

_importing_author_file: ContextVar[bool] = ContextVar("msp_importing_author_file", default=False)


class ForbiddenImport(ImportError):
    """An author file imports a part of the platform.

    Args:
        file: Where the import stands, if it was found by reading the source.
        line: The line in that file.
    """

    def __init__(self, module: str, file: str | None = None, line: int | None = None) -> None:
        mend = (
            "It is for tests, which stand in files of their own."
            if _is_for_tests(module)
            else "Use the context instead: context.config, context.secrets, context.get_integration(...)."
        )
        super().__init__(f"Author files may not import {module!r}. {mend}", name=module)
        self.file = file
        self.line = line


def check_imports(tree: ast.AST, file: str) -> None:
    """Refuse forbidden import statements anywhere in a file, also inside functions.

    Reading the source finds them whether or not the module is loaded already,
    as it is when the engine itself hosts runs for debugging.

    Raises:
        ForbiddenImport: There is one.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)] if node.level == 0 else []
        else:
            continue
        for name in names:
            if _is_forbidden(name):
                raise ForbiddenImport(name, file, node.lineno)


@contextmanager
def author_import() -> Iterator[None]:
    """Refuse forbidden modules to whatever is imported inside, by whatever means."""
    if not any(isinstance(finder, _Guard) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Guard())
    token = _importing_author_file.set(True)
    try:
        yield
    finally:
        _importing_author_file.reset(token)


class _Guard(importlib.abc.MetaPathFinder):
    """Asked before every other finder; only speaks up inside `author_import`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if _importing_author_file.get() and _is_forbidden(fullname):
            raise ForbiddenImport(fullname)
        return None


def _is_forbidden(module: str) -> bool:
    return module.partition(".")[0] in FORBIDDEN or _is_for_tests(module)


def _is_for_tests(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in FOR_TESTS)
