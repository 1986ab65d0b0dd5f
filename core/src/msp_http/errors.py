"""From what went wrong to an HTTP answer: one table of kinds, one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from msp_automation import errors as sdk
from msp_core import errors as core
from msp_core.webhooks.errors import WebhookRefused
from msp_http.answers import error_answer
from msp_http.etags import etag_header

_log = structlog.get_logger(__name__)

STATUS_OF_KIND: Final[Mapping[type[core.MspError], int]] = {
    core.Invalid: 400,
    core.TooLarge: 413,
    core.Unauthenticated: 401,
    core.Forbidden: 403,
    core.NotFound: 404,
    core.Conflict: 409,
    core.PreconditionFailed: 412,
    core.TooManyRequests: 429,
    core.RetryableError: 503,
    core.Unavailable: 503,
    core.UpstreamFailed: 502,
    core.UpstreamTimeout: 504,
}

STATUS_OF_SDK_KIND: Final[Mapping[type[sdk.WorkflowError], tuple[int, str]]] = {
    sdk.ValidationError: (400, "ValidationError"),
    sdk.ConfigurationError: (409, "ConfigurationError"),
    sdk.IntegrationError: (502, "UpstreamFailed"),
    sdk.WorkflowTimeout: (504, "UpstreamTimeout"),
}

_CURRENT: Final = "currentEtag"

_CODE_OF_STATUS: Final[Mapping[int, str]] = {
    400: "ValidationError",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "PayloadTooLarge",
    429: "TooManyRequests",
}


def status_of(error: core.MspError) -> int:
    """The status of the nearest kind in the table; 500 for what is of no kind."""
    return next((STATUS_OF_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_OF_KIND), 500)


def answer_for(error: core.MspError) -> Response:
    """The answer to a request that ended in `error`."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, core.RetryableError):
        headers["Retry-After"] = str(max(1, round(error.retry_after_seconds)))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return error_answer(status, error.code, error.message, details=_told(error), headers=headers)


def _told(error: core.MspError) -> Mapping[str, Any]:
    """The details as callers get them: a version in the form in which they send it back."""
    current = error.details.get(_CURRENT)
    if not isinstance(error, core.PreconditionFailed) or current is None:
        return error.details
    return error.details | {_CURRENT: etag_header(current)}


def field_path(location: Sequence[int | str]) -> str:
    """`("body", "fields", 0, "name")` becomes `fields.0.name`; the part of the request is left out."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in {"body", "query", "path", "header", "cookie"}:
        parts = parts[1:]
    return ".".join(parts)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every foreseen failure in the error shape; the unforeseen ones are the middleware's."""
    app.add_exception_handler(core.MspError, _on_msp_error)
    app.add_exception_handler(sdk.WorkflowError, _on_sdk_error)
    app.add_exception_handler(RequestValidationError, _on_request_validation)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_msp_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, core.MspError)
    answer = answer_for(error)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("request_failed", error=error.code, reason=error.message, status=answer.status_code)
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        # A refused webhook tells its caller nothing; here is what an admin needs to know.
        reason = error.reason if isinstance(error, WebhookRefused) else error.message
        _log.info("sign_in_refused", reason=reason)
    return answer


async def _on_sdk_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, sdk.WorkflowError)
    for kind in type(error).__mro__:
        if kind in STATUS_OF_SDK_KIND:
            status, code = STATUS_OF_SDK_KIND[kind]
            return error_answer(status, code, str(error), details=error.details)
    raise error


async def _on_request_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields: dict[str, str] = {}
    for problem in error.errors():
        # Only place and message: the refused value may be a secret in the wrong field.
        fields.setdefault(_place_of(problem), str(problem["msg"]))
    name, reason = next(iter(fields.items()))
    more = f" ({len(fields) - 1} more)" if len(fields) > 1 else ""
    return error_answer(400, "ValidationError", f"{name}: {reason}{more}", details={"fields": fields})


def _place_of(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "json_invalid":
        return "body"
    return field_path(problem["loc"])


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODE_OF_STATUS.get(error.status_code, "Error")
    message = {
        404: "There is nothing at this address.",
        405: f"{request.method} is not served at this address.",
    }.get(error.status_code, str(error.detail))
    return error_answer(error.status_code, code, message, headers=error.headers)
