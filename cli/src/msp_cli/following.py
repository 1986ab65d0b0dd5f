"""Follows a run's log until its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msp_cli.api import Api
from msp_cli.running.outcome import OnLine

_WAIT_SECONDS: Final = 15


def follow(
    api: Api, execution_id: str, organization_id: str | None, on_line: OnLine
) -> list[Mapping[str, Any]]:
    """Every line, as it comes by long poll, until the execution has ended."""
    lines: list[Mapping[str, Any]] = []
    after = 0
    while True:
        page = api.ask(
            "GET",
            f"/api/executions/{execution_id}/logs",
            service="engine",
            organization=organization_id,
            params={"after": after, "wait": _WAIT_SECONDS},
        )
        for line in page["items"]:
            lines.append(line)
            on_line(line)
        after = page["next"]
        if page["done"]:
            return lines
