"""The app on real storage, with tokens that the real validator checks against a key set on loopback."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

# pytest's importlib mode puts no test folder on the path; the modules below are this room's own.
sys.path.insert(0, str(Path(__file__).parent))

from management_people import Identity, serve_keys
from management_platform import Platform, World, build_world

from management_api.settings import Settings
from msp_devstack import demo


@pytest.fixture(scope="session")
def identity() -> Iterator[Identity]:
    """Signs tokens; the key that checks them is served over HTTP, as Entra serves its own."""
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
            "cors_origins": "http://localhost:5173",
            # Tests of access are one person many times over; test_limits.py sets a limit.
            "rate_limit_per_minute": 0,
        }
    )


@pytest.fixture
async def platform(settings: Settings, identity: Identity) -> AsyncIterator[Platform]:
    """The app with empty storage."""
    async with Platform(settings, identity) as platform:
        yield platform


@pytest.fixture
async def world(platform: Platform) -> World:
    """Two organizations, Contoso and Fabrikam, linked to their tenants."""
    return await build_world(platform)
