"""The documentation's site: built strictly, every page reached, nothing loaded from others."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect, sync_playwright

import msp_automation
from msp_automation import testing
from msp_devstack import chromium
from msp_devstack.docs_site.api_pages import METHODS, pages_of
from msp_devstack.docs_site.links import problems
from msp_devstack.docs_site.navigation import expand
from msp_devstack.docs_site.sources import bring_sources
from msp_devstack.services import REPOSITORY

SITE = REPOSITORY / "build" / "site"
DOCUMENTS = sorted((REPOSITORY / "docs" / "api").glob("*.json"))


@pytest.fixture(scope="module")
def site() -> Path:
    """Built as `make docs` builds it: a broken link fails here."""
    command = [sys.executable, "-m", "msp_devstack.docs_site"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return SITE


@pytest.mark.timeout(240)
def test_it_builds_without_a_broken_link_or_a_request_to_others(site: Path) -> None:
    assert list(problems(site)) == []
    pages = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    assert {"index.html", "testing.html", "decisions/index.html"} <= set(pages)


def test_every_public_name_of_the_sdk_is_in_the_reference(site: Path) -> None:
    ids = set(re.findall(r'id="(msp_automation\.[^"]+)"', (site / "sdk.html").read_text("utf-8")))
    described = {name.rpartition(".")[2] for name in ids}
    hooks = {"msp_world", "msp_author_code", "pytest_addoption", "pytest_configure"}
    kit = set(testing.__all__) - hooks - {"World", "RecordedContext", "ExecutionFailure", "GraphTenant"}
    assert set(msp_automation.__all__) | kit <= described


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_route_and_schema_is_in_the_http_reference(document: Path) -> None:
    told = json.loads(document.read_text("utf-8"))
    text = "\n".join(pages_of(told).values())
    for path, item in told["paths"].items():
        for method in set(item) & set(METHODS):
            assert f"`{method.upper()} {path}`" in text
            assert f"{{ #{item[method]['operationId']} }}" in text
    for name in told["components"]["schemas"]:
        assert f"{{ #schema-{name.lower()} }}" in text


def test_what_is_wrong_in_a_site_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<script src="https://cdn.example/x.js"></script><link href="//fonts.example/a.css" rel="stylesheet">'
        '<img src="none.png"><a href="other.html#nope">x</a><a href="gone.html">x</a>'
        '<a href="https://learn.example">a person may go there</a><pre class="mermaid">x</pre>'
    )
    (tmp_path / "other.html").write_text('<p id="yes">')
    (tmp_path / "lost.html").write_text('<p style="background: url(https://cdn.example/b.png)">')
    (tmp_path / "site.css").write_text("@import 'https://fonts.example/c.css'; a { background: url(a.png) }")
    assert sorted(problems(tmp_path)) == [
        "index.html has a mermaid, which is loaded from a CDN",
        "index.html links to gone.html, which is not there",
        "index.html links to other.html#nope, which has no such part",
        "index.html loads //fonts.example/a.css",
        "index.html loads https://cdn.example/x.js",
        "index.html loads none.png, which is not there",
        "lost.html is linked nowhere",
        "lost.html loads https://cdn.example/b.png",
        "site.css loads https://fonts.example/c.css",
    ]


def test_a_star_in_the_navigation_stands_for_the_pages_that_have_no_other_place(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "more/z.md", "more/README.md", "more/k.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    nav = 'nav = [\n{ "All" = ["b.md", "*.md", "none/*.md"] },\n{ "None" = ["none/*.md"] },\n"more/*.md",\n]'
    assert tomllib.loads(expand(nav, tmp_path))["nav"] == [
        {"All": ["b.md", "a.md"]},
        "more/README.md",
        "more/k.md",
        "more/z.md",
    ]


def test_code_that_a_page_links_to_comes_along(tmp_path: Path) -> None:
    repository, site = tmp_path / "repository", tmp_path / "repository" / "build"
    for name, text in {
        "docs/a.md": "",
        "room/code.py": "print(1)",
        "build/more/page.html": '<a href="../../room/code.py">x</a><a href="../a.md">x</a><a href="../../../key">x</a>',
    }.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    (tmp_path / "key").write_text("of somebody's own")
    bring_sources(site, repository / "docs", repository)
    assert (site / "source" / "room" / "code.py.txt").read_text() == "print(1)"
    assert (site / "more" / "page.html").read_text() == (
        '<a href="../source/room/code.py.txt">x</a><a href="../a.md">x</a><a href="../../../key">x</a>'
    )


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_opened_as_a_file_can_be_searched_and_asks_nobody(
    site: Path, scheme: Literal["light", "dark"]
) -> None:
    asked: list[str] = []
    with sync_playwright() as playwright:
        path = chromium.find_or_install()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "testing.html").as_uri())
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        is_bright = sum(map(int, re.findall(r"\d+", background)[:3])) > 380
        assert is_bright == (scheme == "light"), background
        page.keyboard.press("/")
        page.keyboard.type("daylight")
        expect(page.get_by_role("link", name=re.compile("Schedules", re.I)).last).to_be_visible()
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
