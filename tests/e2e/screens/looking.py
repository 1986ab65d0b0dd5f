"""Somebody in front of a screen: go there, wait until it is at rest, say what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests.e2e.browser import STILL, Visitor
from tests.e2e.screens.places import Place
from tests.e2e.screens.stage import Found

from msp_devstack import demo
from msp_devstack.stack import Stack

_PATIENT_MS = 20_000
# What is wider than the page, what of the header lies beside the window, and words that do not fit where they stand
# and are told nowhere else.
_CUT = """() => {
  const found = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth)
    found.push(`the page scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  for (const part of document.querySelectorAll('header :is(a, button, input)'))
    if (part.getBoundingClientRect().right > root.clientWidth)
      found.push(`beside the window: ${part.ariaLabel ?? part.textContent}`);
  for (const part of document.querySelectorAll('button *, a, a *, [role=tab] *, label, th, h1, h2, button')) {
    if (part.childElementCount > 0 || !part.textContent.trim() || part.closest('[title]')) continue;
    const style = getComputedStyle(part);
    const isCut = style.overflowX !== 'visible' && style.display !== 'inline' && part.clientWidth > 2;
    if (isCut && part.scrollWidth > part.clientWidth + 1) found.push(`cut off: ${part.textContent.trim()}`);
  }
  return found;
}"""
# The router counts its entries: without a number it could not tell forward from back.
_GO = """(to) => {
  history.pushState({idx: (history.state?.idx ?? 0) + 1, key: to}, '', to);
  dispatchEvent(new PopStateEvent('popstate', {state: history.state}));
}"""
_CLOSED_OR_ASKING = """() => {
  const dialogs = [...document.querySelectorAll('[role=dialog]')];
  return dialogs.length === 0 || dialogs.some((one) => /Leave and lose it/.test(one.textContent));
}"""
_AT_REST = f"""() => ({STILL})() && document.querySelectorAll('.mantine-Skeleton-root').length === 0"""


@dataclass(frozen=True)
class View:
    """A window and the colours in it: `light` or `dark`."""

    scheme: str
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}"


# A log is waited for as long as its execution runs.
_COUNT = """() => {
  window.unanswered = 0;
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    if (!this.isLog) {
      window.unanswered += 1;
      this.addEventListener('loadend', () => { window.unanswered -= 1 });
    }
    send.call(this, body);
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (...of) {
    this.isLog = String(of[1]).includes('/logs');
    open.apply(this, of);
  };
}"""
# Nothing is counted any more once the client was loaded anew.
_ANSWERED = "() => (window.unanswered ?? 0) === 0"


@contextmanager
def visiting(browser: Browser, stack: Stack, who: demo.DemoPerson | None, view: View) -> Iterator[Visitor]:
    """Somebody signed in, or nobody, with a window of that size; all the console's complaints are problems."""
    visitor = Visitor(browser, stack, view.scheme)
    page = visitor.page
    page.on(
        "console",
        lambda said: visitor.problems.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.set_viewport_size({"width": view.width, "height": view.height})
    try:
        if who is None:
            page.goto(stack.url("client"))
        else:
            visitor.sign_in(who)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.evaluate(_COUNT)
        yield visitor
    finally:
        visitor.close()


def go(page: Page, place: Place, address: str) -> None:
    """Open a place without loading the client anew, and do what is to be done there."""
    close_what_is_open(page)
    page.evaluate(_GO, address)
    heading = page.get_by_role("heading", level=1, name=place.heading)
    # What was typed at the place before is let go of.
    leave = _leave(page)
    expect(leave.or_(heading).first).to_be_visible(timeout=_PATIENT_MS)
    if leave.is_visible():
        leave.click()
        expect(heading).to_be_visible(timeout=_PATIENT_MS)
    rest(page)
    place.do(page)
    rest(page)


def close_what_is_open(page: Page) -> None:
    """Close menus and dialogs; what was typed in one is let go of."""
    dialogs = page.get_by_role("dialog")
    page.keyboard.press("Escape")
    page.wait_for_function(_CLOSED_OR_ASKING)
    if dialogs.count() > 0:
        _leave(page).click()
    expect(dialogs).to_have_count(0)


def _leave(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("button", name=re.compile("^Leave"))


def rest(page: Page) -> None:
    """Wait until nothing loads, fades or moves any more, but for what turns all the time."""
    page.wait_for_function(_AT_REST)
    page.wait_for_function(_ANSWERED)
    page.wait_for_function(_AT_REST)


def look(visitor: Visitor, found: Found, place: Place, folder: Path, *, with_axe: bool = True) -> list[str]:
    """Take a picture of a place; what is wrong with it."""
    page = visitor.page
    visitor.problems.clear()
    with _failing(page, place):
        go(page, place, found.address(place.path, place.of))
        return _picture(visitor, place, folder, with_axe=with_axe)


def look_while_loading(visitor: Visitor, found: Found, place: Place, folder: Path) -> list[str]:
    """As `look`, before the services have answered; they do afterwards."""
    page = visitor.page
    visitor.problems.clear()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/**", hold)
    page.evaluate(_GO, found.address(place.path, place.of))
    expect(page.get_by_role("heading", level=1, name=place.heading)).to_be_visible(timeout=_PATIENT_MS)
    expect(page.locator(".mantine-Skeleton-root").first).to_be_visible(timeout=_PATIENT_MS)
    page.wait_for_function(STILL)
    wrong = _picture(visitor, place, folder)
    for route in held:
        route.continue_()
    page.unroute("**/api/**")
    rest(page)
    return wrong


@contextmanager
def _failing(page: Page, place: Place) -> Iterator[None]:
    if place.failing is None:
        yield
        return

    def refuse(route: Route) -> None:
        route.fulfill(
            status=place.refusals[0],
            headers={
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "X-Request-Id",
                "X-Request-Id": "01a20986-eb98-7364-8261-1c5df3b017ee",
            },
            json={"error": "InternalError", "message": "This could not be done just now.", "details": {}},
        )

    page.route(place.failing, refuse)
    yield
    page.unroute(place.failing)


def _picture(visitor: Visitor, place: Place, folder: Path, *, with_axe: bool = True) -> list[str]:
    page = visitor.page
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{place.name}.png", full_page=True)
    refused = tuple(f"responded with a status of {status}" for status in place.refusals)
    said = [one for one in visitor.problems if not any(status in one for status in refused)]
    wrong = [*page.evaluate(_CUT), *said]
    wrong += visitor.violations() if with_axe else []
    return [f"{place.name}: {one}" for one in wrong]
