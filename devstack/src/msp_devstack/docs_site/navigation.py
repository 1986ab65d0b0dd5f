"""The navigation: `zensical.toml` names the pages that have a place, and folders by `*`."""

from __future__ import annotations

import re
from pathlib import Path

from msp_devstack.services import REPOSITORY

SOURCE = REPOSITORY / "zensical.toml"
# Zensical finds the pages beside its settings, so that is where these have to be.
EXPANDED = REPOSITORY / "zensical.expanded.toml"

_PAGE = re.compile(r'"([^"\n]*\.md)"')
_GAP = re.compile(r"(?<=[\[,])\s*,")
_EMPTY_SECTION = re.compile(r'\{ "[^"\n]*" = \[\s*\] \},')


def expand(settings: str, docs: Path) -> str:
    """The settings with `"folder/*.md"` replaced by the folder's pages that are not named elsewhere.

    A folder's `README.md` comes first and stands for the folder.
    """
    named = {page for page in _PAGE.findall(settings) if "*" not in page}

    def pages(found: re.Match[str]) -> str:
        if "*" not in found[1]:
            return found[0]
        matching = (path.relative_to(docs).as_posix() for path in sorted(docs.glob(found[1])))
        left = sorted(set(matching) - named, key=lambda page: (not page.endswith("README.md"), page))
        return ", ".join(f'"{page}"' for page in left)

    return _EMPTY_SECTION.sub("", _GAP.sub("", _PAGE.sub(pages, settings)))
