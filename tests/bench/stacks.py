"""What the bars are measured against: stacks of their own, and sessions of people signed in to them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import aiohttp

from msp_core.storage import Bounds, Storage, StorageSettings
from msp_devstack import demo
from msp_devstack.azurite import DEVSTACK_DIR, Azurite
from msp_devstack.identity import sign_in
from msp_devstack.ports import Ports
from msp_devstack.services import platform_environment
from msp_devstack.stack import Stack
from workflow_engine.settings import Settings

AUTHOR = Path(__file__).parent / "author"
_NO_AUTOSAVE = Path(__file__).parent / "no_autosave.cjs"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="msp-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_stack(
    *, data: Path | None = None, with_client: bool = False, author: Path = AUTHOR
) -> Iterator[Stack]:
    """A stack with the bench's workflows, storage in memory.

    Args:
        author: The workflows that it has, in place of the usual ones.
        data: Folder with a storage that is there already; the stack works on it and leaves it.
        with_client: Serve the built web client too.
    """
    with temporary_folder() as folder:
        root = shutil.copytree(author, folder / "author", ignore=shutil.ignore_patterns("__pycache__"))
        stack = Stack(data or folder, Ports.free(), with_client=with_client, workflows_root=root)
        if data is None:
            stack.azurite.location = None
        with _saved_at_the_end_only(), stack:
            yield stack


@contextmanager
def running_azurite(location: Path | None = None) -> Iterator[Azurite]:
    """Storage alone."""
    azurite = Azurite(location)
    with _saved_at_the_end_only():
        azurite.start()
    try:
        yield azurite
    finally:
        azurite.stop(timeout_seconds=60)


@contextmanager
def _saved_at_the_end_only() -> Iterator[None]:
    """An Azurite that is started meanwhile does not stand still every five seconds to save what it holds."""
    os.environ["MSP_BENCH_LOKIJS"] = str(DEVSTACK_DIR / "node_modules" / "lokijs")
    os.environ["NODE_OPTIONS"] = f"--require={_NO_AUTOSAVE}"
    try:
        yield
    finally:
        del os.environ["MSP_BENCH_LOKIJS"], os.environ["NODE_OPTIONS"]


def storage_of(connection_string: str) -> Storage:
    """Direct access to a stack's storage, patient enough to fill it on a busy machine."""
    patient = Bounds(call_seconds=120, attempt_seconds=60)
    return Storage(StorageSettings(connection_string=connection_string, bounds=patient))


def settings_of(ports: Ports, data: Path, connection_string: str) -> Settings:
    """The settings that an app of the stack has."""
    environment = platform_environment(ports, data, connection_string)
    values = {name.removeprefix("MSP_").lower(): value for name, value in environment.items()}
    return Settings(**values)  # type: ignore[arg-type]  # as the environment would give them


def session(
    stack: Stack,
    service: Literal["management", "engine"],
    person: demo.DemoPerson,
    organization_id: str | None = None,
) -> aiohttp.ClientSession:
    """A client of one service, signed in; aiohttp, since on two cores its own time is in every figure."""
    redirect_uri = f"{stack.url('client')}/auth.html"
    tokens = sign_in(stack.url("identity"), person.key, redirect_uri=redirect_uri)
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    if organization_id is not None:
        headers["X-Organization-Id"] = organization_id
    return aiohttp.ClientSession(
        stack.url(service),
        headers=headers,
        connector=aiohttp.TCPConnector(limit=100),
        timeout=aiohttp.ClientTimeout(60),
    )
