"""Every screen and state in Chromium: nothing overflows, is cut off or breaks accessibility; pictures are kept.

The pictures lie in `build/screens/<person>-<scheme>-<width>/`: to be looked at by whoever changes the client.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.e2e.screens import places
from tests.e2e.screens.looking import View, look, look_while_loading, visiting
from tests.e2e.screens.stage import Found

from msp_devstack import demo
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(900)]
PICTURES = REPOSITORY / "build" / "screens"
PEOPLE = {
    "admin": (demo.ADMIN, places.ADMIN),
    "technician": (demo.TECHNICIAN, places.TECHNICIAN),
    "client": (demo.CLIENT_USER, places.CLIENT_USER),
    "stranger": (demo.STRANGER, places.STRANGER),
    "nobody": (None, places.NOBODY),
}
LARGE = [View(scheme, *size) for scheme in ("light", "dark") for size in ((1366, 768), (1920, 1080))]
# A window beside another one, or a small notebook.
NARROW = View("light", 1024, 768)
# A telephone, and a small screen at 200 %.
SMALL = [View("light", 390, 844), View("dark", 683, 384)]


@pytest.mark.parametrize("view", [*LARGE, NARROW], ids=str)
@pytest.mark.parametrize("person", list(PEOPLE))
def test_every_screen_is_whole(
    browser: Browser, furnished: Stack, found: Found, person: str, view: View
) -> None:
    wrong = problems_of(browser, furnished, found, person, view)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("view", SMALL, ids=str)
@pytest.mark.parametrize("person", ["client", "technician", "stranger", "nobody"])
def test_what_many_come_to_is_whole_on_small_screens_too(
    browser: Browser, furnished: Stack, found: Found, person: str, view: View
) -> None:
    wrong = problems_of(browser, furnished, found, person, view)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("view", [LARGE[0], LARGE[2], NARROW], ids=str)
def test_every_screen_is_whole_while_it_loads(
    browser: Browser, furnished: Stack, found: Found, view: View
) -> None:
    with visiting(browser, furnished, demo.ADMIN, view) as visitor:
        folder = PICTURES / f"loading-{view}"
        wrong = [one for place in places.LOADING for one in look_while_loading(visitor, found, place, folder)]
    assert wrong == [], "\n".join(wrong)


def problems_of(browser: Browser, stack: Stack, found: Found, person: str, view: View) -> list[str]:
    """What is wrong with the screens that a person sees; each picture is kept."""
    who, seen = PEOPLE[person]
    with visiting(browser, stack, who, view) as visitor:
        folder = PICTURES / f"{person}-{view}"
        return [wrong for place in seen for wrong in look(visitor, found, place, folder)]
