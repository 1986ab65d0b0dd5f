"""Bodies of forms."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.forms.copies import KeptForm
from msp_core.forms.models import FormDraft, FormSchema
from msp_core.models import UtcDatetime
from msp_http.bodies import RequestBody
from msp_http.etags import etag_header


class FormWrite(FormDraft, RequestBody):
    """A form as somebody saves it."""


class FormGenerate(RequestBody):
    """Which workflow to make a form from."""

    workflow_name: Annotated[str, Field(min_length=1, max_length=200)]


class FormDraftRead(Answer):
    """A form that is not saved."""

    name: str
    description: str | None
    linked_workflow: str
    form_schema: FormSchema
    is_global: bool
    is_active: bool
    run_in_background: bool


class FormRead(FormDraftRead, Versioned):
    """A saved form."""

    id: str
    created_by: str
    created_at: UtcDatetime
    updated_at: UtcDatetime


def form_json(form: KeptForm) -> bytes:
    """A form as `FormRead` shows it, without reading it in between."""
    version = json.dumps(etag_header(form.etag)).encode()
    return form.json.removesuffix(b"}") + b',"etag":' + version + b"}"
