"""A tab of Chromium whose processor can be slowed, with instruments in every page that it opens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright
from tests.e2e.browser import CHROMIUM_ARGUMENTS, Visitor

from msp_devstack import chromium, demo
from msp_devstack.stack import Stack

_INSTRUMENTS = (Path(__file__).parent / "instruments.js").read_text()
_BETWEEN_KEYS_MS = 40
"""As somebody types who types fast; what a key leaves behind for later delays the next one."""
_LOADS_SECONDS = 3
_TYPING_SECONDS = 3


@dataclass(frozen=True)
class Content:
    """What a person waits for.

    Attributes:
        title: The page's heading; None where any will do.
        count: How many elements of `selector` have to be there.
    """

    selector: str
    title: str | None = None
    count: int = 1


@dataclass(frozen=True)
class Load:
    """How a page came up; milliseconds since its address was opened."""

    first_paint: float
    first_contentful: float
    largest: float
    shown: float
    long_task_ms: float
    transferred_kib: float


@dataclass(frozen=True)
class Work:
    """What the page's main thread and React did for something."""

    task_ms: float
    commits: int


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=list(CHROMIUM_ARGUMENTS)
        )
        yield browser
        browser.close()


class Tab:
    """One person's tab.

    Args:
        slowdown: How many times slower than this machine the page's processor is.
    """

    def __init__(self, browser: Browser, stack: Stack, slowdown: int) -> None:
        self.slowdown = slowdown
        self.visitor = Visitor(browser, stack)
        self.page = self.visitor.page
        self.page.add_init_script(_INSTRUMENTS)
        self._protocol: CDPSession = self.visitor.context.new_cdp_session(self.page)
        # The processor's time, not the clock's: others use this machine too.
        self._protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._protocol.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})

    def named(self, what: str) -> str:
        """How the table calls a figure of this tab."""
        return f"client {self.slowdown}x: {what}"

    def sign_in(self, person: demo.DemoPerson, content: Content) -> None:
        """Sign in and wait for the first page's content."""
        self.visitor.sign_in(person)
        # The page of the identity provider is left for the client's: only that one has the content.
        self.page.wait_for_selector(content.selector)
        self.settle()

    def load(self, path: str, content: Content, *, cold: bool) -> Load:
        """Open an address of the client anew.

        Args:
            cold: With nothing in the browser's cache, neither files nor compiled code.
        """
        if cold:
            self._protocol.send("Network.clearBrowserCache")
        self.page.goto("about:blank")
        self.page.goto(self.visitor.stack.url("client") + path, wait_until="commit")
        shown = self._call("shown", asdict(content))
        loaded = self._call("loaded")
        return Load(
            first_paint=loaded["firstPaint"],
            first_contentful=loaded["firstContentful"],
            largest=loaded["largest"],
            shown=shown,
            long_task_ms=loaded["longTaskMs"],
            transferred_kib=loaded["transferredKiB"],
        )

    def go(self, selector: str, text: str, content: Content) -> float:
        """Milliseconds from a click to what it leads to."""
        took = float(self._call("go", selector, text, asdict(content)))
        # What the page asks for again behind what it shows is not the next one's.
        self._call("pause", 50)
        return took

    def loads(self, path: str, content: Content, *, cold: bool, count: int = 3) -> list[Load]:
        """As many loads as were asked for, fewer on a busy machine."""
        until = time.monotonic() + _LOADS_SECONDS
        loads = [self.load(path, content, cold=cold)]
        while len(loads) < count and time.monotonic() < until:
            loads.append(self.load(path, content, cold=cold))
        return loads

    def type(self, text: str) -> list[float]:
        """Milliseconds from each key to the frame that shows it; the keyboard is in an input.

        Stops early on a busy machine.
        """
        samples: list[float] = []
        until = time.monotonic() + _TYPING_SECONDS
        for key in text:
            if len(samples) > 1 and time.monotonic() > until:
                break
            self.page.keyboard.press(key)
            samples.append(float(self.page.evaluate("() => bench.seen.keyPainted")))
            self._call("pause", _BETWEEN_KEYS_MS)
        return samples

    def scroll(self, selector: str, step: int, count: int) -> list[float]:
        """Milliseconds of each frame while something is scrolled by `step` pixels a frame."""
        return [float(one) for one in self._call("scroll", selector, step, count)]

    @contextmanager
    def counted(self) -> Iterator[list[Work]]:
        """What is done inside is counted; the list has it afterwards."""
        found: list[Work] = []
        task, commits = self._metric("TaskDuration"), self._commits()
        yield found
        found.append(Work((self._metric("TaskDuration") - task) * 1000, self._commits() - commits))

    def heap_mb(self) -> float:
        """JavaScript's heap once what nobody holds is gone."""
        self._protocol.send("HeapProfiler.collectGarbage")
        return self._metric("JSHeapUsedSize") / 2**20

    def nodes(self) -> int:
        """Nodes of documents, attached or held by a script."""
        return int(self._metric("Nodes"))

    def settle(self) -> None:
        """Wait until nothing is loading, not even the code of other pages."""
        self.page.wait_for_load_state("networkidle")

    def close(self) -> None:
        """Close the tab."""
        self.visitor.close()

    def _commits(self) -> int:
        return int(self.page.evaluate("() => bench.seen.commits"))

    def _metric(self, name: str) -> float:
        metrics = self._protocol.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == name))

    def _call(self, name: str, *arguments: object) -> Any:
        return self.page.evaluate(
            "([name, given]) => globalThis.bench[name](...given)", [name, list(arguments)]
        )
