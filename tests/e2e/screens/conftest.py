"""A stack with the data of some months, for those who look at screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.e2e.screens.stage import Found, furnish, workflows_root

from msp_devstack.ports import Ports
from msp_devstack.stack import Stack


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product on ports of its own, with everything the screens show."""
    root = workflows_root(tmp_path_factory.mktemp("screens-author"))
    with Stack(tmp_path_factory.mktemp("screens"), Ports.free(), workflows_root=root) as running:
        furnish(running)
        yield running


@pytest.fixture(scope="session")
def found(furnished: Stack) -> Found:
    """Ids by name."""
    return Found(furnished)
