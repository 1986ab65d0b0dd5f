"""The user guide is whole: its links and pictures lead somewhere, and no picture is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.e2e.screens.guide import PICTURES

from msp_devstack.services import REPOSITORY

GUIDE = REPOSITORY / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))


def links_of(page: Path) -> set[str]:
    """Where a page leads within the repository."""
    found = re.findall(r"\]\(([^)#]+)", page.read_text())
    return {link for link in found if "://" not in link}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    assert [link for link in links_of(page) if not (GUIDE / link).exists()] == []


def test_every_picture_is_taken_by_the_test_shown_on_a_page_and_small() -> None:
    taken = {one.place.name for one in PICTURES}
    shown = {Path(link).stem for page in PAGES for link in links_of(page) if link.startswith("images/")}
    there = {path.stem: path.stat().st_size for path in (GUIDE / "images").iterdir()}
    assert taken == shown == set(there)
    assert max(there.values()) < 100_000


def test_the_start_page_leads_to_every_other() -> None:
    assert {page.name for page in PAGES if page.name != "README.md"} <= links_of(GUIDE / "README.md")
