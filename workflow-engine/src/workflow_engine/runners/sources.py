"""Which files are author code, and whether they have changed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("workflows", "data_providers", "integrations", "lib")


def iter_sources(root: Path) -> Iterator[Path]:
    """Every Python file an author may have written, helpers (`_name.py`) included, in a fixed order."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "__pycache__" not in path.parts:
                yield path


def is_shared(root: Path, path: Path) -> bool:
    """Whether other author files may import this one."""
    return path.name.startswith("_") or path.is_relative_to(root / "lib")


def fingerprint(root: Path) -> str:
    """A digest that changes when any source is added, removed, moved or edited."""
    digest = hashlib.sha256()
    for path in iter_sources(root):
        digest.update(str(path.relative_to(root)).encode(errors="surrogateescape"))
        digest.update(file_digest(path).encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """A digest of one file's content; a file that cannot be read counts as empty."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
