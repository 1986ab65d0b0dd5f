"""Bars of the client: pages, sections, forms, lists and logs in Chromium, at full speed and four times slowed."""

from __future__ import annotations

import asyncio
import json
import subprocess

from tests.bench import client_data, client_forms, client_lists, client_pages
from tests.bench.measure import Bar
from tests.bench.stacks import running_stack
from tests.bench.tab import Tab, running_browser

from msp_devstack import demo
from msp_devstack.api import Api
from msp_devstack.services import REPOSITORY

_SLOWDOWNS = (1, 4)
_KIB = 1024


def measure() -> list[Bar]:
    """Every bar of the group, against one stack that serves the production build."""
    with running_stack(with_client=True) as stack:
        asyncio.run(client_data.fill(stack))
        with Api(stack.ports, demo.ADMIN, organization_id=client_data.ORGANIZATIONS[0]) as admin:
            client_data.shared(admin)
            form_id, execution_id = client_data.large_form(admin), client_data.long_log(admin)
        bars = _sizes()
        with running_browser() as browser:
            for slowdown in _SLOWDOWNS:
                tab = Tab(browser, stack, slowdown)
                bars += client_pages.first_pages(tab)
                bars += client_pages.sections(tab)
                bars += client_lists.measure(tab, execution_id)
                bars += client_forms.measure(tab, form_id)
                tab.close()
        return bars


def _sizes() -> list[Bar]:
    """What the build weighs, compressed."""
    script = REPOSITORY / "client" / "scripts" / "sizes.mjs"
    answer = subprocess.run(["node", script, "--json"], check=True, capture_output=True, text=True)
    sizes = json.loads(answer.stdout)
    largest = sizes["largestLater"]
    return [
        Bar("client: start route, JavaScript gzip", sizes["start"]["js"] / _KIB, "KiB", 290),
        Bar("client: start route, CSS gzip", sizes["start"]["css"] / _KIB, "KiB", 40),
        Bar("client: everything, JavaScript gzip", sizes["all"]["js"] / _KIB, "KiB"),
        Bar(
            "client: largest chunk that loads later, gzip",
            largest["bytes"] / _KIB,
            "KiB",
            note=largest["file"],
        ),
    ]
