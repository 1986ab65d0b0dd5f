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
