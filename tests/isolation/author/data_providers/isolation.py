"""Options that come from an organization's configuration."""

from __future__ import annotations

from msp_automation import OrganizationContext, data_provider


@data_provider(cache_ttl_seconds=300)
async def open_options(context: OrganizationContext) -> list[str]:
    """What a form offers that client users may run."""
    return [context.config.require("shared.value")]


@data_provider(cache_ttl_seconds=300)
async def staff_options(context: OrganizationContext) -> list[str]:
    """What only a form offers that no role opens."""
    return [context.config.require("staff.value")]
