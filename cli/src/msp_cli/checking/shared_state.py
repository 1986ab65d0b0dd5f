"""Finds module globals that functions change: they outlive a run, and the next run is another client's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from msp_cli.checking.problems import Problem

_CHANGING = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
     "setdefault", "sort", "update"}
)  # fmt: skip
_CACHES = frozenset({"cache", "lru_cache"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def shared_state(root: Path, paths: list[Path]) -> list[Problem]:
    """A warning for each global that a function of the same file changes, and for each cached function."""
    found: list[Problem] = []
    for path in paths:
        try:
            tree = ast.parse(path.read_bytes(), filename=str(path))
        except (OSError, SyntaxError, ValueError):
            continue  # discovery tells of it
        file = path.relative_to(root).as_posix()
        for line, message in sorted({*_changed(tree), *_cached(tree)}):
            found.append(Problem(file, line, message, "warning", "shared-state"))
    return found


def _changed(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = set(_globals(tree))
    for function in (node for node in ast.walk(tree) if isinstance(node, _Function)):
        own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _is_stored(node)}
        own |= {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        declared = {
            name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names
        }
        for line, name in _changes(function):
            if name in declared or (name in names and name not in own):
                yield (
                    line,
                    (
                        f"{function.name}() changes the module global {name!r}, which outlives "
                        "the run: the next one may be another organization's. Keep it in a local variable, "
                        "or in context.variables."
                    ),
                )


def _globals(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _changes(function: _Function) -> Iterator[tuple[int, str]]:
    """Line and name of whatever is changed: by a method, an item, a deletion or an assignment."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _CHANGING
        ):
            yield from _name_of(node.func.value)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _name_of(node.value)
        elif isinstance(node, ast.Name) and _is_stored(node):
            yield node.lineno, node.id


def _name_of(node: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Name):
        yield node.lineno, node.id


def _cached(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for function in (node for node in ast.walk(tree) if isinstance(node, _Function)):
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in _CACHES:
                yield (
                    decorator.lineno,
                    (
                        f"@{name} keeps what {function.name}() returned for one organization and gives "
                        "it to the next. Use a data provider's cache_ttl_seconds, or a local variable."
                    ),
                )
