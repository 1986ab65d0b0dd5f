"""The HaloPSA sandbox of the local stack: on loopback only."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from msp_automation.sandboxes.halopsa import app as sandbox
from msp_automation.sandboxes.halopsa.access import ApiApplication, RateLimit
from msp_automation.sandboxes.halopsa.state import HaloStore
from msp_devstack.loopback import LoopbackHostOnly


def create_app(
    *,
    state: Path | None = None,
    application: ApiApplication | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ASGIApp:
    """The sandbox as an ASGI app.

    Args:
        state: File that keeps the tickets between starts; None forgets them.
        clock: Seconds that only go forward, for the rate limit.
    """
    limit = RateLimit(clock=clock)
    return LoopbackHostOnly(sandbox.create_app(HaloStore(state), application=application, limit=limit))
