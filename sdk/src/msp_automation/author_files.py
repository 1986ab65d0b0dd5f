"""Imports one author file, and says what is wrong with one that cannot be imported."""

from __future__ import annotations

import ast
import hashlib
import linecache
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from msp_automation.declaring import declared
from msp_automation.errors import DeclarationError
from msp_automation.import_guard import ForbiddenImport, author_import, check_imports
from msp_automation.metadata import DiscoveryError
from msp_automation.shared_modules import shared_files

# A name of its own, so that no author file can shadow an installed package.
_PACKAGE = "msp_author"


@dataclass(frozen=True)
class AuthorFile:
    """A file that was imported.

    Attributes:
        source_file: Relative to the root, with forward slashes.
        content_hash: SHA-256 of the bytes that were run, those of the modules of `lib` that the file imports
            included: with them its behaviour changes.
        definitions: What its decorators declared, shadowed ones included.
    """

    path: Path
    source_file: str
    content_hash: str
    module: ModuleType
    definitions: tuple[Any, ...]


def author_paths(root: Path, folder: str) -> Iterator[Path]:
    """The files of a folder in a stable order; names beginning with `_` or `.` are left out."""
    base = root / folder
    for path in sorted(base.rglob("*.py")):
        parts = path.relative_to(base).parts
        if path.is_file() and not any(part.startswith(("_", ".")) for part in parts):
            yield path


def import_author_file(root: Path, path: Path) -> AuthorFile | DiscoveryError:
    """Run a file from its source, never from a stale `.pyc`.

    Whatever goes wrong inside becomes the answer; only KeyboardInterrupt passes.
    """
    source_file = path.relative_to(root).as_posix()
    definitions: list[Any] = []
    token = declared.set(definitions)
    module = ModuleType(".".join([_PACKAGE, *path.relative_to(root).with_suffix("").parts]))
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    # Not checkcache: it tells files apart by time and size, and a save may leave both as they were.
    linecache.cache.pop(str(path), None)
    try:
        source = path.read_bytes()
        tree = ast.parse(source, filename=str(path))
        check_imports(tree, str(path))
        with author_import():
            exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - its purpose
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - an author's file may raise anything, SystemExit too
        sys.modules.pop(module.__name__, None)
        return describe_failure(error, path, source_file)
    finally:
        declared.reset(token)
    return AuthorFile(path, source_file, _content_hash(root, source, tree), module, tuple(definitions))


def _content_hash(root: Path, source: bytes, tree: ast.AST) -> str:
    digest = hashlib.sha256(source)
    for shared in shared_files(root, tree):
        digest.update(shared.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(shared.read_bytes()).digest())
    return digest.hexdigest()


def describe_failure(error: BaseException, path: Path, source_file: str) -> DiscoveryError:
    """Line and message, with the mend, for a file that could not be imported."""
    line = _line_in(error, path)
    if isinstance(error, DeclarationError):
        at_home = error.file == str(path)
        message = f"{error.problem} {error.mend}" if at_home else str(error)
        return DiscoveryError(source_file=source_file, line=error.line if at_home else line, message=message)
    if isinstance(error, ForbiddenImport):
        if error.file == str(path):
            return DiscoveryError(source_file=source_file, line=error.line, message=str(error))
        where = f" It is imported in {Path(error.file).name}, line {error.line}." if error.file else ""
        return DiscoveryError(source_file=source_file, line=line, message=f"{error}{where}")
    return DiscoveryError(source_file=source_file, line=line, message=_message(error))


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"The file is not valid Python: {error.msg}. Correct this line."
    if isinstance(error, ModuleNotFoundError):
        return (
            f"The module {error.name!r} is not installed here. "
            "Correct the name, or add the package to the engine's requirements."
        )
    if isinstance(error, UnicodeDecodeError):
        return "The file is not UTF-8. Save it as UTF-8."
    if isinstance(error, OSError) and error.errno is not None:
        return f"The file cannot be read: {error.strerror}. Check its permissions."
    if isinstance(error, SystemExit):
        return "The file ends the program while it is imported. Remove the call of exit()."
    return f"Importing the file raised {_in_words(error)}. Correct this line."


def _in_words(error: BaseException) -> str:
    lines = traceback.format_exception_only(type(error), error)
    return " ".join("".join(lines).split())[:1000].rstrip(".")


def _line_in(error: BaseException, path: Path) -> int | None:
    if isinstance(error, SyntaxError) and error.filename in {str(path), None}:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)
