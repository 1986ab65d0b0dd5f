"""Data providers that misbehave."""

import asyncio
from typing import Any

from msp_automation import OrganizationContext, data_provider


@data_provider(name="raises")
async def raises(context: OrganizationContext) -> list[str]:
    """Fail."""
    raise RuntimeError("the licence server is on fire")


@data_provider(name="wrong_shape")
async def wrong_shape(context: OrganizationContext) -> Any:
    """Answer with something that is no list of options."""
    return {"not": "a list"}


@data_provider(name="too_slow", timeout_seconds=1)
async def too_slow(context: OrganizationContext) -> list[str]:
    """Take longer than allowed."""
    await asyncio.sleep(30)
    return []


@data_provider(name="good", cache_ttl_seconds=60)
async def good(context: OrganizationContext) -> list[str]:
    """Three options."""
    return ["one", "two", "three"]


@data_provider(name="rooms")
async def rooms(context: OrganizationContext, building: str, floors: list[str] | None = None) -> list[str]:
    """Options that depend on what is chosen before."""
    return [f"{building} {floor}" for floor in floors or ["ground"]]


@data_provider(name="hostile_options")
async def hostile_options(context: OrganizationContext) -> list[str]:
    """An option that is markup."""
    return ["<img src=x onerror=\"document.documentElement.dataset.broken='1'\"> option"]


@data_provider(name="items_of_kind")
async def items_of_kind(context: OrganizationContext, kind: str) -> list[str]:
    """What there is of a kind."""
    return [f"{kind} one", f"{kind} two"]
