"""Modules that author files share: `from lib.naming import display_name`."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType

from msp_automation.import_guard import check_imports

PACKAGE = "lib"


def open_shared_modules(root: Path) -> None:
    """Make `root/lib` importable as `lib`, read anew, and close any earlier one.

    A finder for this one name instead of `root` on the import path: nothing else
    under `root` becomes importable, and nothing there can shadow a package.
    """
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _SharedModules)]
    if not (root / PACKAGE).is_dir():
        return
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _SharedModules(root))


def has_shared_modules(root: Path) -> bool:
    """Whether `root/lib` is what is importable as `lib`."""
    return any(isinstance(finder, _SharedModules) and finder.root == root for finder in sys.meta_path)


def shared_files(root: Path, tree: ast.AST) -> list[Path]:
    """The files of `root/lib` that some source imports, directly or by way of others, in a fixed order.

    Found by reading the import statements; what is imported by a computed name is not seen.
    """
    found: set[Path] = set()
    waiting = [*_files_of(root, "", tree)]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        try:
            shared = ast.parse(file.read_bytes(), filename=str(file))
        except (OSError, SyntaxError, ValueError):
            continue  # its import has failed, or will
        folder = file.parent.relative_to(root)
        waiting += _files_of(root, ".".join(folder.parts), shared)
    return sorted(found)


def _files_of(root: Path, package: str, tree: ast.AST) -> Iterator[Path]:
    """The files behind one source's import statements; `package` is what its relative imports start from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            names = [start, *(f"{start}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == PACKAGE:
                yield from _files_on_the_way(root, name)


def _files_on_the_way(root: Path, name: str) -> Iterator[Path]:
    """A module's file, and the `__init__.py` of each package that is imported before it."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:end])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file


class _SharedModules(importlib.abc.MetaPathFinder):
    def __init__(self, root: Path) -> None:
        self.root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        place = self.root.joinpath(*fullname.split("."))
        if place.is_dir():
            return _package(fullname, place)
        return _module(fullname, place.with_suffix(".py"), None)


def _package(name: str, folder: Path) -> importlib.machinery.ModuleSpec:
    found = _module(name, folder / "__init__.py", [str(folder)])
    if found is not None:
        return found
    bare = importlib.machinery.ModuleSpec(name, None, is_package=True)
    bare.submodule_search_locations = [str(folder)]
    return bare


def _module(name: str, file: Path, inside: list[str] | None) -> importlib.machinery.ModuleSpec | None:
    if not file.is_file():
        return None
    return importlib.util.spec_from_file_location(
        name, file, loader=_SourceLoader(name, str(file)), submodule_search_locations=inside
    )


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Compiles from source: a `.pyc` is told apart by whole seconds, and saves come faster."""

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path), filename=self.path)
        check_imports(tree, self.path)
        return compile(tree, self.path, "exec", dont_inherit=True)
