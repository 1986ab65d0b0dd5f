"""Asks which organization a run is for."""

from __future__ import annotations

from typing import Any

from msp_cli.errors import NotAllowed
from msp_cli.running.asking import choose


def choose_organization(organizations: list[dict[str, Any]]) -> str:
    """The id of the one that is chosen, among those where the person may run workflows.

    Raises:
        NotAllowed: There is none.
    """
    able = [one for one in organizations if one["permissions"]["canExecuteWorkflows"] and one["isActive"]]
    if not able:
        raise NotAllowed("You may run workflows in no organization.")
    return choose("Organization", [(one["name"], one["id"]) for one in able])
