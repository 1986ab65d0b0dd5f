"""Pytest fixtures over the real parts of the local stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from msp_devstack.azurite import Azurite
from msp_devstack.running import (
    RunningGraph,
    RunningHalo,
    RunningIdentity,
    running_graph,
    running_halo,
    running_identity,
)

_ACCOUNTS = tuple(f"test{n:04d}" for n in range(2000))
_next_account = count()


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """One in-memory Azurite for the whole test session."""
    server = Azurite(accounts=_ACCOUNTS)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def new_storage_account(azurite: Azurite) -> Callable[[], str]:
    """Makes accounts that no other test uses, for fixtures that outlast a test; its result is as below."""
    return lambda: azurite.connection_string(_ACCOUNTS[next(_next_account)])


@pytest.fixture
def storage_account(new_storage_account: Callable[[], str]) -> str:
    """Connection string of a storage account that no other test uses."""
    return new_storage_account()


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[RunningIdentity]:
    """The local identity provider over HTTP; it takes redirect addresses on any loopback port."""
    with running_identity() as running:
        yield running


@pytest.fixture(scope="session")
def _graph_process() -> Iterator[RunningGraph]:
    with running_graph() as running:
        yield running


@pytest.fixture
def graph_sandbox(_graph_process: RunningGraph) -> RunningGraph:
    """The Graph sandbox over HTTP, in its first state."""
    _graph_process.control.reset()
    return _graph_process


@pytest.fixture(scope="session")
def _halo_process() -> Iterator[RunningHalo]:
    with running_halo() as running:
        yield running


@pytest.fixture
def halopsa_sandbox(_halo_process: RunningHalo) -> RunningHalo:
    """The HaloPSA sandbox over HTTP, without tickets."""
    _halo_process.control.reset()
    return _halo_process
