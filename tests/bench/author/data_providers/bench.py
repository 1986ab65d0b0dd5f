"""Data providers that the bench asks."""

from msp_automation import Option, OrganizationContext, data_provider


@data_provider(category="Bench", cache_ttl_seconds=3600)
async def bench_options(context: OrganizationContext) -> list[Option]:
    """Fifty options, kept for an hour."""
    return [Option(label=f"Option {number}", value=number) for number in range(50)]
