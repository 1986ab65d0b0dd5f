"""The pictures of the user guide: what each shows, and the part of the screen that it shows."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from tests.e2e.screens.doing import press, run_report, try_integration
from tests.e2e.screens.looking import go
from tests.e2e.screens.places import Place
from tests.e2e.screens.stage import Found

from msp_devstack import demo
from msp_devstack.seed import CLIENT_ROLE, ONBOARD_FORM, REPORT_FORM

_MOST_BYTES = 100_000
_QUALITY = 72


@dataclass(frozen=True)
class Picture:
    """One picture, named as its place.

    Args:
        who: Who is signed in.
        height: How much of the screen from the top.
        of: A selector of the one part that is shown instead.
        margin: How much of what is around that part.
    """

    place: Place
    who: demo.DemoPerson = demo.ADMIN
    height: int = 768
    of: str | None = None
    margin: int = 0


def _switch(page: Page) -> None:
    page.get_by_role("combobox", name="Organization").click()
    page.get_by_role("combobox", name="Organization").fill("co")


def _fill(page: Page) -> None:
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Byron")
    page.get_by_label("Sign-in name").fill("ada.byron")
    page.get_by_label("Job title").fill("Analyst")
    page.get_by_role("combobox", name="Licence").click()
    page.get_by_role("option", name=re.compile("Business Premium")).click()


def _licence(page: Page) -> None:
    page.get_by_role("list", name="Fields").get_by_text("Licence").click()


def _name_webhook(page: Page) -> None:
    press("New webhook")(page)
    page.get_by_label("Name").fill("HaloPSA: new ticket")


_CONTOSO = "/organizations/{Contoso}"
PICTURES = (
    Picture(Place("home", "/", "Contoso"), demo.TECHNICIAN, height=620),
    Picture(Place("switcher", "/", "Contoso", _switch), height=360),
    Picture(Place("form", "/forms/{form:Onboard a user}", ONBOARD_FORM, _fill), demo.TECHNICIAN),
    Picture(Place("result", "/forms/{form:Licence report}", REPORT_FORM, run_report), demo.TECHNICIAN),
    Picture(Place("executions", "/executions", "Executions"), height=620),
    Picture(Place("execution-failed", "/executions/{run:reset_mfa}", "Reset MFA"), demo.TECHNICIAN),
    Picture(Place("organizations", "/organizations", "Organizations"), height=560),
    Picture(Place("tenant-failing", "/organizations/{Northwind Traders}", "Northwind Traders"), height=600),
    Picture(Place("permissions", f"{_CONTOSO}/permissions", "Contoso"), height=420),
    Picture(Place("role", "/roles/{role:Contoso office}", CLIENT_ROLE), height=420),
    Picture(Place("configuration", f"{_CONTOSO}/configuration", "Contoso"), height=700),
    Picture(Place("integrations", f"{_CONTOSO}/integrations", "Contoso", try_integration), height=640),
    Picture(Place("builder", "/forms/{form:Onboard a user}/edit", f"Edit {ONBOARD_FORM}", _licence)),
    Picture(Place("workflows", "/workflows", "Workflows"), demo.TECHNICIAN, height=640),
    Picture(Place("schedules", f"{_CONTOSO}/schedules", "Contoso"), height=440),
    Picture(Place("webhook", f"{_CONTOSO}/webhooks", "Contoso", _name_webhook), of="section[role=dialog]"),
    Picture(Place("health", "/health?window=7d", "Health"), height=1290, of="#main > div", margin=16),
)


def take(page: Page, found: Found, picture: Picture, folder: Path) -> Path:
    """Write a picture as WebP.

    Raises:
        AssertionError: It is larger than a page should have to load.
    """
    go(page, picture.place, found.address(picture.place.path, picture.place.of))
    box = page.locator(picture.of).bounding_box() if picture.of else None
    x, y, width, height = (
        (
            box["x"] - picture.margin,
            box["y"] - picture.margin,
            box["width"] + 2 * picture.margin,
            box["height"] + 2 * picture.margin,
        )
        if box
        else (0, 0, page.viewport_size["width"], picture.height)  # type: ignore[index]  # it was set
    )
    devtools = page.context.new_cdp_session(page)
    shot = devtools.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": _QUALITY,
            "captureBeyondViewport": True,
            "clip": {"x": x, "y": y, "width": width, "height": min(height, picture.height), "scale": 1},
        },
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{picture.place.name}.webp"
    path.write_bytes(base64.b64decode(shot["data"]))
    assert path.stat().st_size < _MOST_BYTES, f"{path.name} has {path.stat().st_size} bytes"
    return path
