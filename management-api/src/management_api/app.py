"""The app, put together."""

from __future__ import annotations

from fastapi import FastAPI

from management_api.container import Container
from management_api.routes import ROUTERS
from management_api.settings import Settings
from management_api.version import VERSION
from msp_http.app import build_app

DESCRIPTION = (
    "Administration of the automation platform: organizations, people and what they may do, "
    "configuration, secrets, integrations, forms, and the history of executions and changes."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The Management API; nothing connects or reads the environment before the first request.

    Args:
        settings: None reads them from the environment when they are first needed.
    """
    return build_app(
        title="Management API",
        description=DESCRIPTION,
        version=VERSION,
        container=Container(settings),
        routers=ROUTERS,
    )
