"""Files: uploads for form fields, downloads from executions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import StreamingResponse

from msp_core.files.models import StoredFile
from msp_core.ids import ExecutionId, FormId
from msp_core.models import Model
from msp_http.authentication import MemberScope
from workflow_engine.dependencies import Engine, FollowerScope
from workflow_engine.routes.executions import ExecutionPath

router = APIRouter(prefix="/api", tags=["files"])

_CONTENT: Final = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _CONTENT}}

FileName = Annotated[
    str, Query(max_length=1000, description="The file's name; a path before it is taken away")
]


class UploadAnswer(Model):
    """An upload; `fileId` is what the field's value is when the form is submitted, before `expiresAt`."""

    file_id: str
    name: str
    content_type: str
    size_bytes: int
    expires_at: datetime


@router.post("/forms/{formId}/files", status_code=201, openapi_extra=_BODY)
async def upload_file(
    *,
    form_id: Annotated[str, Path(alias="formId", max_length=100)],
    field: Annotated[str, Query(max_length=100, description="Name of the file field")],
    filename: FileName,
    scope: MemberScope,
    engine: Engine,
    request: Request,
) -> UploadAnswer:
    """Upload a file for a form's file field; the request's body is the content, and nothing else.

    What kind of file it is follows from its name and its content; the Content-Type sent is not believed.
    """
    form = (await engine.services.forms.get_runnable(scope, FormId(form_id))).stored().value
    upload = await engine.services.uploads.receive(
        scope,
        form,
        field,
        file_name=filename,
        declared_bytes=_declared(request),
        content=request.stream(),
    )
    return UploadAnswer(**{name: getattr(upload, name) for name in UploadAnswer.model_fields})


@router.get(
    "/executions/{executionId}/files/{fileId}",
    response_class=StreamingResponse,
    responses={200: {"description": "The content.", "content": _CONTENT}},
)
async def download_file(
    execution_id: ExecutionPath,
    file_id: Annotated[str, Path(alias="fileId", max_length=100)],
    scope: FollowerScope,
    engine: Engine,
) -> StreamingResponse:
    """Download a file that an execution was given or has saved, by whoever may see the execution."""
    execution = await engine.services.executions.get(scope, ExecutionId(execution_id))
    files = engine.services.files
    file = await files.get(execution, file_id)
    return StreamingResponse(
        files.iter_content(execution, file), media_type=file.content_type, headers=_headers(file)
    )


def _headers(file: StoredFile) -> dict[str, str]:
    # Source: RFC 6266, appendix D. Never shown in place, so no type can make a browser run it.
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in file.name)
    plain = plain.replace("\\", "_").replace('"', "_").replace("%", "_")
    name = quote(file.name, safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
        "Content-Length": str(file.size_bytes),
        "X-Content-Type-Options": "nosniff",
    }


def _declared(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None
