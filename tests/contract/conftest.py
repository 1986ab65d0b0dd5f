"""The Management API for the tests of its contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.contract.management import ORIGIN, World, fill, running
from tests.isolation.people import Identity, serve_keys

from management_api.settings import Settings
from msp_devstack import demo


@pytest.fixture(scope="session")
def identity() -> Iterator[Identity]:
    """Signs tokens."""
    with serve_keys() as identity:
        yield identity


@pytest.fixture
def settings(storage_account: str, identity: Identity, tmp_path: Path) -> Settings:
    """Settings of a platform that exists for one test."""
    return Settings.model_validate(
        {
            "storage_connection_string": storage_account,
            "local_vault_path": str(tmp_path / "vault"),
            "tenant_id": demo.MSP_TENANT_ID,
            "token_audience": demo.API_AUDIENCE,
            "token_issuer": identity.issuer,
            "jwks_url": identity.jwks_url,
            "cors_origins": ORIGIN,
            "rate_limit_per_minute": 0,
        }
    )


@pytest.fixture
async def empty(settings: Settings, identity: Identity) -> AsyncIterator[World]:
    """A platform with nothing in it."""
    async with running(settings, identity) as world:
        yield world


@pytest.fixture
async def world(empty: World) -> World:
    """A platform with something of everything."""
    await fill(empty)
    return empty
