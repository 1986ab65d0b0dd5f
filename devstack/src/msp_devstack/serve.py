"""Serve one of the two apps with uvicorn, as the Functions host would with its worker."""

from __future__ import annotations

import argparse
import gc
import importlib
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

APPS = ("management_api", "workflow_engine")


def serve(package: str, port: int) -> None:
    """Serve the app of `package` until SIGTERM or SIGINT, with settings from the environment."""
    app = _load(package)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def _load(package: str) -> FastAPI:
    """Import the app; what is imported stays, so the collector need not look for garbage in it."""
    if package == "workflow_engine":
        importlib.import_module(f"{package}.runners.fork_client").start_early()
    gc.disable()
    app: FastAPI = importlib.import_module(f"{package}.app").create_app()
    gc.freeze()
    gc.enable()
    return app


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=APPS)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    serve(arguments.package, arguments.port)


if __name__ == "__main__":
    main()
