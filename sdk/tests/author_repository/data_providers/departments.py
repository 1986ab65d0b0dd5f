from msp_automation import OrganizationContext, data_provider


@data_provider
async def departments(context: OrganizationContext) -> list[str]:
    """Departments that people work in."""
    users = await context.get_integration("msgraph").get_all("/users", {"$select": "department"})
    return sorted({user["department"] for user in users if user["department"]})
