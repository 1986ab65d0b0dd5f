"""Licences that a form can offer."""

from __future__ import annotations

from lib.products import product_name, seats_free
from msp_automation import Option, OrganizationContext, data_provider


@data_provider(category="Microsoft 365", cache_ttl_seconds=60)
async def get_available_licenses(context: OrganizationContext) -> list[Option]:
    """Microsoft 365 licences with seats left."""
    skus = await context.get_integration("msgraph").get_all("/subscribedSkus")
    options = [
        Option(
            label=f"{product_name(sku['skuPartNumber'])} ({free} left)",
            value=sku["skuId"],
            metadata={"sku": sku["skuPartNumber"], "free": free},
        )
        for sku in skus
        if sku["appliesTo"] == "User" and sku["capabilityStatus"] == "Enabled" and (free := seats_free(sku))
    ]
    return sorted(options, key=lambda option: option.label)
