"""Working a page with nothing but the keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# The focused control itself, or for boxes and switches drawn beside their hidden input what is drawn.
_SHOWS_FOCUS = """() => {
  const one = document.activeElement;
  if (one === null || one === document.body || one.matches("main, [role=dialog], [tabindex='-1']")) return null;
  const drawn = [...(one.parentElement?.children ?? [])];
  for (let part = one; part !== null && drawn.length < 40 && !part.matches("form, main, section"); ) {
    drawn.push(part);
    part = part.parentElement;
  }
  const shows = drawn.some((part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  });
  return shows ? null : one.outerHTML.slice(0, 200);
}"""


def shows_focus(page: Page) -> None:
    """What has the focus shows it."""
    assert (hidden := page.evaluate(_SHOWS_FOCUS)) is None, f"nobody sees the focus on {hidden}"


def has_focus(one: Locator) -> bool:
    """Whether keys go there now."""
    return one.count() == 1 and bool(one.evaluate("one => one === document.activeElement"))


def reach(page: Page, one: Locator, *, key: str = "Tab", most: int = 120) -> None:
    """Press Tab until the control has the focus, which shows at each stop.

    Raises:
        AssertionError: It cannot be reached.
    """
    one.wait_for(state="attached")
    for _ in range(most):
        shows_focus(page)
        if has_focus(one):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{one} cannot be reached with {key}")


def press(page: Page, one: Locator, key: str = "Enter") -> None:
    """Reach a control and press a key on it."""
    reach(page, one)
    page.keyboard.press(key)


def write(page: Page, one: Locator, text: str) -> None:
    """Reach an input and type into it."""
    reach(page, one)
    page.keyboard.type(text)


def choose(page: Page, one: Locator, text: str) -> None:
    """Reach a list, find an option by typing, and take it."""
    reach(page, one)
    page.keyboard.type(text)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
