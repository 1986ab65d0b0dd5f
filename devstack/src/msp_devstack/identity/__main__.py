"""`python -m msp_devstack.identity`: serve the identity provider on loopback."""

from __future__ import annotations

import argparse
from pathlib import Path

from msp_devstack.identity.app import create_app
from msp_devstack.identity.settings import DEFAULT_REDIRECT_URI, IdentitySettings, origin_of
from msp_devstack.loopback import run


def main() -> None:
    """Read the arguments and serve until stopped."""
    parser = argparse.ArgumentParser(prog="msp_devstack.identity", description=__doc__)
    parser.add_argument("--host", default="localhost", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--data", type=Path, default=Path(".msp/identity"), help="folder for the signing key")
    parser.add_argument(
        "--redirect-uri",
        action="append",
        metavar="URI",
        help=f"where a sign-in may return to; may be repeated (default {DEFAULT_REDIRECT_URI} and its root)",
    )
    parser.add_argument("--any-port", action="store_true", help="let redirect addresses differ in their port")
    arguments = parser.parse_args()
    uris = tuple(arguments.redirect_uri or (DEFAULT_REDIRECT_URI, f"{origin_of(DEFAULT_REDIRECT_URI)}/"))
    settings = IdentitySettings(
        base_url=f"http://localhost:{arguments.port}",
        data_dir=arguments.data,
        redirect_uris=uris,
        any_port=arguments.any_port,
    )
    try:
        run(create_app(settings), host=arguments.host, port=arguments.port)
    except (ValueError, PermissionError, OSError) as error:
        parser.exit(2, f"identity provider: {error}\n")


if __name__ == "__main__":
    main()
