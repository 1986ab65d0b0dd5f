"""Write the OpenAPI documents of both services, from which the client's types are generated."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from msp_devstack.services import REPOSITORY

DOCUMENTS = {
    "management-api": "management_api",
    "workflow-engine": "workflow_engine",
}
FOLDER = REPOSITORY / "docs" / "api"


def document(package: str) -> str:
    """The OpenAPI document of one app, made without connecting to anything."""
    app = importlib.import_module(f"{package}.app").create_app(_offline_settings(package))
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def stale(folder: Path = FOLDER) -> list[str]:
    """Names of the committed documents that differ from what the apps say of themselves."""
    return [
        name
        for name, package in DOCUMENTS.items()
        if not (folder / f"{name}.json").exists()
        or (folder / f"{name}.json").read_text() != document(package)
    ]


def _offline_settings(package: str) -> object:
    settings = importlib.import_module(f"{package}.settings").Settings
    return settings(
        storage_connection_string="UseDevelopmentStorage=true",
        local_vault_path=Path("unused"),
        tenant_id="00000000-0000-0000-0000-000000000000",
        token_audience="00000000-0000-0000-0000-000000000000",
        token_issuer="https://login.microsoftonline.com/{tenantid}/v2.0",
        jwks_url="https://login.microsoftonline.com/common/discovery/v2.0/keys",
    )


def main() -> None:
    """Write the documents, or with `--check` say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit("\n".join(f"docs/api/{name}.json is stale: run `make openapi`" for name in stale()) or 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, package in DOCUMENTS.items():
        (FOLDER / f"{name}.json").write_text(document(package))


if __name__ == "__main__":
    main()
