"""What is wrong in a built site: pages nobody reaches, links that lead nowhere, requests to others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes that a browser follows by itself, as it opens the page; a person follows `href` of `a`.
_LOADED = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("iframe", "src"),
    ("video", "src"),
    ("object", "data"),
    ("image", "href"),
    ("use", "href"),
}
_STYLE_URL = re.compile(r"(?:url\(\s*|@import\s+)['\"]?([^'\")\s]+)")
# What the theme's own code loads from a CDN, and only for pages that hold it.
_LOADS_MORE = re.compile(r'class="[^"]*\b(mermaid|glightbox|pyodide|md-ace)\b')


class Page(HTMLParser):
    """One page's ids, what it links to, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        text = path.read_text("utf-8")
        self.loads_more = _LOADS_MORE.findall(text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what counts of one element."""
        for name, value in attrs:
            if value is None:
                continue
            if name in {"id", "name"}:
                self.ids.add(value)
            elif (tag, name) in _LOADED and not (tag == "link" and dict(attrs).get("rel") == "canonical"):
                self.loads.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)
            elif name == "style":
                self.loads += _STYLE_URL.findall(value)


def problems(site: Path) -> Iterator[str]:
    """Each in one line."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    home = site / "index.html"
    reached = {home}
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        for address in page.loads:
            if _is_foreign(address):
                yield f"{where} loads {address}"
            elif not address.startswith("data:") and _target(path, address) is None:
                yield f"{where} loads {address}, which is not there"
        yield from (f"{where} has a {kind}, which is loaded from a CDN" for kind in page.loads_more)
        for address in page.links:
            if urlsplit(address).scheme or _is_foreign(address):
                continue
            target = _target(path, address)
            if target is None:
                yield f"{where} links to {address}, which is not there"
                continue
            reached.add(target)
            part = unquote(urlsplit(address).fragment)
            if part and target in pages and part not in pages[target].ids:
                yield f"{where} links to {address}, which has no such part"
    yield from (f"{path.relative_to(site).as_posix()} is linked nowhere" for path in set(pages) - reached)
    for sheet in site.rglob("*.css"):
        for address in _STYLE_URL.findall(sheet.read_text("utf-8")):
            if _is_foreign(address):
                yield f"{sheet.relative_to(site).as_posix()} loads {address}"


def _is_foreign(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} or bool(parts.netloc)


def _target(page: Path, address: str) -> Path | None:
    path = unquote(urlsplit(address).path)
    target = (page.parent / path).resolve() if path else page
    if target.is_dir():
        target = target / "index.html"
    return target if target.exists() else None
