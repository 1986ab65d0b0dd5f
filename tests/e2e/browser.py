"""Pages of the client in Chromium, signed in as one of the demo people."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from msp_devstack import demo
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Nothing moves but what always does, such as the sign of something that runs: for some frames in a row, since what
# fades in is there for a frame before it begins to.
STILL = """() => {
  const moves = document.getAnimations().some(
    (one) => one.playState === 'running' && one.effect.getTiming().iterations !== Infinity);
  const frames = moves ? 0 : (window.stillFrames ?? 0) + 1;
  const isStill = frames === 5;
  window.stillFrames = isStill ? 0 : frames;
  return isStill;
}"""
AXE = REPOSITORY / "client" / "node_modules" / "axe-core" / "axe.min.js"


class Visitor:
    """One person's browser: a context of its own, with what the console said.

    Args:
        scheme: `light` or `dark`.
        zone: Time zone that the browser is in (IANA name); by default this machine's.
    """

    def __init__(
        self, browser: Browser, stack: Stack, scheme: str = "light", zone: str | None = None
    ) -> None:
        self.stack = stack
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1366, "height": 768},
            color_scheme=scheme,  # type: ignore[arg-type]  # a literal of two words
            timezone_id=zone,
        )
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.problems.append(message.text) if "Security Policy" in message.text else None,
        )
        self.hosts: set[str] = set()
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2].split(":")[0]))

    def sign_in(self, person: demo.DemoPerson) -> None:
        """Go to the client, choose to sign in, and pick the person at the identity provider."""
        self.page.goto(self.stack.url("client"))
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name=person.name).click()

    def choose_organization(self, name: str) -> None:
        """Switch to another organization with the switcher."""
        self.page.get_by_role("combobox", name="Organization").click()
        self.page.get_by_role("option", name=name).click()

    def open_form(self, name: str) -> None:
        """Open a form from the list of forms."""
        self.page.get_by_role("navigation").get_by_role("link", name="Forms").click()
        # The name comes first, also where the link goes on with the description; "Edit …" is another one.
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()

    def fill_onboarding(self, email: str) -> None:
        """Fill the form “Onboard a user”, with a licence of which the tenant has many."""
        self.page.get_by_label("First name").fill("New")
        self.page.get_by_label("Last name").fill("Starter")
        self.page.get_by_label("Sign-in name").fill(email)
        self.page.get_by_role("combobox", name="Licence").click()
        self.page.get_by_role("option", name=re.compile("Defender for Office")).click()

    def violations(self) -> list[str]:
        """What axe finds on the page once nothing moves: what is half faded in has too little contrast."""
        self.page.wait_for_function(STILL)
        # Evaluated over the debugging protocol: the page's own policy forbids foreign scripts.
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]

    def close(self) -> None:
        """Close the context."""
        self.context.close()
