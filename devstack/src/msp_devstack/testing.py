"""Pytest fixtures over the real parts of the local stack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from msp_devstack.azurite import Azurite

_ACCOUNTS = tuple(f"test{n:04d}" for n in range(2000))
_next_account = count()


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """One in-memory Azurite for the whole test session."""
    server = Azurite(accounts=_ACCOUNTS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def storage_account(azurite: Azurite) -> str:
    """Connection string of a storage account that no other test uses."""
    return azurite.connection_string(_ACCOUNTS[next(_next_account)])
