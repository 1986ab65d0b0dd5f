"""Serve one of the two apps with uvicorn, as the Functions host would with its worker."""

from __future__ import annotations

import argparse
import importlib

import uvicorn

APPS = ("management_api", "workflow_engine")


def serve(package: str, port: int) -> None:
    """Serve the app of `package` until SIGTERM or SIGINT, with settings from the environment."""
    app = importlib.import_module(f"{package}.app").create_app()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=APPS)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    serve(arguments.package, arguments.port)


if __name__ == "__main__":
    main()
