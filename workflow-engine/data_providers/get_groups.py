"""Groups that a form can offer."""

from __future__ import annotations

from lib.directory import can_change_members, starts_with
from msp_automation import Option, OrganizationContext, data_provider


@data_provider(category="Microsoft 365", cache_ttl_seconds=300)
async def get_groups(context: OrganizationContext, search: str = "") -> list[Option]:
    """Groups whose members can be changed; `search` is the beginning of a name.

    Distribution lists and dynamic groups are left out: Graph cannot change their members.
    """
    params = {
        "$select": "id,displayName,groupTypes,mailEnabled",
        "$filter": starts_with(search, "displayName"),
        "$top": 999,
    }
    groups = await context.get_integration("msgraph").get_all("/groups", params)
    options = [
        Option(
            label=group["displayName"],
            value=group["id"],
            metadata={"kind": "Microsoft 365" if "Unified" in group["groupTypes"] else "Security"},
        )
        for group in groups
        if can_change_members(group)
    ]
    return sorted(options, key=lambda option: option.label.casefold())
