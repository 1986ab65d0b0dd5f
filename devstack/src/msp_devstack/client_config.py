"""What the web client is told about the local stack."""

from __future__ import annotations

from typing import Any

from msp_devstack import demo


def runtime_config(management: str, engine: str, identity: str) -> dict[str, Any]:
    """What the client reads from `/config.json`: the base addresses of one stack's services."""
    return {
        "managementApi": management,
        "workflowEngine": engine,
        "auth": {
            "clientId": demo.SPA_CLIENT_ID,
            "authority": "https://login.localtest/organizations",
            "scope": demo.API_SCOPE,
            "localIdp": f"{identity}/organizations/v2.0",
        },
        "longPollSeconds": 20,
    }
