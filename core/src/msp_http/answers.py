"""The error shape of both services, and answers made in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response


class ErrorBody(BaseModel):
    """What every refusal and failure looks like."""

    error: str = Field(description="Stable name of the kind of error.", examples=["NotFound"])
    message: str = Field(description="One sentence that says what to do about it.")
    details: dict[str, Any] = Field(
        default_factory=dict, description="Context; for a ValidationError, `fields` has a message per field."
    )


class _ErrorAnswer(JSONResponse):
    """JSON that can always be written: it may repeat a caller's name that has half a surrogate pair."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def error_answer(
    status: int,
    error: str,
    message: str,
    *,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An answer in the error shape."""
    body = {"error": error, "message": message, "details": dict(details or {})}
    return _ErrorAnswer(body, status_code=status, headers=dict(headers or {}))


def json_answer(content: bytes, given: Response) -> Response:
    """An answer of JSON that is there already.

    Args:
        given: What the route set headers on.
    """
    return Response(content, headers=dict(given.headers), media_type="application/json")
