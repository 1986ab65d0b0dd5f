"""The user guide's pictures can be taken; `make guide` takes them for `docs/guide`."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.e2e.screens.guide import PICTURES, take
from tests.e2e.screens.looking import View, visiting
from tests.e2e.screens.stage import Found

from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack


@pytest.mark.e2e
@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_guides_pictures_are_taken(browser: Browser, furnished: Stack, found: Found) -> None:
    folder = Path(os.environ.get("GUIDE_IMAGES", REPOSITORY / "build" / "guide"))
    by_person = sorted(PICTURES, key=lambda picture: picture.who.key)
    for who, pictures in itertools.groupby(by_person, key=lambda picture: picture.who):
        with visiting(browser, furnished, who, View("light", 1366, 768)) as visitor:
            for picture in pictures:
                take(visitor.page, found, picture, folder)
    assert {path.stem for path in folder.glob("*.webp")} == {one.place.name for one in PICTURES}
