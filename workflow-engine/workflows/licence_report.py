"""What a client has bought and what of it is in use."""

from __future__ import annotations

from typing import Any

from lib.products import product_name, seats_bought, seats_free
from msp_automation import IntegrationError, OrganizationContext, schedule, workflow


@workflow(
    category="Reports",
    tags=["m365", "licences"],
    timeout_seconds=60,
    retries=2,
    retry_delay_seconds=5,
    retry_on=(IntegrationError,),
)
@schedule("0 6 * * 1", timezone="Europe/Berlin", name="weekly")
async def licence_report(context: OrganizationContext) -> list[dict[str, Any]]:
    """Licences bought, used and free, one row for each product.

    Microsoft Graph: Organization.Read.All.
    """
    skus = await context.get_integration("msgraph").get_all("/subscribedSkus")
    rows = [
        {
            "licence": product_name(sku["skuPartNumber"]),
            "sku": sku["skuPartNumber"],
            "bought": seats_bought(sku),
            "used": sku["consumedUnits"],
            "free": seats_free(sku),
        }
        for sku in skus
    ]
    context.log.info(f"{len(rows)} products found")
    return sorted(rows, key=lambda row: str(row["licence"]))
