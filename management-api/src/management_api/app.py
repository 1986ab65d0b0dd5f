"""The app, put together."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from management_api.container import Container
from management_api.routes import ROUTERS
from management_api.settings import Settings
from management_api.version import VERSION
from msp_http.app import build_app
from msp_http.openapi import openapi_document, operations

DESCRIPTION = (
    "Administration of the automation platform: organizations, people and what they may do, "
    "configuration, secrets, integrations, forms, and the history of executions and changes."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The Management API; nothing connects or reads the environment before the first request.

    Args:
        settings: None reads them from the environment when they are first needed.
    """
    app = build_app(
        title="Management API",
        description=DESCRIPTION,
        version=VERSION,
        container=Container(settings),
        routers=ROUTERS,
    )
    # FastAPI documents this assignment; mypy has no way to allow it.
    app.openapi = lambda: _summarised(openapi_document(app))  # type: ignore[method-assign]
    return app


def _summarised(document: dict[str, Any]) -> dict[str, Any]:
    """Each operation's summary is the first line of its docstring, not its name taken apart."""
    for _, _, operation in operations(document):
        if "description" in operation:
            operation["summary"] = operation["description"].partition("\n")[0]
    return document
