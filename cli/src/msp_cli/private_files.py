"""Files that are their owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

_OWNER_ONLY = 0o600
_FOLDER_OF_OWNER = 0o700


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read; whoever reads meanwhile sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_OF_OWNER)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            target.write(text)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_private(path: Path) -> str | None:
    """The text of such a file; None where there is none, or where others may read it."""
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            return None
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
