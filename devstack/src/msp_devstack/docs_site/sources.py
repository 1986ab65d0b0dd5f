"""Code that pages link to comes along: beside the site's pages there is no repository."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_LINK = re.compile(r'href="(\.\./[^"#?]+)"')


def bring_sources(site: Path, docs: Path, repository: Path) -> None:
    """Copy files outside of `docs` that pages link to into `source/`, as text, and link to the copies."""
    for page in site.rglob("*.html"):
        folder = page.parent.relative_to(site)

        def copied(link: re.Match[str], page: Path = page, folder: Path = folder) -> str:
            target = (docs / folder / link[1]).resolve()
            if not target.is_file() or not target.is_relative_to(repository) or target.is_relative_to(docs):
                return link[0]
            # A browser shows text and would download anything it does not know.
            copy = site / "source" / f"{target.relative_to(repository).as_posix()}.txt"
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, copy)
            return f'href="{Path(os.path.relpath(copy, page.parent)).as_posix()}"'

        text = page.read_text("utf-8")
        changed = _LINK.sub(copied, text)
        if changed != text:
            page.write_text(changed, "utf-8")
