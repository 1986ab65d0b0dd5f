"""An engine for each test that asks for one."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

# pytest's importlib mode puts no test folder on the path; mypy knows this one by the same name.
sys.path.insert(0, str(Path(__file__).parents[2]))

from msp_devstack import demo
from msp_devstack.running import RunningIdentity
from tests.app.engine_world import World, write_author_files
from workflow_engine.settings import Settings

MakeWorld = Callable[..., Awaitable[World]]


@pytest.fixture
def settings(storage_account: str, identity_provider: RunningIdentity, tmp_path: Path) -> Settings:
    """Settings of a platform that exists for one test."""
    return Settings.model_validate(
        {
            "storage_connection_string": storage_account,
            "local_vault_path": str(tmp_path / "vault"),
            "tenant_id": demo.MSP_TENANT_ID,
            "token_audience": demo.API_AUDIENCE,
            "token_issuer": identity_provider.issuer_template,
            "jwks_url": identity_provider.jwks_url,
            "workflows_root": str(tmp_path / "author"),
            "runners": 1,
            "max_runners": 2,
            "shutdown_grace_seconds": 0.2,
            "log_level": "WARNING",
            # Tests are one person many times over; test_limits.py sets a limit.
            "rate_limit_per_minute": 0,
        }
    )


@pytest.fixture
async def make_world(settings: Settings, identity_provider: RunningIdentity) -> AsyncIterator[MakeWorld]:
    """Make an engine with these author files; keyword arguments that are settings replace them."""
    async with AsyncExitStack() as stack:

        async def make(workflows: str = "", providers: str = "", **changes: Any) -> World:
            files = {name: changes.pop(name) for name in list(changes) if name not in Settings.model_fields}
            changed = settings.model_copy(update=changes)
            write_author_files(changed.workflows_root, workflows=workflows, providers=providers, **files)
            return await stack.enter_async_context(World(changed, identity_provider))

        yield make
