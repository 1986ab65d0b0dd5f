"""Running a workflow by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from msp_core.ids import FormId
from msp_core.permissions.models import OrgScope, Permission
from msp_http.authentication import OrganizationHeader, SignedIn
from msp_http.bodies import RequestBody
from workflow_engine.answers import ExecutionAnswer, answer_run
from workflow_engine.dependencies import Engine, Launcher
from workflow_engine.preferences import AsAsked

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

WorkflowName = Annotated[str, Path(max_length=200)]

GOES_ON: dict[int | str, dict[str, Any]] = {
    202: {
        "model": ExecutionAnswer,
        "description": "The run goes on; Location says where to follow it.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


class RunMetadata(RequestBody):
    """Where a run comes from.

    `form_id` only notes the form on the record; whoever may run just the form submits the form.
    """

    form_id: str | None = Field(default=None, max_length=100)


class RunBody(RequestBody):
    """What a workflow is run with; who runs it comes from the token."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    metadata: RunMetadata = Field(default_factory=RunMetadata)


async def _run_scope(
    name: WorkflowName, principal: SignedIn, engine: Engine, organization: OrganizationHeader = None
) -> OrgScope:
    """Whoever may execute workflows here; an admin alone for a workflow that needs no organization."""
    scopes = engine.scope_resolver
    if organization is None and any(
        workflow.name == name and not workflow.requires_org
        for workflow in engine.services.pool.catalog.workflows
    ):
        return await scopes.resolve_admin(principal)
    return await scopes.resolve(principal, organization, Permission.CAN_EXECUTE_WORKFLOWS)


RunScope = Annotated[OrgScope, Depends(_run_scope)]


@router.post("/{name}", responses=GOES_ON)
async def run_workflow(
    *,
    name: WorkflowName,
    body: RunBody,
    scope: RunScope,
    asked: AsAsked,
    launching: Launcher,
    engine: Engine,
    response: Response,
) -> ExecutionAnswer:
    """Run a workflow and answer with its result.

    A workflow that fails answers 200 with status `Failed` and its error; wrong parameters answer 400 and
    leave no record.
    """
    form_id = None
    if body.metadata.form_id is not None:
        form_id = (await engine.services.forms.get(scope, FormId(body.metadata.form_id))).id
    request = replace(asked, workflow_name=name, parameters=body.parameters, form_id=form_id)
    return answer_run(await launching.launch(scope, request), scope, response)
