from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("azure.identity", "azure.storage", "azure.keyvault", "msal", "requests", "aiohttp", "cryptography")


@pytest.mark.parametrize(
    "module", ["msp_core.storage", "msp_core.executions.service", "msp_core.catalog.repository"]
)
def test_importing_storage_imports_no_heavy_azure_module(module: str) -> None:
    script = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert module in loaded
    assert [name for name in loaded if name in HEAVY or name.startswith(tuple(f"{h}." for h in HEAVY))] == []


def test_warming_up_imports_them_and_connects_to_nothing() -> None:
    script = """
import asyncio, json, sys
from msp_core.storage import Storage, StorageSettings

async def main():
    storage = Storage(StorageSettings(connection_string="no place to connect to"))
    await storage.warm_up()
    await storage.close()

asyncio.run(main())
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"aiohttp", "azure.storage.blob.aio", "azure.storage.queue.aio"} <= set(json.loads(done.stdout))
