"""The Workflow Engine's HTTP app."""

from __future__ import annotations

from fastapi import FastAPI

from msp_http.app import build_app
from workflow_engine.container import Container
from workflow_engine.routes import ROUTERS
from workflow_engine.settings import Settings


def create_app(settings: Settings | None = None, *, container: Container | None = None) -> FastAPI:
    """Make the app; nothing is read or connected before its lifespan or first request.

    Args:
        settings: From the environment when not given.
        container: Shared with queue and timer triggers, where there are any.
    """
    return build_app(
        title="Workflow Engine",
        description="Runs workflows and data providers for one organization and one caller at a time.",
        version="0.1.0",
        container=container or Container(settings),
        routers=ROUTERS,
    )
