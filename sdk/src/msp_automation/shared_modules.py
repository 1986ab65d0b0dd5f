"""Modules that author files share: `from lib.naming import display_name`."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
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


class _SharedModules(importlib.abc.MetaPathFinder):
    def __init__(self, root: Path) -> None:
        self._root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        place = self._root.joinpath(*fullname.split("."))
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
