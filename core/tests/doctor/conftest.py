"""A platform that is impatient with its storage, and a doctor for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from msp_core.doctor.testing import Surgery
from msp_core.organizations.testing import Platform
from msp_core.storage import Bounds, Storage, StorageSettings
from msp_core.storage.testing import Network


@pytest.fixture
async def msp(storage_account: str, tmp_path: Path, network: Network) -> AsyncIterator[Platform]:
    bounds = Bounds(call_seconds=2.0, attempt_seconds=1.0, first_pause_seconds=0.01)
    storage = Storage(
        StorageSettings(
            connection_string=storage_account, local_vault_path=tmp_path / "vault", bounds=bounds
        ),
        wrap_transport=network.wrap,
    )
    yield Platform(storage)
    await storage.close()


@pytest.fixture
def surgery(msp: Platform) -> Surgery:
    return Surgery(msp.storage)
