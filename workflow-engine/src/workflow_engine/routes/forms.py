"""Submitting a form."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from pydantic import Field

from msp_core.ids import FormId
from msp_http.authentication import MemberScope
from msp_http.bodies import RequestBody
from workflow_engine.answers import ExecutionAnswer, answer_run
from workflow_engine.dependencies import Submitter
from workflow_engine.preferences import AsAsked
from workflow_engine.routes.workflows import GOES_ON

router = APIRouter(prefix="/api/forms", tags=["forms"])


class SubmissionBody(RequestBody):
    """The values of the form's fields, by field name."""

    parameters: dict[str, Any] = Field(default_factory=dict)


_OPTIONS_UNREAD: Final[dict[int | str, dict[str, Any]]] = {
    502: {"description": "A field's options could not be read, so that its choice could not be checked."},
    504: {"description": "The same: their data provider took too long."},
}


@router.post("/{formId}/submit", responses={**GOES_ON, **_OPTIONS_UNREAD})
async def submit_form(
    *,
    form_id: Annotated[str, Path(alias="formId", max_length=100)],
    body: SubmissionBody,
    scope: MemberScope,
    asked: AsAsked,
    submissions: Submitter,
    response: Response,
) -> ExecutionAnswer:
    """Run a form's workflow with what was filled in; values are checked against form and workflow."""
    execution = await submissions.submit(scope, FormId(form_id), body.parameters, asked)
    return answer_run(execution, scope, response)
