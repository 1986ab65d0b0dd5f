"""Fixtures over a real storage account of each test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from msp_core.organizations.testing import Platform
from msp_core.storage import Bounds, Storage, StorageSettings
from msp_core.storage.testing import Network


@pytest.fixture
def network() -> Network:
    """What lies between `storage` and Azurite."""
    return Network()


@pytest.fixture
async def storage(storage_account: str, network: Network) -> AsyncIterator[Storage]:
    """An empty storage account; impatient, so that faults are quick to test."""
    bounds = Bounds(call_seconds=2.0, attempt_seconds=1.0, first_pause_seconds=0.01)
    opened = Storage(
        StorageSettings(connection_string=storage_account, bounds=bounds), wrap_transport=network.wrap
    )
    yield opened
    await opened.close()


@pytest.fixture
def tenant_id() -> str:
    """The tenant of some client."""
    return str(uuid4())


@pytest.fixture
async def msp(storage_account: str, tmp_path: Path, network: Network) -> AsyncIterator[Platform]:
    """All core services over an empty storage account and an empty vault."""
    storage = Storage(
        StorageSettings(connection_string=storage_account, local_vault_path=tmp_path / "vault"),
        wrap_transport=network.wrap,
    )
    yield Platform(storage)
    await storage.close()
