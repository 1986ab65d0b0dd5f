"""Serve one of the two apps with uvicorn, as the Functions host would with its worker."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

APPS = ("management_api", "workflow_engine")
# As uvicorn's own command.
_STARTUP_FAILURE = 3


class _Server(uvicorn.Server):
    """Collects no garbage before it serves: what is there by then stays."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then begin to collect."""
        await super().startup(sockets)
        gc.freeze()
        gc.enable()


def serve(package: str, port: int, *, with_runners: bool = True) -> None:
    """Serve the app of `package` until SIGTERM or SIGINT, with settings from the environment.

    Args:
        with_runners: False where the engine runs workflows in this process, and needs no other.
    """
    gc.disable()
    if package == "workflow_engine" and with_runners:
        importlib.import_module(f"{package}.runners.fork_client").start_early()
    _import_structlog()
    app: FastAPI = importlib.import_module(f"{package}.app").create_app()
    server = _Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=10,
        )
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_STARTUP_FAILURE)


def _import_structlog() -> None:
    """Without rich, which it imports where it finds it, for tracebacks in a terminal: we log JSON.

    That is a tenth of all that the app imports.
    """
    if "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=APPS)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    serve(arguments.package, arguments.port)


if __name__ == "__main__":
    main()
