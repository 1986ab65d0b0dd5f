"""The pytest plugin: fixtures that give each test a world of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from msp_automation.testing.api import FakeApi
    from msp_automation.testing.author_code import AuthorCode
    from msp_automation.testing.graph_api import GraphSandbox
    from msp_automation.testing.halopsa_api import HaloSandbox
    from msp_automation.testing.submitting import CallProvider, SubmitForm
    from msp_automation.testing.world import RecordedContext, World

_ROOT = "msp_root"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that says where the author files are."""
    parser.addini(_ROOT, "folder that holds workflows/ and data_providers/, from pytest's root", default=".")


def pytest_configure(config: pytest.Config) -> None:
    """Let tests import `workflows.…`, `data_providers.…` and `lib.…`."""
    root = (config.rootpath / config.getini(_ROOT)).resolve()
    if (root / "workflows").is_dir() and str(root) not in sys.path:
        sys.path.append(str(root))
    if (root / "lib").is_dir():
        from msp_automation.shared_modules import open_shared_modules

        open_shared_modules(root)


@pytest.fixture
def msp_world() -> World:
    """The sandboxes, clock and contexts of this test; the other fixtures are parts of it."""
    try:
        from msp_automation.testing.world import World
    except ModuleNotFoundError as missing:
        raise _incomplete(missing) from missing
    return World()


@pytest.fixture
def make_org_context(msp_world: World) -> Callable[..., RecordedContext]:
    """Makes contexts: `make_org_context(org="Fabrikam", config={...}, secrets={...}, integrations={...})`."""
    return msp_world.make_context


@pytest.fixture
def org_context(msp_world: World) -> RecordedContext:
    """A context of an organization called Contoso, with Graph and HaloPSA set up."""
    return msp_world.make_context()


@pytest.fixture
def graph(msp_world: World) -> GraphSandbox:
    """Microsoft Graph in this process, with an empty tenant for Contoso."""
    try:
        return msp_world.graph
    except ModuleNotFoundError as missing:
        raise _incomplete(missing) from missing


@pytest.fixture
def halopsa(msp_world: World) -> HaloSandbox:
    """HaloPSA in this process, with one client, Contoso, and no tickets."""
    try:
        return msp_world.halopsa
    except ModuleNotFoundError as missing:
        raise _incomplete(missing) from missing


@pytest.fixture
def fake_api(msp_world: World) -> Callable[[str], FakeApi]:
    """Makes APIs that answer what the test says: `fake_api("https://api.acme.example")`."""
    return msp_world.fake_api


@pytest.fixture
def msp_author_code(pytestconfig: pytest.Config) -> AuthorCode:
    """The author files of this repository."""
    from msp_automation.testing.author_code import AuthorCode

    return AuthorCode((pytestconfig.rootpath / pytestconfig.getini(_ROOT)).resolve())


@pytest.fixture
def submit_form(msp_world: World, msp_author_code: AuthorCode) -> SubmitForm:
    """Runs a workflow as a form would: `submit_form(onboard_user, {"email": "ada@contoso.example"})`."""
    from msp_automation.testing.submitting import SubmitForm

    return SubmitForm(msp_world, msp_author_code)


@pytest.fixture
def call_provider(msp_world: World, msp_author_code: AuthorCode) -> CallProvider:
    """Asks a data provider for its options: `call_provider(list_groups, {"search": "sales"})`."""
    from msp_automation.testing.submitting import CallProvider

    return CallProvider(msp_world, msp_author_code)


def _incomplete(missing: ModuleNotFoundError) -> ModuleNotFoundError:
    return ModuleNotFoundError(
        f"The test kit needs {missing.name!r}. Install it: pip install 'msp-automation[testing]'.",
        name=missing.name,
    )
