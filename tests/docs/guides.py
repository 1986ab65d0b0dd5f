"""The guides' code blocks, by language and title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
GUIDES = sorted(
    {
        REPOSITORY / "README.md",
        *REPOSITORY.glob("docs/*.md"),
        *REPOSITORY.glob("docs/guide/*.md"),
        *REPOSITORY.glob("*/README.md"),
    }
    - {REPOSITORY / "client" / "README.md"}
)
NOT_RUN = "Not run by "

_FENCE = re.compile(r'```(\w*)(?: title="([^"]*)")?\s*$')


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        line: Of its first line of content, from 1.
        title: What stands above it on the site: the file that it is, or why it is not run.
    """

    guide: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def is_run(self) -> bool:
        """Whether the page promises that it works."""
        return not self.title.startswith(NOT_RUN)

    @property
    def place(self) -> str:
        """Its file and line, for messages."""
        return f"{name_of(self.guide)}:{self.line}"


def name_of(guide: Path) -> str:
    """Its path in the repository."""
    return guide.relative_to(REPOSITORY).as_posix()


def blocks_of(guide: Path) -> Iterator[Block]:
    """Its blocks, from top to bottom."""
    opening: re.Match[str] | None = None
    lines: list[str] = []
    for number, line in enumerate(guide.read_text("utf-8").splitlines(), start=1):
        fence = _FENCE.fullmatch(line)
        if opening is None:
            assert fence is not None or not line.startswith("```"), (
                f"{name_of(guide)}:{number}: {line!r} begins no block"
            )
            opening, lines = fence, []
        elif fence is not None:
            text = "\n".join(lines) + "\n"
            yield Block(guide, number - len(lines), opening[1], opening[2] or "", text)
            opening = None
        else:
            lines.append(line)
