"""One seeded stack for all end-to-end tests, and people in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.e2e.browser import CHROMIUM_ARGUMENTS, Visitor

from msp_devstack import chromium, demo
from msp_devstack.api import Api
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack

AUTHOR = Path(__file__).parent / "author"


@pytest.fixture(scope="session")
def workflows_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's workflows and the tests' own, in a folder that tests may write to."""
    root = tmp_path_factory.mktemp("author")
    for source in (REPOSITORY / "workflow-engine", AUTHOR):
        for folder in ("workflows", "data_providers", "lib"):
            if not (source / folder).exists():
                continue
            shutil.copytree(
                source / folder,
                root / folder,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
    return root


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, workflows_root: Path) -> Iterator[Stack]:
    """The whole product on ports of its own, seeded."""
    with Stack(tmp_path_factory.mktemp("stack"), Ports.free(), workflows_root=workflows_root) as running:
        seed(running.ports)
        yield running


@pytest.fixture
def api(stack: Stack) -> Iterator[Callable[..., Api]]:
    """`api(person, organization)`: both services as a demo person, for an organization by name."""
    opened: list[Api] = []

    def open_api(person: demo.DemoPerson | None, organization: demo.DemoOrganization | None = None) -> Api:
        one = Api(stack.ports, person)
        opened.append(one)
        if organization is not None:
            one.use(organization_ids(stack)[organization.name])
        return one

    yield open_api
    for one in opened:
        one.close()


# What comes is waited for no longer than it takes; a busy machine takes more than Playwright's five seconds.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=list(CHROMIUM_ARGUMENTS)
        )
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[Callable[..., Visitor]]:
    """`visit(scheme, zone)`: somebody's browser; in the end nothing went wrong in it, and it asked nobody else."""
    visitors: list[Visitor] = []

    def begin(scheme: str = "light", zone: str | None = None) -> Visitor:
        visitors.append(Visitor(browser, stack, scheme, zone))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.close()
        assert visitor.problems == []
        assert visitor.hosts <= {"localhost", ""}


_ids: dict[int, dict[str, str]] = {}


def organization_ids(stack: Stack) -> dict[str, str]:
    """Ids of the seeded organizations by name."""
    if stack.ports.management not in _ids:
        with Api(stack.ports, demo.ADMIN) as admin:
            _ids[stack.ports.management] = {
                one.name: admin.organization_id(one.name) for one in demo.ORGANIZATIONS
            }
    return _ids[stack.ports.management]
