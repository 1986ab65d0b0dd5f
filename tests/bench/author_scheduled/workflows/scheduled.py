"""Workflows that run by the clock, for everybody and for nobody."""

from msp_automation import OrganizationContext, schedule, workflow


@workflow(category="Bench")
@schedule("0 3 * * *")
async def nightly(context: OrganizationContext) -> None:
    """Do nothing, for each organization."""


@workflow(category="Bench")
@schedule("0 4 * * *", tags=["nobody-has-this"])
async def for_nobody(context: OrganizationContext) -> None:
    """Be due, and run for no organization."""
