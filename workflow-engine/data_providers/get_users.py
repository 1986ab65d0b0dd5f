"""People that a form can offer."""

from __future__ import annotations

from typing import Any

from lib.directory import starts_with
from msp_automation import Option, OrganizationContext, data_provider


@data_provider(category="Microsoft 365", cache_ttl_seconds=60)
async def get_users(context: OrganizationContext, search: str = "") -> list[Option]:
    """Users of the tenant; `search` is the beginning of a name or e-mail address."""
    params = {
        "$select": "id,displayName,userPrincipalName,accountEnabled",
        "$filter": starts_with(search, "displayName", "surname", "userPrincipalName"),
        "$top": 999,
    }
    users = await context.get_integration("msgraph").get_all("/users", params)
    return sorted((_option(user) for user in users), key=lambda option: option.label.casefold())


def _option(user: dict[str, Any]) -> Option:
    blocked = "" if user["accountEnabled"] else " (blocked)"
    email = user["userPrincipalName"]
    return Option(
        label=f"{user['displayName']} · {email}{blocked}", value=user["id"], metadata={"email": email}
    )
