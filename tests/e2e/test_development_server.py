"""`make dev`: the client from its source files, each shown as soon as it is saved."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.faults.load import wait_until

from msp_devstack.azurite import free_port
from msp_devstack.services import REPOSITORY, Service, client_with_hot_reload
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
CLIENT = REPOSITORY / "client"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The client's source files, in a folder that tests may write to."""
    root = tmp_path / "client"
    ignored = shutil.ignore_patterns("node_modules", "dist", "*.test.*")
    shutil.copytree(CLIENT, root, ignore=ignored)
    (root / "node_modules").symlink_to(CLIENT / "node_modules")
    return root


@pytest.fixture
def server(stack: Stack, source: Path) -> Iterator[Service]:
    """The development server in front of the running stack, on a port of its own."""
    service = client_with_hot_reload(replace(stack.ports, client=free_port()), source)
    process = subprocess.Popen(service.command, env=os.environ | service.environment)
    try:
        with httpx.Client(trust_env=False) as http:
            wait_until(lambda: answers(http, service), timeout_seconds=60)
        yield service
    finally:
        process.terminate()
        process.wait(15)


def answers(http: httpx.Client, service: Service) -> bool:
    try:
        return http.get(service.url + service.probe).is_success
    except httpx.TransportError:
        return False


def test_a_saved_source_file_shows_without_loading_the_page_anew(
    stack: Stack, server: Service, source: Path, browser: Browser
) -> None:
    page = browser.new_page()
    try:
        page.goto(server.url, timeout=90_000)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=60_000)
        assert page.evaluate("fetch('/config.json').then((one) => one.json())")["managementApi"] == stack.url(
            "management"
        )
        page.evaluate("window.isSamePage = true")
        file = source / "src" / "app" / "pages" / "sign-in-page.tsx"
        file.write_text(file.read_text().replace('title="Sign in"', 'title="Come in"'))
        expect(page.get_by_role("heading", name="Come in")).to_be_visible(timeout=30_000)
        assert page.evaluate("window.isSamePage")
    finally:
        page.close()
