"""Find Chromium for the browser tests, or install it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")


class ChromiumError(RuntimeError):
    """There is no Chromium and it could not be installed."""


def find() -> str | None:
    """Path of a Chromium on this machine: `CHROMIUM`, the usual names, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights()


def find_or_install() -> str:
    """Path of a Chromium, installed first if need be.

    As root on Debian the distribution's package is taken, otherwise Playwright's build.

    Raises:
        ChromiumError: Neither way worked.
    """
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if found := find():
        return found
    raise ChromiumError(
        "Chromium was not found and could not be installed. Install it and set CHROMIUM to its path."
    )


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None
