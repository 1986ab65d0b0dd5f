"""One thing that is wrong, at its file and line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in an author file.

    Attributes:
        file: Relative to the author's folder.
        line: From 1; 0 where it concerns the whole file.
        source: Who found it: `discovery`, `described`, `shared-state`, `mypy` or `pyright`.
    """

    file: str
    line: int
    message: str
    severity: Severity = "error"
    source: str = "discovery"

    @property
    def place(self) -> str:
        """`file:line`, as editors and terminals make it a link."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def document(self) -> dict[str, Any]:
        """The problem as JSON."""
        return asdict(self)
