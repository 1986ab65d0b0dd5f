"""`python -m msp_devstack.graph`: serve the Graph sandbox on loopback."""

from __future__ import annotations

import argparse
from pathlib import Path

from msp_devstack.graph.app import create_app
from msp_devstack.loopback import run


def main() -> None:
    """Read the arguments and serve until stopped."""
    parser = argparse.ArgumentParser(prog="msp_devstack.graph", description=__doc__)
    parser.add_argument("--host", default="localhost", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=9201)
    parser.add_argument("--state", type=Path, help="file that keeps the tenants between starts")
    arguments = parser.parse_args()
    try:
        run(create_app(state=arguments.state), host=arguments.host, port=arguments.port)
    except (ValueError, OSError) as error:
        parser.exit(2, f"Graph sandbox: {error}\n")


if __name__ == "__main__":
    main()
