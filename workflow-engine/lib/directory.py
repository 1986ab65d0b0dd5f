"""What the workflows know about users and groups in Microsoft Graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msp_automation import ConfigurationError, IntegrationError
from msp_automation.integrations.msgraph import MsGraph

NOT_FOUND = 404
_NO_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"


def quoted(text: str) -> str:
    """A text inside a `$filter`."""
    literal = text.replace("'", "''")
    return f"'{literal}'"


def starts_with(text: str, *properties: str) -> str | None:
    """A `$filter` for objects of which one property begins with `text`; None for an empty text."""
    if not text.strip():
        return None
    return " or ".join(f"startswith({name},{quoted(text.strip())})" for name in properties)


def can_change_members(group: dict[str, Any]) -> bool:
    """Whether Graph lets anybody change the group's members.

    Source: https://learn.microsoft.com/graph/api/resources/groups-overview
    """
    kinds = group["groupTypes"]
    is_exchange_only = group["mailEnabled"] and "Unified" not in kinds
    return not is_exchange_only and "DynamicMembership" not in kinds


def status_of(error: IntegrationError) -> int | None:
    """The HTTP status of a refusal; None when no answer came."""
    status: int | None = error.details.get("status")
    return status


async def find(graph: MsGraph, path: str, object_id: str, *, select: str | None = None) -> Any:
    """One object of the tenant, or None when there is none.

    Args:
        path: With `{id}` where `object_id` belongs.

    Raises:
        IntegrationError: Graph refused or failed otherwise.
    """
    try:
        return await graph.get(path, params={"$select": select}, id=object_id)
    except IntegrationError as error:
        if status_of(error) == NOT_FOUND:
            return None
        raise


@contextmanager
def explain_premium(what: str) -> Iterator[None]:
    """Say what a tenant without Entra ID P1 lacks, where Graph refuses for that.

    Args:
        what: What Graph does not tell then, such as "when guests last signed in".

    Raises:
        ConfigurationError: The tenant has no Entra ID P1.
    """
    try:
        yield
    except IntegrationError as error:
        if error.details.get("code") != _NO_PREMIUM:
            raise
        raise ConfigurationError(
            f"This tenant has no Entra ID P1, without which Microsoft does not tell {what}. "
            "It is part of Microsoft 365 Business Premium, F3, E3 and E5."
        ) from error
