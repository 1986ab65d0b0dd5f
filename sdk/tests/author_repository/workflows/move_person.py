from lib.names import sign_in_name

from msp_automation import OrganizationContext, param, workflow


@workflow(category="People")
@param("department", data_provider="departments")
async def move_person(context: OrganizationContext, first_name: str, department: str) -> dict[str, str]:
    """Move somebody to another department."""
    user = sign_in_name(first_name, context.config.require("domain", type=str))
    graph = context.get_integration("msgraph")
    await graph.patch("/users/{user}", user=user, json={"department": department})
    context.log.info("Moved", user=user)
    return {"user": user, "department": department}
