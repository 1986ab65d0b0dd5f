"""Forms: the organization's and the global ones."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from management_api.auditing import Audit
from management_api.dependencies import Forms
from management_api.models.forms import FormDraftRead, FormGenerate, FormRead, FormWrite, form_json
from management_api.once import Once
from management_api.paging import page_of
from msp_core.forms.copies import KeptForm
from msp_core.forms.models import Form
from msp_core.ids import FormId
from msp_core.storage import Stored
from msp_http.answers import json_answer
from msp_http.authentication import FormsOrRunsScope, FormsScope, MemberScope
from msp_http.etags import IfMatch, set_etag
from msp_http.openapi import refusals
from msp_http.paging import Paging

router = APIRouter(prefix="/api/forms", tags=["forms"])

FormInPath = Annotated[FormId, Path(alias="formId", description="The form's id")]


@router.get("", response_model=list[FormRead])
async def list_forms(scope: MemberScope, forms: Forms, page: Paging, response: Response) -> Response:
    """The organization's forms and the global ones, by name; client users see those they may run."""
    found = page_of(await forms.list_for(scope), page, response, key=_sort_key)
    return json_answer(b"[" + b",".join(form_json(form) for form in found) + b"]", response)


@router.post("", status_code=201, response_model=FormRead)
async def create_form(
    *, body: FormWrite, scope: FormsScope, forms: Forms, audit: Audit, once: Once, response: Response
) -> FormRead | Response:
    """Save a new form; global ones are an admin's to make."""

    async def note(stored: Stored[Form]) -> None:
        form = stored.value
        await audit.record(scope, "form.created", form.id, org_id=form.org_id, after=stored)

    async def create(form_id: str) -> FormRead:
        stored = await forms.create(scope, body, form_id=FormId(form_id), note=note)
        response.headers["Location"] = f"/api/forms/{stored.value.id}"
        return _answer(stored, response)

    return await once.answer(scope, body, create)


@router.post("/generate", responses=refusals(404))
async def generate_form(body: FormGenerate, scope: FormsOrRunsScope, forms: Forms) -> FormDraftRead:
    """Make a form from a workflow's parameters, without saving it."""
    return FormDraftRead.model_validate(await forms.generate(scope, body.workflow_name))


@router.get("/{formId}", response_model=FormRead)
async def get_form(form_id: FormInPath, scope: MemberScope, forms: Forms, response: Response) -> Response:
    """One form that the caller may see."""
    form = await forms.get(scope, form_id)
    set_etag(response, form.etag)
    return json_answer(form_json(form), response)


@router.put("/{formId}")
async def update_form(
    *,
    form_id: FormInPath,
    body: FormWrite,
    scope: FormsScope,
    forms: Forms,
    audit: Audit,
    if_match: IfMatch,
    response: Response,
) -> FormRead:
    """Save a changed form; global ones are an admin's to change."""

    async def note(before: Stored[Form], stored: Stored[Form]) -> None:
        form = stored.value
        await audit.record(scope, "form.updated", form.id, org_id=form.org_id, before=before, after=stored)

    _, stored = await forms.update(scope, form_id, body, etag=if_match, note=note)
    return _answer(stored, response)


@router.delete("/{formId}", status_code=204)
async def delete_form(
    form_id: FormInPath, scope: FormsScope, forms: Forms, audit: Audit, if_match: IfMatch
) -> None:
    """Delete a form; executions that it started stay."""
    before = await forms.delete(scope, form_id, etag=if_match)
    if before is not None:
        await audit.record(scope, "form.deleted", before.value.id, org_id=before.value.org_id, before=before)


def _answer(stored: Stored[Form], response: Response) -> FormRead:
    set_etag(response, stored.etag)
    return FormRead.of_stored(stored)


def _sort_key(form: KeptForm) -> str:
    return f"{form.name.casefold()}\0{form.id}"
