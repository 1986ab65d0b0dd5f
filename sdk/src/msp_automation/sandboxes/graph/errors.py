"""Refusals in the shapes that Entra and Graph give them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.sandbox import Fault


class GraphError(Exception):
    """A refusal by Graph.

    Source: https://learn.microsoft.com/graph/errors
    """

    def __init__(
        self, status: int, code: str, message: str, *, details: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details


class EntraError(Exception):
    """A refusal by the token endpoint; `code` is the number after AADSTS.

    Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    """

    def __init__(self, status: int, error: str, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.code = code


def bad_request(message: str, *, target: str | None = None, detail: str | None = None) -> GraphError:
    """A directory operation's 400."""
    details = None
    if target is not None and detail is not None:
        details = [{"code": detail, "message": message, "target": target}]
    return GraphError(400, "Request_BadRequest", message, details=details)


def not_found(reference: str) -> GraphError:
    """A directory object that is not in this tenant."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{reference}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


def missing_permission(permission: str) -> GraphError:
    """The 403 of the service that a permission is for; each has words of its own."""
    if permission == "MailboxSettings.Read":
        return GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    if permission == "AuditLog.Read.All":
        message = f"Calling principal does not have required MSGraph permissions {permission}"
        return GraphError(403, "Authentication_MSGraphPermissionMissing", message)
    return insufficient_privileges()


def insufficient_privileges() -> GraphError:
    """The directory's 403."""
    message = "Insufficient privileges to complete the operation."
    return GraphError(403, "Authorization_RequestDenied", message)


def needs_premium() -> GraphError:
    """The 403 for what takes Entra ID P1 in a tenant that has not bought it."""
    message = "Neither tenant is B2C or tenant doesn't have premium license"
    return GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", message)


def graph_answer(request: Request, error: GraphError, headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer of a refusal by Graph."""
    request_id = str(uuid.uuid4())
    client_request_id = request.headers.get("client-request-id", request_id)
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if error.details is not None:
        body["details"] = error.details
    body["innerError"] = {
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    identification = {"request-id": request_id, "client-request-id": client_request_id}
    return JSONResponse({"error": body}, error.status, {**identification, **(headers or {})})


def entra_answer(error: EntraError, headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer of a refusal by the token endpoint."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    trace_id, correlation_id = str(uuid.uuid4()), str(uuid.uuid4())
    description = (
        f"AADSTS{error.code}: {error} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {now}"
    )
    body = {
        "error": error.error,
        "error_description": description,
        "error_codes": [error.code],
        "timestamp": now,
        "trace_id": trace_id,
        "correlation_id": correlation_id,
        "error_uri": f"https://login.microsoftonline.com/error?code={error.code}",
    }
    return JSONResponse(body, error.status, {"Cache-Control": "no-store", **(headers or {})})


def fault_answer(fault: Fault, request: Request) -> Response:
    """The answer of a fault that was asked for.

    Source: https://learn.microsoft.com/graph/throttling
    """
    headers = {} if fault.retry_after_seconds is None else {"Retry-After": f"{fault.retry_after_seconds:g}"}
    is_throttled = fault.kind == "throttle"
    status = 429 if is_throttled else fault.status
    if request.url.path.endswith("/oauth2/v2.0/token"):
        entra = EntraError(
            status, "temporarily_unavailable", 90033, "A transient error occurred. Please try again."
        )
        return entra_answer(entra, headers)
    if is_throttled:
        return graph_answer(request, GraphError(429, "TooManyRequests", "Please retry again later."), headers)
    code = {503: "serviceNotAvailable", 504: "gatewayTimeout"}.get(status, "InternalServerError")
    return graph_answer(request, GraphError(status, code, "The service is not available."), headers)
