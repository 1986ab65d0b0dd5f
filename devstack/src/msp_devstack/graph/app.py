"""The Graph sandbox of the local stack: on loopback only, with a key that others can check."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from msp_automation.sandboxes.graph import app as sandbox
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Application
from msp_devstack.loopback import LoopbackHostOnly
from msp_devstack.signing import SigningKey


def create_app(
    *,
    state: Path | None = None,
    application: Application | None = None,
    clock: Callable[[], float] = time.time,
) -> ASGIApp:
    """The sandbox as an ASGI app.

    Args:
        state: File that keeps the tenants between starts, with the signing key
            beside it; None forgets everything at the end.
        clock: The time of day that is written into tokens.
    """
    key = (
        SigningKey.generate()
        if state is None
        else SigningKey.load_or_create(state.with_name(f"{state.stem}-key.pem"))
    )
    return LoopbackHostOnly(
        sandbox.create_app(DirectoryStore(state), key, application=application, clock=clock)
    )
