"""Bars of the engine's start: process begun to first answer, runners up and files imported."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tests.bench.measure import Bar, percentile
from tests.bench.stacks import running_azurite, storage_of, temporary_folder

from msp_core.catalog.repository import CatalogRepository
from msp_devstack import services
from msp_devstack.ports import Ports
from msp_devstack.services import Service

_STARTS = 5
_LIBRARIES = (
    "import aiohttp, azure.data.tables.aio, azure.storage.blob.aio, azure.storage.queue.aio, fastapi, uvicorn"
)
_SOURCE = '''"""Workflow number {number}."""

from msp_automation import OrganizationContext, param, workflow


@workflow(category="Bench")
@param("name", label="Name", help_text="Whom to greet")
async def workflow_{number:03d}(context: OrganizationContext, name: str, times: int = 1) -> str:
    """Greet somebody."""
    return " ".join([f"Hello {{name}} from {number}"] * times)
'''


def measure() -> list[Bar]:
    """Both bars, over one storage."""
    with temporary_folder() as folder, running_azurite() as azurite:
        # Processes begin more slowly on a busy machine: this tells how busy it was.
        imports = percentile([_seconds_to_import() for _ in range(_STARTS)], 50)
        bars = [Bar("process start to the libraries' end of import, p50", imports, "s")]
        for files, limit in ((0, 1.0), (200, 3.0)):
            root = _root(folder / str(files), files)
            ports, data = Ports.free(), folder / "data"
            apps = services.apps(ports, data, azurite.connection_string(), workflows_root=root, extra={})
            engine = next(app for app in apps if app.name == "engine")
            samples = [_seconds_to_answer(engine, folder) for _ in range(_STARTS)]
            assert asyncio.run(_published(azurite.connection_string())) == files
            what = f"engine process start to first answer, {files or 'no'} workflow files"
            bars.append(Bar(f"{what}, p50 of {_STARTS}", percentile(samples, 50), "s"))
            bars.append(Bar(f"{what}, slowest of {_STARTS}", max(samples), "s", limit))
    return bars


def _seconds_to_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LIBRARIES], check=True)
    return time.perf_counter() - began


def _root(root: Path, files: int) -> Path:
    for name in ("workflows", "data_providers"):
        (root / name).mkdir(parents=True)
    for number in range(files):
        (root / "workflows" / f"workflow_{number:03d}.py").write_text(_SOURCE.format(number=number))
    return root


def _seconds_to_answer(engine: Service, folder: Path) -> float:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MSP_")} | engine.environment
    with (folder / "engine.log").open("wb") as log, httpx.Client(trust_env=False, timeout=5) as http:
        began = time.perf_counter()
        process = subprocess.Popen(engine.command, env=environment, stdout=log, stderr=log)
        try:
            while not _answers(http, engine):
                assert process.poll() is None, (folder / "engine.log").read_text()
                time.sleep(0.01)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(15)


def _answers(http: httpx.Client, engine: Service) -> bool:
    try:
        return http.get(engine.url + engine.probe).is_success
    except httpx.ConnectError:
        return False


async def _published(connection_string: str) -> int:
    storage = storage_of(connection_string)
    try:
        return len((await CatalogRepository(storage).get()).workflows)
    finally:
        await storage.close()
